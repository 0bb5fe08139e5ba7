// The persons behind rows: what tables say of oneself, and what one asks to have corrected.
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "api/wire/json_values.h"
#include "api/wire/view_json.h"
#include "projections/subjects/queries.h"
#include "projections/views.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

// The number under which tables know the account's person; empty: under none.
std::string own_number(const Request& request) {
  const auto& persons = request.directory->persons;
  const auto person = persons.find(request.account->account.person);
  return person == persons.end() ? std::string() : person->second.staff_no;
}

Problem nobody_in_tables() {
  return problem_of(ledger::Refusal{ledger::RefusalCode::right_missing, {}});
}

// `own`: for the person who asked, who needs no name of those who answered.
json correction_json(const projections::CorrectionRecord& one, bool own) {
  json answer;
  if (one.answer) {
    answer = {{"index", one.answer->index},
              {"at", ledger::format_utc(one.answer->at)},
              {"person", own ? json() : json(one.answer->person)},
              {"department", one.answer->department},
              {"granted", one.answer->granted},
              {"reason", text_or_null(one.answer->reason)},
              {"change", one.answer->change ? json(*one.answer->change) : json()}};
  }
  return {{"id", one.index},
          {"table", one.table},
          {"row", one.row},
          {"column", one.column},
          {"text", one.text},
          {"person", one.person},
          {"person_name", text_or_null(one.person_name)},
          {"at", ledger::format_utc(one.at)},
          {"answer", std::move(answer)}};
}

// The own rows of one table.
ledger::Result<json> own_rows(const ledger::CampaignDefinition& campaign,
                              const ledger::TableDefinition& table, const std::string& number,
                              Services& services, std::uint64_t& count) {
  CS_TRY(const auto rows, services.views.subjects().rows_about(campaign.id.value, table.key.value,
                                                               table.subject_column, number));
  json list = json::array();
  for (const auto& own : rows) {
    json one = to_json(own.row);
    one["changed_at"] = ledger::format_utc(own.changed_at);
    one["changed_by"] = text_or_null(own.changed_by);
    list.push_back(std::move(one));
    ++count;
  }
  return list;
}

const ledger::CampaignDefinition* campaign_named(const Request& request, const std::string& id) {
  return request.directory->campaign(ledger::CampaignId(id));
}

}  // namespace

RecordedRead show_own_data(const Request& request, Services& services) {
  const auto* campaign = campaign_named(request, request.query_or("campaign", ""));
  if (campaign == nullptr) return not_found("campaign", "采集任务");
  const std::string number = own_number(request);
  if (number.empty()) return nobody_in_tables();
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto as_of = services.views.applied();
  json tables = json::array();
  std::uint64_t count = 0;
  for (const auto& table : campaign->tables) {
    if (table.subject_column.empty()) continue;
    auto rows = own_rows(*campaign, table, number, services, count);
    if (!rows) return problem_of(rows.error());
    if (rows->empty()) continue;
    tables.push_back({{"table", table.key.value},
                      {"name", {{"zh", table.name.zh}, {"en", table.name.en}}},
                      {"department", table.owner.value},
                      {"rows", std::move(*rows)}});
  }
  auto asked = services.views.subjects().corrections(
      {campaign->id.value, "", request.account->account.person.value},
      {"", projections::PageRequest::kPageRowsMax});
  if (!asked) return problem_of(asked.error());
  json corrections = json::array();
  for (const auto& one : asked->rows) corrections.push_back(correction_json(one, true));
  Response response;
  response.body =
      json{{"tables", std::move(tables)}, {"corrections", std::move(corrections)}, {"as_of", as_of}}
          .dump();
  return RecordedAnswer{
      ledger::ReadTable{campaign->id, {}, std::string(ledger::ReadTable::kOwn), as_of, count, {}},
      std::move(response),
      {}};
}

WriteResult request_correction(const Request& request, Services& services) {
  BodyReader body(request);
  ledger::RequestCorrection command{
      ledger::CampaignId(body.text("campaign")), ledger::TableKey(body.text("table")),
      ledger::RowKey(body.text("row")), body.text("column"), body.text("text")};
  if (auto problem = body.finish()) return std::move(*problem);
  const auto* campaign = campaign_named(request, command.campaign.value);
  if (campaign == nullptr) return not_found("campaign", "采集任务");
  const auto* table = campaign->table(command.table);
  if (table == nullptr) return not_found("table", "数据表");
  const std::string number = own_number(request);
  if (number.empty() || table->subject_column.empty()) return nobody_in_tables();
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  auto rows = services.views.subjects().rows_about(campaign->id.value, table->key.value,
                                                   table->subject_column, number);
  if (!rows) return problem_of(rows.error());
  // Whether there is such a row about somebody else is not told.
  const bool own =
      std::ranges::any_of(*rows, [&](const auto& one) { return one.row.key == command.row.value; });
  if (!own) return not_found("row", "数据行");
  return Wanted{ledger::Command(std::move(command)), 201};
}

RecordedRead list_corrections(const Request& request, Services& services) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(opened);
  // What people say of their own rows is for those who answer, and the Centre.
  if (!access.sees_all() || !access.sees_past()) return out_of_scope();
  auto page = page_of(request);
  if (auto* problem = std::get_if<Problem>(&page)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  auto found = services.views.subjects().corrections(
      {access.campaign().id.value, access.table().key.value, ""}, std::get<0>(page));
  if (!found) return problem_of(found.error());
  json list = json::array();
  for (const auto& one : found->rows) list.push_back(correction_json(one, false));
  const std::size_t count = list.size();
  Response response;
  response.body = json{
      {"corrections", std::move(list)},
      {"next", found->next.empty() ? json() : json(found->next)},
      {"as_of",
       found->as_of}}.dump();
  return shown(std::move(response), access, "corrections", found->as_of, count);
}

WriteResult answer_correction(const Request& request, Services& services) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  const std::string& campaign = access.campaign().id.value;
  const std::string& table = access.table().key.value;
  BodyReader body(request);
  ledger::AnswerCorrection command{access.campaign().id, access.table().key, 0, false, {}, {}};
  const std::string& id = request.param("correction");
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), command.request);
  if (error != std::errc() || end != id.data() + id.size()) {
    return not_found("correction", "更正申请");
  }
  if (!body.has("granted")) body.reject("granted", "is missing", "缺失");
  command.granted = body.flag("granted", false);
  command.reason = body.optional_text("reason").value_or("");
  if (body.has("change")) command.change = body.number("change");
  if (command.change) {
    if (auto problem = wait_for_latest(services)) return std::move(*problem);
    auto asked = services.views.subjects().correction(campaign, table, command.request);
    auto changed =
        asked ? services.views.subjects().changes(*command.change, campaign, table, asked->row)
              : ledger::Result<bool>(false);
    if (!changed) return problem_of(changed.error());
    if (!*changed) body.reject("change", "is no change of this row", "不是对该行的修改");
  }
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{ledger::Command(std::move(command)), 201};
}

}  // namespace countersign::api
