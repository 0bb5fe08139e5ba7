// Instants of a campaign as its days: the generator thinks in hours on the campus, UTC+8.
#pragma once

#include "ledger/base/time.h"

#include <string>

namespace countersign::tools {

// "10-12 09:00" of `year` on the campus.
ledger::Timestamp on_campus(int year, const std::string& day_and_time);

inline ledger::Timestamp hours_after(ledger::Timestamp t, std::int64_t hours) {
  return t + ledger::Duration::hours(hours);
}
// `hour` o'clock of the day that is `days` after the one on which `t` falls.
ledger::Timestamp day_after(ledger::Timestamp t, int days, int hour);
int hour_of(ledger::Timestamp t);
bool is_weekend(ledger::Timestamp t);

}  // namespace countersign::tools
