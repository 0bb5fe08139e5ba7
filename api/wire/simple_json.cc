#include "api/wire/simple_json.h"

#include "ledger/base/utf8.h"

#include <cstdint>

namespace countersign::api {

namespace {

// Beyond, a number is written as what a double makes of it.
constexpr std::int64_t kExact = (std::int64_t{1} << 53) - 1;

}  // namespace

std::optional<simdjson::dom::object> SimpleJson::object(std::string_view text) {
  numbers_.clear();
  padded_.assign(text);
  padded_.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  simdjson::dom::object object;
  if (parser_.parse(padded_.data(), text.size(), false).get(object) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  // simdjson lets half of a surrogate pair stand, which can only be written as an escape.
  doubtful_ = text.find("\\u") != std::string_view::npos;
  return object;
}

std::optional<std::string_view> SimpleJson::text(const simdjson::dom::element& value) const {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS || !names(text)) return std::nullopt;
  return text;
}

bool SimpleJson::names(std::string_view name) const {
  return !doubtful_ || ledger::is_valid_utf8(name);
}

std::optional<std::string_view> SimpleJson::cell(const simdjson::dom::element& value) {
  if (value.is_null()) return std::string_view();
  if (value.is_string()) return text(value);
  std::int64_t number = 0;
  if (value.get(number) != simdjson::SUCCESS || number < -kExact || number > kExact) {
    return std::nullopt;
  }
  return numbers_.emplace_back(std::to_string(number));
}

}  // namespace countersign::api
