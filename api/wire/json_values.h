// The values of answers that may be missing: what is not there is null, never an empty text.
#pragma once

#include "ledger/base/time.h"
#include "ledger/domain/row.h"

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace countersign::api {

inline nlohmann::json text_or_null(const std::string& text) {
  return text.empty() ? nlohmann::json() : nlohmann::json(text);
}
inline nlohmann::json text_or_null(const std::optional<std::string>& text) {
  return text ? nlohmann::json(*text) : nlohmann::json();
}
inline nlohmann::json instant_or_null(const std::optional<ledger::Timestamp>& instant) {
  return instant ? nlohmann::json(ledger::format_utc(*instant)) : nlohmann::json();
}

// Whole seconds, the unit of every duration in the API.
inline std::int64_t seconds_of(ledger::Duration duration) { return duration.micros / 1'000'000; }
inline nlohmann::json seconds_or_null(const std::optional<ledger::Duration>& duration) {
  return duration ? nlohmann::json(seconds_of(*duration)) : nlohmann::json();
}

}  // namespace countersign::api
