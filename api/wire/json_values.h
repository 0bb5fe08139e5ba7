// The values of answers that may be missing: what is not there is null, never an empty text.
#pragma once

#include "ledger/base/time.h"

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

nlohmann::json text_or_null(const std::string& text);
nlohmann::json text_or_null(const std::optional<std::string>& text);
nlohmann::json instant_or_null(const std::optional<ledger::Timestamp>& instant);

// Whole seconds, the unit of every duration in the API.
std::int64_t seconds_of(ledger::Duration duration);
nlohmann::json seconds_or_null(const std::optional<ledger::Duration>& duration);

}  // namespace countersign::api
