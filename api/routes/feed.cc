// The live feed: entries as Server-Sent Events (WHATWG HTML, 9.2) in CloudEvents 1.0 form, in the
// order of the log, as far as the reader may see them. An event's id is its entry's index, so a
// client that comes back with Last-Event-ID misses nothing and gets nothing twice. An event is
// sent once the views hold it: who is told of a change can read it.
#include "api/routes/act_access.h"
#include "api/routes/handlers.h"
#include "ledger/base/canonical_json.h"
#include "ledger/ledger.h"
#include "projections/views.h"

#include <charconv>
#include <chrono>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::LeafIndex;
using nlohmann::json;

namespace {

constexpr std::chrono::milliseconds kPause{200};
// A comment keeps proxies from closing a quiet feed, and finds out that a client has gone.
constexpr std::chrono::seconds kHeartbeat{15};
// After this a client comes back, and its token is looked at again.
constexpr std::chrono::minutes kLifetime{60};
constexpr std::size_t kBatchEntries = 500;

struct FeedFilter {
  std::string campaign;
  std::string table;
  std::string department;
  std::string type;
};

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string sequence_text(LeafIndex index) {
  constexpr std::size_t kDigits = 20;  // so that text order is log order
  const std::string digits = std::to_string(index);
  return std::string(kDigits - digits.size(), '0') + digits;
}

class Feed {
 public:
  Feed(const Request& request, Services& services, FeedFilter filter, LeafIndex next)
      : request_(request),
        services_(services),
        filter_(std::move(filter)),
        next_(next),
        access_(std::in_place, request_) {}

  // Appends what is new; nothing if nothing is. False: the feed is over.
  bool more(std::string& part) {
    if (Steady::now() - begun_ > kLifetime || !still_allowed()) return false;
    const auto end = std::min<LeafIndex>(services_.views.applied(), next_ + kBatchEntries);
    for (; next_ < end; ++next_) {
      if (!append(next_, part)) return false;
    }
    if (part.empty() && Steady::now() - spoken_ > kHeartbeat) part = ": quiet\n\n";
    if (!part.empty()) spoken_ = Steady::now();
    return true;
  }

 private:
  using Steady = std::chrono::steady_clock;

  // Rights are those of now, not of when the feed began.
  bool still_allowed() {
    auto directory = services_.ledger.directory();
    if (directory == request_.directory) return true;
    const auto* account =
        directory->active_account(request_.account->account.id, services_.ledger.clock().now());
    if (account == nullptr || account->credential_epoch != request_.account->credential_epoch) {
      return false;
    }
    request_.account = account;
    request_.directory = std::move(directory);
    access_.emplace(request_);
    return true;
  }

  bool append(LeafIndex index, std::string& part) {
    const auto bytes = services_.ledger.reader().log().header(index);
    if (!bytes) return false;
    auto header = ledger::parse_json(*bytes);
    if (!header) return false;
    const json actor = header->value("actor", json::object());
    const ActSubject subject{text_of(*header, "campaign"), text_of(*header, "table"),
                             text_of(actor, "person"), text_of(actor, "on_behalf_of"),
                             text_of(actor, "department")};
    const std::string type = text_of(*header, "type");
    const auto wanted = [](const std::string& filter, const std::string& value) {
      return filter.empty() || filter == value;
    };
    if (!wanted(filter_.campaign, subject.campaign) || !wanted(filter_.table, subject.table) ||
        !wanted(filter_.department, subject.department) || !wanted(filter_.type, type) ||
        !access_->sees(subject)) {
      return true;
    }
    json event = {{"specversion", "1.0"},
                  {"id", std::to_string(index)},
                  {"source", services_.ledger.reader().origin()},
                  {"type", "countersign." + type},
                  {"time", text_of(*header, "received_at")},
                  {"recordedtime", text_of(*header, "sequenced_at")},
                  {"sequence", sequence_text(index)},
                  {"datacontenttype", "application/json"},
                  {"data", std::move(*header)}};
    const json& data = event["data"];
    if (!subject.campaign.empty()) {
      event["subject"] =
          subject.campaign + (subject.table.empty() ? std::string() : "/" + subject.table);
    }
    for (const auto& [attribute, member] :
         {std::pair{"correlationid", "correlation"}, std::pair{"causationid", "caused_by"}}) {
      const auto found = data.find(member);
      if (found == data.end() || *found == "") continue;
      event[attribute] = found->is_string() ? found->get<std::string>() : found->dump();
    }
    part +=
        "id: " + std::to_string(index) + "\nevent: " + type + "\ndata: " + event.dump() + "\n\n";
    return true;
  }

  Request request_;
  Services& services_;
  const FeedFilter filter_;
  LeafIndex next_;
  std::optional<ActAccess> access_;
  const Steady::time_point begun_ = Steady::now();
  Steady::time_point spoken_ = begun_;
};

// Just after the entry that Last-Event-ID or `after` names; without either, from now on.
std::variant<LeafIndex, Problem> start_of(const Request& request, const Services& services) {
  std::string text = request.query_or("after", "");
  if (const std::string* last = request.header("last-event-id")) text = *last;
  if (text.empty()) return services.views.applied();
  if (text == "-1") return LeafIndex{0};
  LeafIndex index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size() ||
      index >= services.ledger.reader().size()) {
    return bad_request("malformed_event_id",
                       {"Last-Event-ID 不是本台账的条目号",
                        "Last-Event-ID is not the index of an entry of this ledger"},
                       {"请去掉它以从现在开始，或用 -1 从头开始",
                        "Leave it out to begin now, or send -1 to begin at the beginning"});
  }
  return index + 1;
}

}  // namespace

ReadResult follow_events(const Request& request, Services& services) {
  auto start = start_of(request, services);
  if (auto* problem = std::get_if<Problem>(&start)) return std::move(*problem);
  FeedFilter filter{request.query_or("campaign", ""), request.query_or("table", ""),
                    request.query_or("department", ""), request.query_or("type", "")};
  if (!filter.table.empty() || !filter.department.empty()) {
    if (filter.campaign.empty()) {
      return bad_request(
          "malformed_query",
          {"table 与 department 须与 campaign 同时给出", "table and department need a campaign"},
          {"请指明采集任务", "Name the campaign"});
    }
    ActAccess access(request);
    projections::EntryFilter entries;
    entries.campaign = filter.campaign;
    entries.table = filter.table;
    entries.department = filter.department;
    if (auto problem = access.refuse(entries)) return std::move(*problem);
  }
  auto feed = std::make_shared<Feed>(request, services, std::move(filter), std::get<0>(start));
  Response response;
  response.content_type = "text/event-stream";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Accel-Buffering", "no");  // nginx passes parts on at once
  response.stream = [feed](std::string& part) { return feed->more(part); };
  response.stream_pause = kPause;
  return response;
}

}  // namespace countersign::api
