#include "tools/load/grow/season.h"

#include "tools/demo/plausible_values.h"
#include "tools/load/grow/campus_time.h"

#include <algorithm>
#include <cmath>

namespace countersign::tools {

using ledger::Duration;
using ledger::Result;
using ledger::Timestamp;

namespace {

constexpr const char* kBasePhase = "base_entry";
// A table that is handed in makes so many entries: run, submission, three approvals.
constexpr std::size_t kEntriesOfRound = 5;
// Steps below this are put together: each sets the clock, which is an entry too.
constexpr std::size_t kStepMin = 64;
constexpr std::size_t kStepMax = 512;
constexpr unsigned kLate = 80;  // of a thousand tables
constexpr int kExtended = 6;
constexpr int kHelpAsked = 20;

// How busy an hour on the campus is.
double hour_share(Timestamp hour) {
  const int clock = hour_of(hour);
  if (clock < 8 || clock >= 22) return 0;
  const double by_clock = clock >= 18 ? 0.5 : clock == 12 || clock == 13 ? 0.4 : 1;
  return is_weekend(hour) ? by_clock * 0.3 : by_clock;
}

}  // namespace

Season::Season(const SeasonPlan& plan, const ledger::CampaignDefinition& campaign, const Crew& crew,
               ledger::Ledger& ledger, Writer& writer, Random& random)
    : plan_(plan),
      campaign_(campaign),
      crew_(crew),
      ledger_(ledger),
      writer_(writer),
      random_(random),
      school_(campaign, static_cast<std::uint64_t>(plan.year)) {
  for (const auto& table : campaign.tables) {
    positions_[table.key] = sheets_.size();
    sheets_.emplace_back();
    sheets_.back().table = &table;
    sheets_.back().due = table.due;
  }
}

void Season::at(Timestamp when, Act act, std::size_t sheet) {
  acts_[{when, act}].push_back(sheet);
}

Timestamp Season::window_end(const Sheet& sheet) const {
  const bool base = sheet.table->phase.value == kBasePhase;
  return on_campus(plan_.year, base ? "10-18 08:00" : "11-10 08:00");
}

// From the first handing in to the due day; the last one of some is late.
void Season::plan_rounds(Sheet& sheet, Timestamp first) {
  sheet.rounds.push_back(first);
  const auto days = static_cast<unsigned>((sheet.due - first).micros / Duration::hours(24).micros);
  // A round takes until the day after it.
  const unsigned count = std::min(plan_.rounds, std::max(1U, days / 2));
  for (unsigned i = 1; i < count; ++i) {
    const auto day = static_cast<int>(std::lround(static_cast<double>(days) * i / (count - 1)));
    Timestamp when = day_after(first, count > 1 ? day : 0, 15);
    if (when <= sheet.rounds.back()) continue;
    sheet.rounds.push_back(when);
  }
  if (draw(kLate) && sheet.rounds.size() > 1) {
    const auto hours = static_cast<std::int64_t>(1 + below(random_, 38));
    sheet.rounds.back() = day_after(hours_after(sheet.due, hours), 0, 15);
  }
  entries_ahead_ += kEntriesOfRound * sheet.rounds.size();
}

void Season::plan_acts() {
  const auto on = [&](const char* when) { return on_campus(plan_.year, when); };
  at(on("09-30 08:00"), Act::open_base);
  at(on("10-12 08:00"), Act::open_all);
  at(on("10-18 08:00"), Act::close_base);
  at(on("11-10 08:00"), Act::close_all);
  // A table begins when those it depends on have been handed in; the chain of dependencies sets
  // the day.
  const std::function<int(const Sheet&)> depth = [&](const Sheet& sheet) {
    int most = 0;
    for (const auto& key : sheet.table->depends_on) {
      const Sheet& other = sheets_[positions_.at(key)];
      if (other.table->phase == sheet.table->phase) most = std::max(most, depth(other) + 1);
    }
    return most;
  };
  for (std::size_t i = 0; i < sheets_.size(); ++i) {
    Sheet& sheet = sheets_[i];
    const bool base = sheet.table->phase.value == kBasePhase;
    const Timestamp first = on(base ? "09-30 09:00" : "10-12 09:00");
    const Timestamp begins = day_after(first, (base ? 2 : 3) * depth(sheet), 9);
    at(begins, Act::bring_in, i);
    plan_rounds(sheet, day_after(begins, 1, 15));
    at(sheet.rounds.front(), Act::submit, i);
    if (!base) at(hours_after(sheet.due, 10), Act::chase, i);
    entries_ahead_ += 4;
  }
  for (int i = 0; i < kExtended; ++i) {
    const std::size_t sheet = below(random_, sheets_.size());
    at(day_after(sheets_[sheet].due, -2, 10), Act::extend, sheet);
  }
  for (int i = 0; i < kHelpAsked; ++i) {
    const std::size_t sheet = below(random_, sheets_.size());
    const bool base = sheets_[sheet].table->phase.value == kBasePhase;
    if (!base) at(day_after(on("10-19 10:00"), i % 5, 10), Act::ask_help, sheet);
  }
  for (int i = 0; i < 12; ++i) {
    const std::size_t sheet = below(random_, sheets_.size());
    at(day_after(on("10-20 11:00"), i, 11), Act::show_evidence, sheet);
    at(day_after(on("10-21 09:00"), i, 9), Act::bring_in_again, below(random_, sheets_.size()));
  }
}

Result<void> Season::run_act(Act act, const Sheets& sheets) {
  switch (act) {
    case Act::open_base:
      return open_or_close(kBasePhase, true);
    case Act::open_all:
      return open_or_close("full_collection", true);
    case Act::close_base:
      return open_or_close(kBasePhase, false);
    case Act::close_all:
      return open_or_close("full_collection", false);
    case Act::bring_in:
      return bring_in(sheets);
    case Act::bring_in_again:
      return bring_in_again(sheets);
    case Act::submit:
      return submit(sheets);
    case Act::review:
      return approve(sheets, 0);
    case Act::sign:
      return approve(sheets, 1);
    case Act::first_review:
      return approve(sheets, 2);
    case Act::extend:
      return extend(sheets);
    case Act::ask_help:
      return ask_help(sheets);
    case Act::answer_help:
      return answer_help(sheets);
    case Act::chase:
      return chase(sheets);
    case Act::show_evidence:
      return show_evidence(sheets);
  }
  return {};
}

Result<void> Season::run_acts(Timestamp until) {
  while (!acts_.empty() && acts_.begin()->first.first <= until) {
    const auto act = acts_.begin()->first;
    const Sheets sheets = std::move(acts_.begin()->second);
    acts_.erase(acts_.begin());
    now_ = act.first;
    CS_CHECK(run_act(act.second, sheets));
  }
  now_ = until;
  return {};
}

// `share`: of what is still to be done between the acts.
Result<void> Season::fill_hour(Timestamp begin, double share) {
  CS_CHECK(writer_.drain());
  const double left = static_cast<double>(plan_.entries_end) -
                      static_cast<double>(ledger_.reader().size() + entries_ahead_);
  owed_ += std::max(0.0, left * share);
  if (owed_ < static_cast<double>(kStepMin)) return {};
  auto count = static_cast<std::size_t>(owed_);
  owed_ = 0;
  const auto steps = static_cast<std::int64_t>((count + kStepMax - 1) / kStepMax);
  const std::size_t of_step = (count + static_cast<std::size_t>(steps) - 1) /
                              static_cast<std::size_t>(steps);
  for (std::int64_t i = 0; i < steps && count > 0; ++i) {
    // The last ends with the hour to the microsecond: the clock stands there, and goes on by itself.
    const Timestamp from{begin.micros + Duration::hours(1).micros * i / steps};
    const Timestamp to{begin.micros + Duration::hours(1).micros * (i + 1) / steps};
    const std::size_t now = std::min(count, of_step);
    CS_CHECK(edit_and_look(now, from, to));
    count -= now;
  }
  return {};
}

// What is missing of the entries wanted are looks at what was handed over.
Result<void> Season::fill_up() {
  CS_CHECK(writer_.drain());
  Timestamp day = on_campus(plan_.year, "12-01 08:00");
  for (;;) {
    const auto size = ledger_.reader().size();
    if (size >= plan_.entries_end) break;
    const std::size_t left = plan_.entries_end - size;
    std::vector<Order> orders;
    // Setting the clock is an entry too; the last one is for a look.
    while (orders.size() < std::min(std::max<std::size_t>(left - 1, 1), kStepMax)) {
      if (auto one = look(day, true)) orders.push_back(std::move(*one));
    }
    CS_CHECK(writer_.feed(orders, left > 1 ? day : Timestamp{}));
    CS_CHECK(writer_.drain());
    day = hours_after(day, 1);
  }
  return {};
}

Result<void> Season::play(const std::function<void(ledger::TreeSize)>& progress) {
  now_ = on_campus(plan_.year, "09-21 09:00");
  CS_CHECK(prepare_campaign());
  plan_acts();
  const Timestamp end = on_campus(plan_.year, "11-06 22:00");
  double shares = 0;
  const auto busy = [&](Timestamp hour) {
    const auto since = hour - on_campus(plan_.year, "09-30 08:00");
    return hour_share(hour) * (1 + static_cast<double>(since.micros) /
                                       static_cast<double>(Duration::hours(24 * 14).micros));
  };
  const Timestamp begin = on_campus(plan_.year, "09-30 10:00");
  for (Timestamp hour = begin; hour < end; hour = hours_after(hour, 1)) shares += busy(hour);
  for (Timestamp hour = begin; hour < end; hour = hours_after(hour, 1)) {
    CS_CHECK(run_acts(hour));
    const double share = busy(hour);
    if (share > 0) {
      CS_CHECK(fill_hour(hour, share / shares));
      shares -= share;
      progress(ledger_.reader().size());
    }
  }
  while (!acts_.empty()) {
    CS_CHECK(writer_.drain());
    CS_CHECK(run_acts(acts_.begin()->first.first));
  }
  CS_CHECK(conclude());
  CS_CHECK(fill_up());
  progress(ledger_.reader().size());
  return {};
}

}  // namespace countersign::tools
