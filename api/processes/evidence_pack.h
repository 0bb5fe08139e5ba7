// Evidence packs: everything that is held against one unit, in one document that its reader can
// check without this service: the facts, what they rest on, the rules they follow, what was said of
// them, and for every entry its receipt. One line of canonical JSON:
//
//   {"format":"countersign-pack-1","origin":…,"verifier_key":…,"as_of":N,"checkpoint":note,
//    "institution":{zh,en},"campaign":{id,revision,defined_by},
//    "department":{id,name},"case":{id,title} | null,
//    "table":key,                only in a pack of one table
//    "rows_about_persons":n,     items about persons that it shows
//    "facts":[…],                as /v1/facts shows them
//    "rules":[{kind,version,text}],      behind the facts
//    "table_rules":[{cited,rule}],       "X02@1", of the definition, that facts cite
//    "deadlines":[…],            of the facts' tables: due instants, moves, statements, returns
//    "excuses":[{fact,index,stage,ground,evidence,at,answer}],
//    "history":[{index,type,table,received_at}],   of these tables and this unit
//    "entries":[{index,header,items:[{salt,item} | {leaf}],proof}]}   all that is named above
//
// Items are shown as far as the unit itself may see them; what is about other units' persons stands
// as its leaf, which keeps every commitment verifiable. tools/verify checks packs offline.
#pragma once

#include "api/routes/endpoint.h"
#include "ledger/domain/directory.h"
#include "projections/cases/queries.h"

#include <cstddef>
#include <string>

namespace countersign::api {

struct PackSubject {
  const ledger::CampaignDefinition* campaign = nullptr;
  ledger::DepartmentId department;
  const projections::CaseRecord* of_case = nullptr;  // null: every fact about the department
  // Not empty: of these the facts about this table, and everything that happened to it. It is the
  // department's.
  ledger::TableKey table;
};

// The items that a pack shows are no more than this altogether.
inline constexpr std::size_t kPackItemBytesMax = 32 << 20;

struct EvidencePack {
  std::string text;
  ledger::TreeSize as_of = 0;
  std::uint64_t rows = 0;  // items about persons that it shows
};

// The pack as of the newest entry that the views hold.
//   Errc::stale        entries kept coming while it was made
//   Errc::overloaded   it would show more than kPackItemBytesMax
ledger::Result<EvidencePack> make_evidence_pack(const ledger::Directory& directory,
                                                const Services& services,
                                                const PackSubject& subject);

// How many items about persons a pack shows, as it says itself; 0 when it does not read.
std::uint64_t rows_about_persons(const std::string& pack);

}  // namespace countersign::api
