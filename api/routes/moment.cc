#include "api/routes/moment.h"

#include "ledger/ledger.h"
#include "projections/tables/queries.h"
#include "projections/trace/queries.h"
#include "projections/views.h"

#include <algorithm>
#include <charconv>

namespace countersign::api {

using ledger::TreeSize;

namespace {

constexpr std::string_view kLevel = "level:";

Problem not_a_moment() {
  return bad_request(
      "malformed_moment", {"不是可识别的时点", "This does not name a moment"},
      {"可用条目号、带时区的时间、v3、submitted、passed、level:<级别> 或 now",
       "Use an entry index, an instant with offset, v3, submitted, passed, level:<id> or now"});
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::variant<std::optional<ledger::Timestamp>, Problem> instant_of(const Request& request,
                                                                   const std::string& name) {
  const std::string text = request.query_or(name, "");
  if (text.empty()) return std::optional<ledger::Timestamp>();
  auto instant = ledger::parse_rfc3339(text);
  if (!instant) {
    return bad_request("malformed_query",
                       {name + " 不是带时区的时间", name + " is not an instant with offset"},
                       {"例如 2020-11-05T18:00:00%2B08:00（加号须编码）",
                        "For example 2020-11-05T18:00:00%2B08:00 (a plus sign is encoded)"});
  }
  return std::optional<ledger::Timestamp>(*instant);
}

std::variant<std::optional<TreeSize>, Problem> past_size(const Request& request,
                                                         Services& services) {
  auto as_of = number_of(request, "as_of");
  if (auto* problem = std::get_if<Problem>(&as_of)) return std::move(*problem);
  if (std::get<0>(as_of)) return std::get<0>(as_of);
  auto at = instant_of(request, "at");
  if (auto* problem = std::get_if<Problem>(&at)) return std::move(*problem);
  if (!std::get<0>(at)) return std::optional<TreeSize>();
  auto size = services.views.tables().size_at(*std::get<0>(at));
  if (!size) return problem_of(size.error());
  return std::optional<TreeSize>(*size);
}

std::variant<TreeSize, Problem> moment_of(const Request& request, Services& services,
                                          const TableAccess& access, const std::string& text) {
  const TreeSize applied = services.views.applied();
  if (text == "now") return applied;
  if (const auto index = whole_number(text)) return std::min(*index, applied - 1) + 1;

  std::string level;
  std::string person;
  std::uint32_t version = 0;
  if (text == "submitted") {
    level = "submission";
  } else if (text == "passed") {
    person = request.account->account.person.value;
  } else if (text.starts_with(kLevel)) {
    level = text.substr(kLevel.size());
    if (access.campaign().level(ledger::LevelId(level)) == nullptr) return not_a_moment();
  } else if (text.starts_with("v")) {
    const auto number = whole_number(std::string_view(text).substr(1));
    if (!number || *number == 0 || *number > UINT32_MAX) return not_a_moment();
    version = static_cast<std::uint32_t>(*number);
    level = "submission";
  } else {
    auto instant = ledger::parse_rfc3339(text);
    if (!instant) return not_a_moment();
    auto size = services.views.tables().size_at(*instant);
    if (!size) return problem_of(size.error());
    return *size;
  }
  auto size = services.views.trace().size_at_statement(
      access.campaign().id.value, access.table().key.value, level, person, version);
  if (!size) return not_found("statement about the table", "该表的相应签署");
  return *size;
}

}  // namespace countersign::api
