// Request targets and the router. A decoded target holds valid UTF-8, no NUL and no dot segments,
// and encoding its parts again gives a target that means the same.
#include "api/http/router.h"
#include "ledger/base/bytes.h"
#include "ledger/base/utf8.h"
#include "tests/fuzz/fuzz_target.h"

#include <algorithm>

namespace countersign::fuzz {

namespace {

const api::Endpoint kEndpoints[] = {
    {"GET", "/log/checkpoint", api::Access::open, api::ReadHandler(nullptr), "checkpoint"},
    {"GET", "/log/tile/{rest...}", api::Access::open, api::ReadHandler(nullptr), "tile"},
    {"PUT", "/v1/rows/{key}", api::Access::open, api::WriteHandler(nullptr), "put"},
    {"GET", "/v1/rows/{key}", api::Access::open, api::ReadHandler(nullptr), "get"},
    {"GET", "/v1/{table}/all", api::Access::open, api::ReadHandler(nullptr), "all"},
};

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) out += "%" + ledger::to_hex(ledger::as_bytes({&c, 1}));
  return out;
}

bool is_clean(const std::string& text) {
  return ledger::is_valid_utf8(text) && text.find('\0') == std::string::npos;
}

}  // namespace

void run(std::string_view input) {
  static const api::Router kRouter(kEndpoints);
  const auto target = api::parse_target(input);
  if (!target) return;
  CS_ASSERT(!target->segments.empty());
  std::string text;
  for (const std::string& segment : target->segments) {
    CS_ASSERT(is_clean(segment) && segment != "." && segment != "..");
    text += "/" + encoded(segment);
  }
  char mark = '?';
  for (const auto& [name, value] : target->query) {
    CS_ASSERT(is_clean(name) && is_clean(value));
    text += mark + encoded(name) + "=" + encoded(value);
    mark = '&';
  }
  const auto again = api::parse_target(text);
  CS_ASSERT(again && again->segments == target->segments);
  CS_ASSERT(again->query == target->query);
  const auto found = kRouter.find("GET", target->segments);
  if (const auto* match = std::get_if<api::Router::Match>(&found)) {
    for (const auto& [name, value] : match->params) CS_ASSERT(is_clean(value) && !value.empty());
  }
}

}  // namespace countersign::fuzz
