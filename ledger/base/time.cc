#include "ledger/base/time.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace countersign::ledger {

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

std::int64_t steady_micros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct Civil {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  std::int64_t micros_of_day = 0;
};

Civil civil_of(Timestamp t) {
  std::int64_t days = t.micros / kDay;
  std::int64_t rest = t.micros % kDay;
  if (rest < 0) {
    rest += kDay;
    --days;
  }
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()), rest};
}

Error not_an_instant() { return {Errc::malformed, "not an RFC 3339 instant with offset"}; }

// Reads exactly `digits` decimal digits.
bool read_digits(std::string_view& text, std::size_t digits, int& value) {
  if (text.size() < digits) return false;
  value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}

// REQUIRES: the value is not negative; of more digits the last stand.
void write_digits(std::string& text, std::size_t place, std::size_t digits, std::int64_t value) {
  for (std::size_t i = digits; i > 0; --i, value /= 10) {
    text[place + i - 1] = static_cast<char>('0' + value % 10);
  }
}

bool read_character(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string format_utc(Timestamp t) {
  const Civil c = civil_of(t);
  const std::int64_t seconds = c.micros_of_day / kSecond;
  std::string text = "0000-00-00T00:00:00.000000Z";
  write_digits(text, 0, 4, c.year);
  write_digits(text, 5, 2, c.month);
  write_digits(text, 8, 2, c.day);
  write_digits(text, 11, 2, seconds / 3600);
  write_digits(text, 14, 2, seconds / 60 % 60);
  write_digits(text, 17, 2, seconds % 60);
  write_digits(text, 20, 6, c.micros_of_day % kSecond);
  return text;
}

std::string format_local(Timestamp t, int offset_minutes) {
  const Civil c = civil_of({t.micros + offset_minutes * 60 * kSecond});
  const std::int64_t seconds = c.micros_of_day / kSecond;
  const int magnitude = offset_minutes < 0 ? -offset_minutes : offset_minutes;
  std::array<char, 64> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02d %c%02d:%02d", c.year,
                    c.month, c.day, static_cast<int>(seconds / 3600),
                    static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60),
                    offset_minutes < 0 ? '-' : '+', magnitude / 60, magnitude % 60);
  return {text.data(), static_cast<std::size_t>(length)};
}

Result<Timestamp> parse_rfc3339(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!read_digits(text, 4, year) || !read_character(text, '-') || !read_digits(text, 2, month) ||
      !read_character(text, '-') || !read_digits(text, 2, day) ||
      !(read_character(text, 'T') || read_character(text, 't') || read_character(text, ' ')) ||
      !read_digits(text, 2, hour) || !read_character(text, ':') || !read_digits(text, 2, minute)) {
    return not_an_instant();
  }
  std::int64_t fraction = 0;
  if (read_character(text, ':')) {
    if (!read_digits(text, 2, second)) return not_an_instant();
    if (read_character(text, '.')) {
      std::int64_t unit = kSecond;
      bool any = false;
      while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        unit /= 10;  // digits beyond microseconds are cut
        fraction += unit * (text.front() - '0');
        text.remove_prefix(1);
        any = true;
      }
      if (!any) return not_an_instant();
    }
  }
  int offset_minutes = 0;
  if (!read_character(text, 'Z') && !read_character(text, 'z')) {
    int sign = 0, hours = 0, minutes = 0;
    if (read_character(text, '+'))
      sign = 1;
    else if (read_character(text, '-'))
      sign = -1;
    if (sign == 0 || !read_digits(text, 2, hours) || !read_character(text, ':') ||
        !read_digits(text, 2, minutes) || hours > 23 || minutes > 59) {
      return not_an_instant();
    }
    offset_minutes = sign * (hours * 60 + minutes);
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  const bool end_of_day = hour == 24 && minute == 0 && second == 0 && fraction == 0;
  if (!text.empty() || !date.ok() || minute > 59 || second > 59 || (hour > 23 && !end_of_day)) {
    return not_an_instant();
  }
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = hour * 3600 + minute * 60 + second - offset_minutes * 60;
  const Timestamp instant{days * kDay + seconds * kSecond + fraction};
  // An offset, or the end of a day, may lead out of the years that can be written with four digits.
  const int written_year = civil_of(instant).year;
  if (written_year < 0 || written_year > 9999) return not_an_instant();
  return instant;
}

Timestamp SystemClock::now() const {
  return {std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

SimulatedClock::SimulatedClock(Timestamp start) : offset_micros_(start.micros - steady_micros()) {}

Timestamp SimulatedClock::now() const { return {offset_micros_.load() + steady_micros()}; }

Result<void> SimulatedClock::advance_to(Timestamp t) {
  std::int64_t offset = offset_micros_.load();
  while (true) {
    const std::int64_t wanted = t.micros - steady_micros();
    if (wanted < offset) return Error{Errc::conflict, "the simulated clock does not go back"};
    if (offset_micros_.compare_exchange_weak(offset, wanted)) return {};
  }
}

}  // namespace countersign::ledger
