// Bulletins that name units before the whole school (domain-model.md section 8): every text they
// ever had, with the facts it rests on, whom it reached and when. A corrected text takes the place
// of the one before it, which stays here and in the log.
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

struct Publication {
  ledger::LeafIndex index = 0;
  std::string person;
  ledger::Timestamp at;
  std::vector<std::string> to;  // everybody it reached, sorted
};

struct BulletinText {
  ledger::LeafIndex index = 0;  // the entry that holds the text
  std::vector<std::string> departments;
  std::vector<std::string> facts;
  std::string text;
  std::string reason;  // of a correction
  ledger::Timestamp objections_until;
  std::string person;
  std::string role;
  ledger::Timestamp at;
  std::optional<Publication> published;
};

struct BulletinRecord {
  ledger::LeafIndex id = 0;  // the entry of its first text
  std::string campaign;
  std::vector<BulletinText> texts;  // oldest first; never empty
};

class BulletinQueries {
 public:
  virtual ~BulletinQueries() = default;
  // Oldest first. Few: a campaign has a handful.
  virtual ledger::Result<std::vector<BulletinRecord>> bulletins(
      const std::string& campaign) const = 0;
};

}  // namespace countersign::projections
