// Review for appraisal (domain-model.md section 8): cases against units, each with its packs, its
// service, what followed from it, and whether that has to be corrected by now.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/result.h"
#include "ledger/base/time.h"
#include "projections/page.h"

#include <optional>
#include <string>
#include <vector>

namespace countersign::projections {

struct CasePack {
  ledger::LeafIndex index = 0;
  std::string hash;  // hex, of its bytes
  std::uint64_t bytes = 0;
  ledger::TreeSize as_of = 0;
  std::string person;
  ledger::Timestamp at;
};

struct CaseService {
  ledger::LeafIndex index = 0;
  std::string pack;  // the hash of what was served
  ledger::Timestamp objections_until;
  std::string to;  // persons concerned besides the unit's head
  std::string person;
  ledger::Timestamp at;
  struct Receipt {
    ledger::LeafIndex index = 0;
    std::string person;
    ledger::Timestamp at;
  };
  std::optional<Receipt> received;
};

// The conclusion, or a correction of it.
struct CaseText {
  ledger::LeafIndex index = 0;
  std::string kind;     // conclusion, correction
  std::string outcome;  // of the case: reported, published, closed
  std::optional<ledger::LeafIndex> bulletin;
  std::vector<std::string> facts;  // that it rests on
  std::string text;
  std::string reason;                             // of a correction
  std::optional<ledger::Timestamp> appeal_until;  // of the conclusion
  std::string person;
  ledger::Timestamp at;
  std::vector<std::string> to;  // everybody it reached, sorted
};

struct CaseRecord {
  ledger::LeafIndex id = 0;  // the entry that opened it
  std::string campaign;
  std::string department;
  std::string title;
  std::string person;
  ledger::Timestamp at;
  std::string state;  // opened, sealed, served, received, reported, published, closed,
                      // to_be_corrected
  std::vector<std::string> facts;
  std::vector<CasePack> packs;  // oldest first, like all that follows
  std::vector<CaseService> services;
  std::vector<CaseText> texts;
  // Facts of the last text that were voided or corrected after it.
  std::vector<std::string> overturned;
};

class CaseQueries {
 public:
  virtual ~CaseQueries() = default;
  // Oldest first. Few: a campaign has a handful.
  //   Errc::not_found   no such campaign
  virtual ledger::Result<std::vector<CaseRecord>> cases(const std::string& campaign) const = 0;
};

}  // namespace countersign::projections
