#include "tools/load/grow/campus_time.h"

namespace countersign::tools {

using ledger::Duration;
using ledger::Timestamp;

namespace {

constexpr Duration kOffset = Duration::hours(8);
constexpr Duration kDay = Duration::hours(24);

std::int64_t local_day(Timestamp t) { return (t + kOffset).micros / kDay.micros; }

}  // namespace

Timestamp on_campus(int year, const std::string& day_and_time) {
  const std::string day = day_and_time.substr(0, day_and_time.find(' '));
  const std::string time = day_and_time.substr(day.size() + 1);
  return ledger::parse_rfc3339(std::to_string(year) + "-" + day + "T" + time + ":00+08:00").value();
}

Timestamp day_after(Timestamp t, int days, int hour) {
  const Timestamp midnight{(local_day(t) + days) * kDay.micros - kOffset.micros};
  return hours_after(midnight, hour);
}

int hour_of(Timestamp t) {
  return static_cast<int>((t + kOffset).micros % kDay.micros / Duration::hours(1).micros);
}

bool is_weekend(Timestamp t) {
  const std::int64_t weekday = (local_day(t) + 4) % 7;  // 1970-01-01 was a Thursday; 0: Sunday
  return weekday == 0 || weekday == 6;
}

}  // namespace countersign::tools
