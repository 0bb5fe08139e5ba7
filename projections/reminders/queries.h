// Reminders (催报): which units owe what soon or already, who chased them and what they answered;
// and what is taken into account before anybody is called late.
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

struct ChaseAnswer {
  ledger::LeafIndex index = 0;
  std::optional<ledger::Timestamp> promised;
  std::string text;
  std::string person;
  std::string person_name;
  std::string role;
  ledger::Timestamp at;
};

struct ChaseRecord {
  ledger::LeafIndex index = 0;
  std::string campaign;
  std::string department;
  std::vector<std::string> tables;
  std::string text;
  std::string person;
  std::string person_name;
  ledger::Timestamp at;
  std::vector<ChaseAnswer> answers;  // oldest first
};

struct OwedTable {
  std::string table;
  ledger::Timestamp due;
  std::optional<ledger::Duration> raw_late;  // until now; none: still to come
  std::optional<ledger::Duration> net_late;
};

// One unit on the chase list.
struct OwingUnit {
  std::string department;
  std::vector<OwedTable> tables;  // by due instant, then table
  std::optional<ChaseRecord> last_chase;
};

struct ReadinessRecord {
  ledger::LeafIndex index = 0;
  std::string department;
  std::string what;  // accounts, training
  std::string text;
  std::string person;
  ledger::Timestamp at;
};

struct OutageRecord {
  ledger::LeafIndex index = 0;
  ledger::Timestamp from;
  ledger::Timestamp to;
  std::vector<std::string> tables;  // empty: all
  std::string text;
  std::string person;
  ledger::Timestamp at;
};

class ReminderQueries {
 public:
  virtual ~ReminderQueries() = default;
  // Newest first.
  virtual ledger::Result<std::vector<ChaseRecord>> chases(const std::string& campaign) const = 0;
  // Units with open tables that are overdue or due before `until`, by department.
  virtual ledger::Result<std::vector<OwingUnit>> chase_list(const std::string& campaign,
                                                            ledger::Timestamp now,
                                                            ledger::Timestamp until) const = 0;
  // In the order of their entries.
  virtual ledger::Result<std::vector<ReadinessRecord>> readiness(
      const std::string& campaign) const = 0;
  virtual ledger::Result<std::vector<OutageRecord>> outages(const std::string& campaign) const = 0;
};

}  // namespace countersign::projections
