#include "api/wire/json_values.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }
json text_or_null(const std::optional<std::string>& text) { return text ? json(*text) : json(); }
json instant_or_null(const std::optional<ledger::Timestamp>& instant) {
  return instant ? json(ledger::format_utc(*instant)) : json();
}

std::int64_t seconds_of(ledger::Duration duration) { return duration.micros / 1'000'000; }
json seconds_or_null(const std::optional<ledger::Duration>& duration) {
  return duration ? json(seconds_of(*duration)) : json();
}

}  // namespace countersign::api
