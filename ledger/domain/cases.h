// Review for appraisal (domain-model.md section 8): a case against a unit rests on a sealed pack of
// evidence, is served, answered, decided fact by fact, and only then reported. Commands first, then
// their events.
#pragma once

#include "ledger/base/time.h"
#include "ledger/domain/references.h"

#include <optional>
#include <string>
#include <vector>

namespace countersign::ledger {

struct OpenCase {
  CampaignId campaign;
  DepartmentId department;
  std::vector<std::string> facts;
  std::string title;
};
struct CaseOpened {
  CampaignId campaign;
  DepartmentId department;
  std::vector<std::string> facts;
  std::string title;  // payload
};

// The pack that the case rests on, by the hash of its bytes. Another may follow, e.g. after
// objections; each stays.
struct SealPack {
  CampaignId campaign;
  LeafIndex case_id = 0;  // the entry that opened it
  Hash hash{};
  std::uint64_t bytes = 0;
  TreeSize as_of = 0;
};
struct PackSealed {
  CampaignId campaign;
  LeafIndex case_id = 0;
  Hash hash{};
  std::uint64_t bytes = 0;
  TreeSize as_of = 0;
};

// The pack goes to the unit: from now on its time to object runs. A pack sealed later is served
// anew.
struct ServeCase {
  CampaignId campaign;
  LeafIndex case_id = 0;
  std::string to;  // persons concerned besides the unit's head
};
struct CaseServed {
  CampaignId campaign;
  DepartmentId department;
  LeafIndex case_id = 0;
  Hash pack{};
  Timestamp objections_until;
  std::string to;  // payload
};
// The unit's head has received it.
struct AcknowledgeCase {
  CampaignId campaign;
  LeafIndex case_id = 0;
};
struct CaseAcknowledged {
  CampaignId campaign;
  DepartmentId department;
  LeafIndex case_id = 0;
};

enum class CaseOutcome : std::uint8_t {
  reported,   // to the annual appraisal
  published,  // in a bulletin
  closed,     // nothing follows
};
std::string_view to_string(CaseOutcome outcome);
std::optional<CaseOutcome> case_outcome_from(std::string_view text);

struct ConcludeCase {
  CampaignId campaign;
  LeafIndex case_id = 0;
  CaseOutcome outcome = CaseOutcome::closed;
  std::optional<LeafIndex> bulletin;  // published: the one
  std::string text;                   // the report, or why nothing follows
  std::vector<std::string> to;        // whom a report reaches
  std::vector<std::string> counting;  // of its facts those that count, as the views tell
};
struct CaseConcluded {
  CampaignId campaign;
  DepartmentId department;
  LeafIndex case_id = 0;
  CaseOutcome outcome = CaseOutcome::closed;
  std::vector<std::string> facts;  // that stand and are reported
  std::optional<LeafIndex> bulletin;
  Timestamp appeal_until;
  std::string text;             // payload
  std::vector<std::string> to;  // payload
};
// A correction of the report; it reaches everybody whom the first text reached.
struct CorrectCase {
  CampaignId campaign;
  LeafIndex case_id = 0;
  std::string text;
  std::string reason;
  std::vector<std::string> counting;  // as above
};
struct CaseCorrected {
  CampaignId campaign;
  DepartmentId department;
  LeafIndex case_id = 0;
  std::vector<std::string> facts;  // that still stand
  std::string text;                // payload
  std::string reason;              // payload
};

}  // namespace countersign::ledger
