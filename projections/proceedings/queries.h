// Proceedings: the way of the campaign as a whole, after its tables passed their reviews: through
// the deciding bodies, corrections, freezing, and to the receiver (domain-model.md sections 5, 6).
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

struct Proceeding {
  ledger::LeafIndex index = 0;
  std::string kind;       // tabled, decided, exception, frozen, submitted, accepted, reopened
  std::string body;       // tabled, decided
  std::string outcome;    // decided: approved, approved_with_opinions, sent_back
  std::string title;      // of what it cites: report, minutes, receipt, notice, order
  std::string document;   // its SHA-256, hex; frozen: the hash over all versions; exception: zeros
  unsigned attended = 0;  // decided
  std::optional<ledger::Timestamp> due;  // of the corrections; submitted: of the submission
  std::string person;
  std::string person_name;
  std::string role;
  ledger::Timestamp at;
  struct Named {
    std::string table;
    std::string text;  // the opinion, or the reason of an exception
  };
  std::vector<Named> tables;
};

// Where a deciding body stands, from its last act.
struct BodyStanding {
  std::string body;
  std::string state;  // waiting, tabled, or the outcome
  std::optional<ledger::LeafIndex> index;
};

struct FrozenVersion {
  std::string table;
  std::uint32_t version = 0;
  std::string hash;  // hex
  std::uint64_t rows = 0;
};

struct CampaignProceedings {
  // A campaign is in a set of states: its open phases, and of announced, kickoff, deliberation,
  // final_filling, final_check, submitted, accepted those that hold.
  std::vector<std::string> states;
  std::vector<BodyStanding> bodies;    // in the order in which they decide
  std::vector<std::string> unsettled;  // tables that have not passed what they have to
  std::vector<Proceeding> history;     // oldest first
  std::vector<FrozenVersion> frozen;   // of the freeze in force, by table; empty: not frozen
  ledger::TreeSize as_of = 0;
};

class ProceedingQueries {
 public:
  virtual ~ProceedingQueries() = default;
  //   Errc::not_found   no such campaign
  virtual ledger::Result<CampaignProceedings> proceedings(const std::string& campaign) const = 0;
};

}  // namespace countersign::projections
