// Accountability facts (domain-model.md section 7): claims computed from events, each with its
// rule, rule version, the entries behind it, and its subject: the department first, then the
// person. Facts are computed; conduct is judged by people, so nothing here scores anybody.
//
//   F1 late            submission received after the due instant in force; raw and net
//   F2 not delivered   never submitted when the phase was closed
//   F3 late part       an assisting department delivered after the requested instant
//   F4 returned        returns by a school-wide level, and rounds until passed
//   F5 open at due     blocking findings that nobody had explained at the due instant
//   F6 unexplained     findings passed without an accepted explanation
//   F8 inconsistent    likewise, where two tables or two years disagree
//   F9 late change     value changed after the first review, after a body's decision
//   F10 crossing       an edit moved an indicator across its mark; never counts by itself
//   F12 needless       others were asked for what the school holds, with no item new or changed
//   F13 export         data about persons left the ledger; does not count by a sanctioned channel
//   F11 self-review    one person edited and passed the same version
//   F14 correction     a credit: a unit corrected its own submitted table before anybody asked
//   F15 helped others  a credit: passed before it was due, and others no longer waited
//
// Net lateness = raw lateness minus the time the table waited for tables that were themselves past
// their due instant, which is charged to their departments with the entries that show it, and minus
// logged outages, which are charged to nobody. Credits never offset anything.
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

// A part of the raw lateness that belongs to somebody else.
struct Charge {
  std::string table;       // waited for; empty: an outage
  std::string department;  // who answers for it; empty: nobody
  ledger::Timestamp from;
  ledger::Timestamp to;
  std::vector<ledger::LeafIndex> entries;
  // wait: for a table past its due instant; blocked: past the own one, that table being in time;
  // part: of this very table, which another department owed; outage
  std::string kind = "wait";
};

// What a person said of a fact: a unit's objection, or a decision on it.
struct FactAct {
  ledger::LeafIndex index = 0;
  std::string kind;                     // objection, decision, withdrawal
  std::uint32_t stage = 0;              // objection: 1; an appeal against a decision: 2 and on
  std::string verdict;                  // decision: upheld, corrected, voided
  std::optional<ledger::Duration> net;  // decision that corrects: what remains
  std::string text;                     // the ground or the reason
  struct Document {
    std::string hash;  // hex
    std::string title;
  };
  std::vector<Document> evidence;
  std::string person;
  std::string person_name;
  std::string role;
  ledger::Timestamp at;
};

struct AccountabilityFact {
  std::string id;  // "F1-1234": kind and entry that raised it
  std::string kind;
  std::uint32_t rule_version = 1;
  std::string state;  // open, objected, upheld, corrected, voided
  std::string campaign;
  std::string table;
  std::string department;
  std::string person;  // whose act was pending or made it; empty: nobody in particular
  std::optional<ledger::Timestamp> due;
  std::optional<ledger::Timestamp> happened;
  std::optional<ledger::Duration> raw;           // F1, F3: overrun
  std::optional<ledger::Duration> net;           // after charges or as corrected; never negative
  std::optional<ledger::Duration> computed_net;  // after charges alone
  std::optional<ledger::Duration> early;         // F15: before the due instant
  // F4: returns of this table so far; F5, F6, F8: findings; 
  // F9, F10, F14: cells changed; F13: rows; F12: cells held;
  // F15: tables released
  std::uint32_t count = 0;
  std::string rule;         // F5, F6, F8: "X02@1"
  std::string after;        // F9, F10: the last milestone before: "level:first_review", "body:…"
  bool counts = true;       // false: shown, but excused in full (F1 with net zero) or voided
  // Of F1, F2 and F3 that do not count: "waiting" for others, "outage", "readiness" (accounts or
  // training came late or never), the receiver's "order", "not_due" when the phase closed,
  // "short_notice" of a part.
  std::string excused_by;
  std::vector<Charge> charges;
  std::vector<ledger::LeafIndex> entries;  // everything it was computed from, ascending
  std::vector<FactAct> acts;               // in their order
};

// What a unit did well is of these kinds.
inline bool is_credit(const AccountabilityFact& fact) {
  return fact.kind == "F14" || fact.kind == "F15";
}

struct FactFilter {
  std::string campaign;                  // empty: all
  std::vector<std::string> departments;  // empty: all
  std::string kind;                      // empty: all
  std::string table;                     // empty: all
};

class AccountabilityQueries {
 public:
  virtual ~AccountabilityQueries() = default;
  // In order of the raising entry.
  virtual ledger::Result<Page<AccountabilityFact>> facts(const FactFilter& filter,
                                                         const PageRequest& page) const = 0;
  //   Errc::not_found
  virtual ledger::Result<AccountabilityFact> fact(const std::string& id) const = 0;
};

}  // namespace countersign::projections
