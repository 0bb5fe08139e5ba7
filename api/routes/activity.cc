// Activity over a whole campaign: everything a person or department did, changes after a
// milestone, and the five-question export of changes.
#include "api/routes/act_access.h"
#include "api/routes/export_record.h"
#include "api/routes/handlers.h"
#include "api/routes/moment.h"
#include "api/wire/csv.h"
#include "api/wire/trace_json.h"
#include "ledger/ledger.h"
#include "projections/trace/queries.h"
#include "projections/views.h"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;
using projections::EntryFilter;

namespace {

constexpr std::string_view kLevel = "level:";

// `table`, `person`, `department`, `type`, `from` and `until` of the query.
std::variant<EntryFilter, Problem> filter_of(const Request& request) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  EntryFilter filter;
  filter.campaign = std::get<0>(campaign)->id.value;
  filter.table = request.query_or("table", "");
  filter.person = request.query_or("person", "");
  filter.department = request.query_or("department", "");
  filter.type = request.query_or("type", "");
  auto from = instant_of(request, "from");
  if (auto* problem = std::get_if<Problem>(&from)) return std::move(*problem);
  filter.from = std::get<0>(from);
  auto until = instant_of(request, "until");
  if (auto* problem = std::get_if<Problem>(&until)) return std::move(*problem);
  filter.until = std::get<0>(until);
  if (!filter.table.empty() &&
      std::get<0>(campaign)->table(ledger::TableKey(filter.table)) == nullptr) {
    return not_found("table", "数据表");
  }
  return filter;
}

std::variant<projections::Milestone, Problem> milestone_of(
    const Request& request, const ledger::CampaignDefinition& campaign) {
  using Kind = projections::Milestone::Kind;
  const std::string text = request.query_or("milestone", "due");
  projections::Milestone milestone;
  if (text == "due" || text == "due_first") {
    milestone.kind = text == "due" ? Kind::due : Kind::due_first;
    return milestone;
  }
  milestone.kind = Kind::statement;
  if (text == "submission") {
    milestone.level = text;
    return milestone;
  }
  if (text.starts_with(kLevel)) {
    milestone.level = text.substr(kLevel.size());
    if (campaign.level(ledger::LevelId(milestone.level)) != nullptr) return milestone;
  } else if (auto instant = ledger::parse_rfc3339(text)) {
    milestone.kind = Kind::instant;
    milestone.at = *instant;
    return milestone;
  }
  return bad_request("malformed_milestone", {"不是可识别的节点", "This does not name a milestone"},
                     {"可用 due、due_first、submission、level:<级别> 或带时区的时间",
                      "Use due, due_first, submission, level:<id> or an instant with offset"});
}

template <typename Row>
Response page_response(const char* name, const projections::Page<Row>& page, json rows) {
  Response response;
  response.body = json{
      {name, std::move(rows)},
      {"next", page.next.empty() ? json() : json(page.next)},
      {"as_of",
       page.as_of}}.dump();
  return response;
}

// "zone" of the query, as "+08:00"; the campaign's own when absent.
std::variant<int, Problem> zone_of(const Request& request,
                                   const ledger::CampaignDefinition& campaign) {
  const std::string text = request.query_or("zone", "");
  if (text.empty()) return campaign.calendar.utc_offset_minutes;
  const auto instant = ledger::parse_rfc3339("1970-01-02T00:00:00" + text);
  if (!instant) {
    return bad_request("malformed_query", {"zone 不是时区偏移", "zone is not an offset"},
                       {"例如 %2B08:00（加号须编码）", "For example %2B08:00 (encoded)"});
  }
  constexpr std::int64_t kDay = 86'400'000'000;
  return static_cast<int>((kDay - instant->micros) / 60'000'000);
}

// `lang` of the query, else what Accept-Language asks for first.
Language language_of(const Request& request) {
  std::string wanted = request.query_or("lang", "");
  if (wanted.empty()) {
    const std::string* accepted = request.header("accept-language");
    if (accepted != nullptr) wanted = *accepted;
  }
  return wanted.starts_with("zh") ? Language::zh : Language::en;
}

enum class ExportFormat : std::uint8_t { json, ndjson, csv };

std::optional<ExportFormat> export_format_of(const Request& request) {
  const std::string* accept = request.header("accept");
  const auto asks = [&](const char* type) { return accept->find(type) != std::string::npos; };
  if (accept == nullptr || asks("*/*") || asks("application/json")) return ExportFormat::json;
  if (asks("text/csv")) return ExportFormat::csv;
  if (asks("application/x-ndjson")) return ExportFormat::ndjson;
  return std::nullopt;
}

// Changes of the tables that the account reads, a page of the views at a time, so that memory does
// not grow with the export.
class ChangeExport {
 public:
  ChangeExport(const Request& request, Services& services, projections::ChangeFilter filter,
               Language language, int zone, ExportFormat format)
      : request_(request),
        services_(services),
        filter_(std::move(filter)),
        questions_{*request_.directory->campaign(ledger::CampaignId(filter_.campaign)), language,
                   zone},
        format_(format) {}

  // The problem of the first page, if it has one; later ones cut the stream off.
  std::optional<Problem> begin() {
    auto first = services_.views.trace().changes(filter_, {.after = "", .limit = kPage});
    if (!first) return problem_of(first.error());
    page_ = std::move(*first);
    return std::nullopt;
  }

  ledger::TreeSize as_of() const { return page_.as_of; }
  // Whether any table it may tell of is about persons.
  bool personal() {
    const auto& campaign = questions_.campaign;
    return std::ranges::any_of(campaign.tables, [&](const auto& table) {
      const bool asked = filter_.table.empty() || filter_.table == table.key.value;
      return asked && table.personal() && access_to(table.key.value) != nullptr;
    });
  }

  bool next(std::string& part) {
    if (first_) {
      if (format_ == ExportFormat::csv) {
        // Spreadsheets take CSV for UTF-8 only with a byte order mark.
        part += "\xEF\xBB\xBF";
        append_csv_record(part, questions_.header());
      }
      if (format_ == ExportFormat::json) {
        part += "{\"as_of\":" + std::to_string(page_.as_of) + ",\"changes\":[";
      }
    }
    for (const auto& change : page_.rows) {
      const TableAccess* access = access_to(change.table);
      if (access != nullptr && access->sees_change(change)) {
        write(part, change,
              {.names = access->sees_all(), .reasons = true, .past = access->sees_past()});
      }
    }
    first_ = false;
    if (page_.next.empty()) {
      if (format_ == ExportFormat::json) part += "]}";
      return false;
    }
    auto page = services_.views.trace().changes(filter_, {.after = page_.next, .limit = kPage});
    // A whole export ends as its format does; one that is cut off does not.
    if (!page) return false;
    page_ = std::move(*page);
    return true;
  }

 private:
  static constexpr std::size_t kPage = 500;

  void write(std::string& part, const projections::CellChange& change, const Disclosure& may) {
    if (format_ == ExportFormat::csv) {
      append_csv_record_of_texts(part, questions_.record(change, may));
      return;
    }
    if (format_ == ExportFormat::json && !empty_) part += ",";
    empty_ = false;
    part += questions_.object(change, may).dump();
    if (format_ == ExportFormat::ndjson) part += "\n";
  }

  // nullptr: not to be read.
  const TableAccess* access_to(const std::string& table) {
    auto [at, fresh] = accesses_.try_emplace(table);
    if (fresh) {
      request_.params["table"] = table;
      auto opened = TableAccess::open(request_);
      if (auto* access = std::get_if<TableAccess>(&opened)) at->second = std::move(*access);
    }
    return at->second ? &*at->second : nullptr;
  }

  Request request_;
  Services& services_;
  const projections::ChangeFilter filter_;
  const FiveQuestions questions_;
  const ExportFormat format_;
  projections::Page<projections::CellChange> page_;
  std::map<std::string, std::optional<TableAccess>> accesses_;
  bool first_ = true;
  bool empty_ = true;
};

}  // namespace

ReadResult list_acts(const Request& request, Services& services) {
  auto filter = filter_of(request);
  if (auto* problem = std::get_if<Problem>(&filter)) return std::move(*problem);
  auto page = page_of(request);
  if (auto* problem = std::get_if<Problem>(&page)) return std::move(*problem);
  ActAccess access(request);
  if (auto problem = access.refuse(std::get<0>(filter))) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  auto acts = services.views.trace().acts(std::get<0>(filter), std::get<0>(page));
  if (!acts) return problem_of(acts.error());
  json list = json::array();
  for (const auto& act : acts->rows) {
    const ActSubject subject = subject_of(std::get<0>(filter).campaign, act);
    if (access.sees(subject)) list.push_back(to_json(act, access.disclosure(subject)));
  }
  return page_response("acts", *acts, std::move(list));
}

ReadResult list_late_changes(const Request& request, Services& services) {
  auto filter = filter_of(request);
  if (auto* problem = std::get_if<Problem>(&filter)) return std::move(*problem);
  auto page = page_of(request);
  if (auto* problem = std::get_if<Problem>(&page)) return std::move(*problem);
  auto milestone = milestone_of(request, *std::get<0>(campaign_of(request)));
  if (auto* problem = std::get_if<Problem>(&milestone)) return std::move(*problem);
  ActAccess access(request);
  if (auto problem = access.refuse(std::get<0>(filter))) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  auto changes = services.views.trace().late_changes(std::get<0>(filter), std::get<0>(milestone),
                                                     std::get<0>(page));
  if (!changes) return problem_of(changes.error());
  json list = json::array();
  for (const auto& change : changes->rows) {
    const ActSubject subject = subject_of(std::get<0>(filter).campaign, change.act);
    if (access.sees(subject)) list.push_back(to_json(change, access.disclosure(subject)));
  }
  return page_response("changes", *changes, std::move(list));
}

RecordedRead export_changes(const Request& request, Services& services) {
  auto filter = filter_of(request);
  if (auto* problem = std::get_if<Problem>(&filter)) return std::move(*problem);
  const auto& campaign = *std::get<0>(campaign_of(request));
  const auto format = export_format_of(request);
  if (!format) {
    Problem problem =
        bad_request("unsupported_format",
                    {"只支持 application/json、text/csv 与 application/x-ndjson",
                     "Only application/json, text/csv and application/x-ndjson are supported"},
                    {"请设置 Accept", "Set Accept"});
    problem.status = 415;
    return problem;
  }
  auto zone = zone_of(request, campaign);
  if (auto* problem = std::get_if<Problem>(&zone)) return std::move(*problem);
  projections::ChangeFilter changes;
  static_cast<EntryFilter&>(changes) = std::get<0>(filter);
  changes.row = request.query_or("row", "");
  changes.column = request.query_or("column", "");
  changes.oldest_first = true;
  if (!changes.row.empty() && changes.table.empty()) {
    return bad_request("malformed_query", {"row 须与 table 同时给出", "row needs a table"},
                       {"请指明数据表", "Name the table"});
  }
  if (!changes.table.empty()) {
    Request of_table = request;
    of_table.params["table"] = changes.table;
    auto opened = TableAccess::open(of_table);
    if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  }
  const std::string table = changes.table;
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  auto exported = std::make_shared<ChangeExport>(request, services, std::move(changes),
                                                 language_of(request), std::get<0>(zone), *format);
  if (auto problem = exported->begin()) return std::move(*problem);
  Response response;
  response.content_type = *format == ExportFormat::csv    ? "text/csv; charset=utf-8"
                          : *format == ExportFormat::json ? "application/json"
                                                          : "application/x-ndjson";
  response.stream = [exported](std::string& part) { return exported->next(part); };
  ledger::ExportData record = export_record(request, campaign.id, "changes");
  record.table = ledger::TableKey(table);
  record.as_of = exported->as_of();
  record.personal = exported->personal();
  return RecordedAnswer{std::move(record), std::move(response), {}};
}

}  // namespace countersign::api
