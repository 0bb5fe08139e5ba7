// Evidence behind the figures (domain-model.md section 11): what was registered for a table, what
// became of it, to whom it was shown, and what the definition's requirements still lack.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/result.h"
#include "ledger/base/time.h"
#include "ledger/domain/campaign.h"
#include "projections/page.h"

#include <optional>
#include <string>
#include <vector>

namespace countersign::projections {

struct EvidenceCovered {
  std::optional<std::string> row;
  std::string column;
  std::string requirement;
  std::string indicator;
};

struct EvidenceShowing {
  ledger::LeafIndex index = 0;
  std::string person;
  std::string role;
  std::string to;  // whom, when it was not the person
  ledger::Timestamp at;
};

struct EvidenceRecord {
  ledger::LeafIndex id = 0;  // the entry that registered it
  std::string campaign;
  std::string table;  // empty: an indicator's alone
  std::string hash;   // hexadecimal
  std::uint64_t bytes = 0;
  std::string media_type;
  std::string custodian;
  std::string kind;
  bool stored = false;
  std::string title;
  std::string file_name;
  std::string valid_for;
  std::uint64_t rows = 0;
  std::vector<EvidenceCovered> covers;
  std::string person;
  std::string department;
  ledger::Timestamp at;
  std::string state;  // standing, withdrawn, missing
  struct Change {
    ledger::LeafIndex index = 0;
    std::string reason;
    std::string person;  // "system": the service found it itself
    ledger::Timestamp at;
  };
  std::optional<Change> change;  // what took it from standing
  // Registered, or changed, after the last version was signed for submission.
  bool after_signing = false;
  std::vector<EvidenceShowing> shown;  // oldest first
};

struct EvidenceCoverage {
  ledger::EvidenceRequirement requirement;
  std::uint64_t rows = 0;     // of the table; of requirements that ask for one for each row
  std::uint64_t covered = 0;  // of them
  std::uint64_t standing = 0;  // pieces of evidence that satisfy it
  bool met = false;
  std::vector<std::string> lacking;  // keys of rows without, the first hundred
};

struct EvidenceList {
  std::vector<EvidenceRecord> records;  // oldest first
  ledger::TreeSize as_of = 0;
};
struct CoverageList {
  std::vector<EvidenceCoverage> coverage;  // in the definition's order
  ledger::TreeSize as_of = 0;
};

class EvidenceQueries {
 public:
  virtual ~EvidenceQueries() = default;
  // Of a table; empty: of indicators alone.
  virtual ledger::Result<EvidenceList> evidence(const std::string& campaign,
                                                const std::string& table) const = 0;
  //   Errc::not_found   no such evidence in the campaign
  virtual ledger::Result<EvidenceRecord> piece(const std::string& campaign,
                                               ledger::LeafIndex id) const = 0;
  // By the definition given. Empty `table`: of all.
  virtual ledger::Result<CoverageList> coverage(const ledger::CampaignDefinition& definition,
                                                const std::string& table) const = 0;
};

}  // namespace countersign::projections
