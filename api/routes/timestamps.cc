// Time-stamp tokens of an outside authority over checkpoints: everything that somebody needs to
// check them without this service.
#include "api/routes/handlers.h"
#include "ledger/base/canonical_json.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/witness/kept_timestamps.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::KeptTimestamp;
using nlohmann::json;

namespace {

constexpr std::uint64_t kListedMax = 100;

Problem none_such() { return not_found("timestamp of this number", "此编号的时间戳"); }

std::variant<KeptTimestamp, Problem> named_by(const Request& request, const Services& services) {
  const auto number = ledger::parse_json(request.param("number"));
  if (services.timestamps == nullptr || !number || !number->is_number_unsigned()) {
    return none_such();
  }
  auto token = services.timestamps->token(number->get<std::uint64_t>());
  if (!token && token.error().code == ledger::Errc::not_found) return none_such();
  if (!token) return problem_of(token.error());
  return std::move(*token);
}

// One of its files, which never change.
ReadResult file_of(const Request& request, const Services& services, std::string KeptTimestamp::*file,
                   const char* type) {
  auto token = named_by(request, services);
  if (auto* problem = std::get_if<Problem>(&token)) return std::move(*problem);
  Response response;
  response.content_type = type;
  response.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  response.body = std::move(std::get<KeptTimestamp>(token).*file);
  return response;
}

// What the token says; by itself it proves nothing, the token does.
ledger::Result<json> listed(const ledger::KeptTimestamps& kept, std::uint64_t number) {
  CS_TRY(const auto token, kept.token(number));
  CS_TRY(const auto info, ledger::read_timestamp_reply(token.reply));
  CS_TRY(const auto checkpoint, ledger::parse_checkpoint_note(token.checkpoint));
  const double accuracy = static_cast<double>(info.accuracy.micros) / 1e6;
  return json{{"number", token.number},
              {"size", checkpoint.tree_size},
              {"at", ledger::format_utc(info.at)},
              {"accuracy_seconds", info.accuracy.micros == 0 ? json() : json(accuracy)},
              {"serial", info.serial},
              {"policy", info.policy},
              {"authority", info.authority}};
}

}  // namespace

ReadResult list_timestamps(const Request& request, Services& services) {
  auto after = number_of(request, "after");
  if (auto* problem = std::get_if<Problem>(&after)) return std::move(*problem);
  auto limit = number_of(request, "limit");
  if (auto* problem = std::get_if<Problem>(&limit)) return std::move(*problem);
  const std::uint64_t count = services.timestamps == nullptr ? 0 : services.timestamps->count();
  const std::uint64_t from = std::min(std::get<0>(after).value_or(0), count);
  const std::uint64_t most = std::min(std::get<0>(limit).value_or(kListedMax), kListedMax);
  const std::uint64_t to = from + std::min(most, count - from);
  json list = json::array();
  for (std::uint64_t number = from + 1; number <= to; ++number) {
    auto one = listed(*services.timestamps, number);
    // One that was damaged on the disk takes no other with it.
    list.push_back(one ? std::move(*one) : json{{"number", number}, {"damaged", true}});
  }
  Response response;
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.body = json{{"timestamps", std::move(list)},
                       {"count", count},
                       {"next", to < count ? json(to) : json()}}
                      .dump();
  return response;
}

ReadResult show_timestamp(const Request& request, Services& services) {
  return file_of(request, services, &KeptTimestamp::reply, "application/timestamp-reply");
}

ReadResult show_stamped_checkpoint(const Request& request, Services& services) {
  return file_of(request, services, &KeptTimestamp::checkpoint, "text/plain; charset=utf-8");
}

ReadResult show_timestamp_request(const Request& request, Services& services) {
  return file_of(request, services, &KeptTimestamp::request, "application/timestamp-query");
}

}  // namespace countersign::api
