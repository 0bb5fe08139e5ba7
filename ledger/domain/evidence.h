// Evidence (佐证材料, domain-model.md section 11): files behind figures, known by the hash of their
// bytes. Commands first, then their events.
#pragma once

#include "ledger/base/time.h"
#include "ledger/domain/references.h"
#include "ledger/domain/rulebook.h"

#include <optional>
#include <string>
#include <vector>

namespace countersign::ledger {

// What a piece of evidence stands behind. At least one of the members says so.
struct EvidenceCover {
  TableKey table;
  std::optional<RowKey> row;  // none: the column, or the whole table
  std::string column;         // empty: whole rows, or the whole table
  std::string requirement;    // of the definition
  std::string indicator;
};

// A number that is the same for the same covers, in whatever order, and hardly ever for others: so
// that state can tell whether they were registered before without holding them.
std::uint64_t covers_print(const std::vector<EvidenceCover>& covers);

bool accepts_kind(const EvidenceRequirement& requirement, const std::string& kind);
// The requirements of a table that evidence of this kind with these covers satisfies: all columns
// asked for are covered, by name of the requirement, by column or as a whole; one for each row
// wants covers that name rows.
std::vector<std::string> requirements_met(const std::vector<EvidenceRequirement>& requirements,
                                          const TableKey& table, const std::string& kind,
                                          const std::vector<EvidenceCover>& covers);
// The rows that covers satisfy a requirement of one for each row for.
std::vector<RowKey> rows_met(const EvidenceRequirement& requirement,
                             const std::vector<EvidenceCover>& covers);

struct EvidenceDescription {
  Hash hash{};
  std::uint64_t bytes = 0;
  std::string media_type;  // as sniffed; empty: the file stays with its custodian
  DepartmentId custodian;  // who keeps the original
  std::string kind;        // "library_report"
  bool stored = false;     // the service holds the bytes
  std::string title;       // payload
  std::string file_name;   // payload
  std::string valid_for;   // payload: the period it speaks of, in words
};

struct RegisterEvidence {
  CampaignId campaign;
  TableKey table;  // whose figures it stands behind; empty: an indicator's alone
  EvidenceDescription what;
  std::vector<EvidenceCover> covers;
};
struct EvidenceRegistered {
  CampaignId campaign;
  TableKey table;
  EvidenceDescription what;
  std::vector<std::string> requirements;  // those of the definition that it satisfies
  std::uint64_t rows = 0;                 // rows it covers one by one
  std::vector<EvidenceCover> covers;      // payload
};

// The file is shown to somebody: recorded before it is.
struct ShowEvidence {
  CampaignId campaign;
  LeafIndex evidence = 0;
  std::string to;  // whom, when it is not the reader: payload
};
struct EvidenceShown {
  CampaignId campaign;
  TableKey table;
  LeafIndex evidence = 0;
  Hash hash{};
  std::string to;  // payload
};
struct WithdrawEvidence {
  CampaignId campaign;
  LeafIndex evidence = 0;
  std::string reason;
};
struct EvidenceWithdrawn {
  CampaignId campaign;
  TableKey table;
  LeafIndex evidence = 0;
  std::string reason;  // payload
};
// It was asked for and is not there, or its bytes are not what was registered.
struct ReportEvidenceMissing {
  CampaignId campaign;
  LeafIndex evidence = 0;
  std::string reason;
};
struct EvidenceMissing {
  CampaignId campaign;
  TableKey table;
  LeafIndex evidence = 0;
  std::string reason;  // payload
};

}  // namespace countersign::ledger
