// Rows: reading pages and single rows, and editing them under ETags.
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "api/wire/row_body.h"
#include "api/wire/view_json.h"
#include "projections/tables/queries.h"
#include "projections/views.h"

#include <charconv>

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

// The index in `"123"`; a weak or malformed ETag never matches.
std::variant<std::optional<ledger::LeafIndex>, Problem> if_match_of(const Request& request) {
  const std::string* header = request.header("if-match");
  if (header == nullptr) return std::optional<ledger::LeafIndex>();
  ledger::LeafIndex index = 0;
  const std::string_view text = *header;
  if (text.size() > 2 && text.front() == '"' && text.back() == '"') {
    const char* end = text.data() + text.size() - 1;
    const auto [at, error] = std::from_chars(text.data() + 1, end, index);
    if (error == std::errc() && at == end) return std::optional<ledger::LeafIndex>(index);
  }
  return bad_request("malformed_etag",
                     {"If-Match 不是有效的 ETag", "If-Match is not an ETag of ours"},
                     {"请使用读取该行时得到的 ETag", "Use the ETag that reading the row gave"});
}

std::variant<RowBody, Problem> row_body_of(const Request& request, bool has_cells) {
  if (has_cells) {
    if (auto simple = read_simple_row(request.body)) return std::move(*simple);
  }
  BodyReader body(request);
  RowBody row;
  if (has_cells) row.cells = body.cells("cells");
  row.reason = body.optional_text("reason").value_or("");
  if (auto problem = body.finish()) return std::move(*problem);
  return row;
}

WriteResult edit_row(const Request& request, bool patch, bool remove) {
  auto access = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&access)) return std::move(*problem);
  auto if_match = if_match_of(request);
  if (auto* problem = std::get_if<Problem>(&if_match)) return std::move(*problem);
  const auto& found = std::get<TableAccess>(access);

  auto body = row_body_of(request, !remove);
  if (auto* problem = std::get_if<Problem>(&body)) return std::move(*problem);
  auto& [cells, reason] = std::get<RowBody>(body);

  ledger::RowEdit edit;
  edit.key = ledger::RowKey(request.param("key"));
  edit.patch = patch;
  edit.remove = remove;
  edit.cells = std::move(cells);
  edit.if_match = std::get<0>(if_match);
  const std::string* none_match = request.header("if-none-match");
  edit.must_not_exist = none_match != nullptr && *none_match == "*";

  ledger::RowEdits edits;
  edits.campaign = found.campaign().id;
  edits.table = found.table().key;
  edits.reason = std::move(reason);
  edits.rows.push_back(std::move(edit));
  return Wanted{std::move(edits)};
}

}  // namespace

RecordedRead list_rows(const Request& request, Services& services) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(opened);
  auto page = page_of(request);
  if (auto* problem = std::get_if<Problem>(&page)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);

  projections::RowFilter filter{request.query_or("column", ""), request.query_or("equals", "")};
  if (!filter.column.empty() &&
      (access.table().column(filter.column) == nullptr || !access.sees_column(filter.column))) {
    return bad_request("unknown_column", {"column 不是可读的列", "column is not one you may read"},
                       {"请选用本表的列", "Choose a column of this table"});
  }
  auto rows = services.views.tables().rows(access.campaign().id.value, access.table().key.value,
                                           filter, std::get<0>(page));
  if (!rows) return problem_of(rows.error());
  json list = json::array();
  for (auto& row : rows->rows) {
    if (!access.sees_row(row.cells)) continue;
    row.cells = access.shown(row.cells);
    list.push_back(to_json(row));
  }
  const std::size_t count = list.size();
  Response response;
  response.body = json{
      {"rows", std::move(list)},
      {"next", rows->next.empty() ? json() : json(rows->next)},
      {"as_of",
       rows->as_of}}.dump();
  return shown(std::move(response), access, "rows", rows->as_of, count);
}

RecordedRead show_row(const Request& request, Services& services) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(opened);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  auto row = services.views.tables().row(access.campaign().id.value, access.table().key.value,
                                         request.param("key"));
  if (!row) return problem_of(row.error());
  if (!access.sees_row(row->cells)) return not_found("row", "数据行");
  row->cells = access.shown(row->cells);
  Response response;
  response.headers.emplace_back("ETag", "\"" + std::to_string(row->etag) + "\"");
  response.body = to_json(*row).dump();
  return shown(std::move(response), access, "row", row->etag + 1, 1, ledger::RowKey(row->key));
}

WriteResult put_row(const Request& request, Services&) { return edit_row(request, false, false); }
WriteResult patch_row(const Request& request, Services&) { return edit_row(request, true, false); }
WriteResult remove_row(const Request& request, Services&) { return edit_row(request, false, true); }

WriteResult change_rows(const Request& request, Services&) {
  auto access = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&access)) return std::move(*problem);
  const auto& found = std::get<TableAccess>(access);
  BodyReader body(request);
  ledger::RowEdits edits;
  edits.campaign = found.campaign().id;
  edits.table = found.table().key;
  edits.reason = body.optional_text("reason").value_or("");
  for (BodyReader& row : body.objects("rows")) {
    ledger::RowEdit edit;
    if (auto key = row.optional_text("key")) edit.key = ledger::RowKey(*key);
    edit.remove = row.flag("remove", false);
    edit.patch = row.flag("patch", false);
    edit.cells = row.cells("cells");
    if (row.has("if_match")) edit.if_match = row.number("if_match");
    if (auto problem = row.finish()) return std::move(*problem);
    edit.line = edits.rows.size() + 1;
    edits.rows.push_back(std::move(edit));
  }
  if (edits.rows.empty()) body.reject("rows", "must name at least one row", "至少应有一行");
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{std::move(edits)};
}

}  // namespace countersign::api
