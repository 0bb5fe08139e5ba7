// Whole tables as sheets: export now or as of a past size or instant, import as a diff.
#include "api/wire/sheet.h"

#include "api/routes/export_record.h"
#include "api/routes/handlers.h"
#include "api/routes/moment.h"
#include "api/wire/encoding.h"
#include "ledger/crypto/sha256.h"
#include "ledger/domain/event_codec.h"
#include "ledger/ledger.h"
#include "projections/tables/queries.h"
#include "projections/views.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Cells;
using nlohmann::json;

namespace {

Problem unsupported_format() {
  Problem problem = bad_request("unsupported_format",
                                {"只支持 text/csv 与 application/x-ndjson",
                                 "Only text/csv and application/x-ndjson are supported"},
                                {"请设置 Content-Type 或 Accept", "Set Content-Type or Accept"});
  problem.status = 415;
  return problem;
}

std::optional<SheetFormat> format_of(const std::string* header) {
  if (header == nullptr || header->find("text/csv") != std::string::npos ||
      header->find("*/*") != std::string::npos) {
    return SheetFormat::csv;
  }
  if (header->find("application/x-ndjson") != std::string::npos) return SheetFormat::ndjson;
  return std::nullopt;
}

// The sheet as UTF-8, by its byte order mark, by the charset that Content-Type tells, or by what
// its bytes can only be. JSON is UTF-8 always (RFC 8259). The view is of the request's body, or of
// `converted`.
std::variant<std::string_view, Problem> utf8_of(const Request& request, SheetFormat format,
                                                std::string& converted) {
  constexpr std::string_view kCharset = "charset=";
  std::string charset = format == SheetFormat::ndjson ? "utf-8" : "";
  const std::string* type = request.header("content-type");
  if (const auto at = type == nullptr ? std::string::npos : type->find(kCharset);
      format == SheetFormat::csv && at != std::string::npos) {
    charset = type->substr(at + kCharset.size());
    charset = charset.substr(0, charset.find(';'));
    std::erase(charset, '"');
  }
  if (const auto same = as_utf8(request.body, charset)) return *same;
  auto text = to_utf8(request.body, charset);
  const auto* bad = std::get_if<BadEncoding>(&text);
  if (bad == nullptr) {
    converted = std::move(std::get<0>(text));
    return std::string_view(converted);
  }
  Problem problem =
      bad_request("malformed_encoding",
                  {"表格的字符编码有误或无法识别", "The sheet's encoding is wrong or not known"},
                  {"请另存为 UTF-8 CSV，或在 Content-Type 中注明 charset=gb18030",
                   "Save it as CSV in UTF-8, or tell charset=gb18030 in Content-Type"});
  problem.status = bad->unknown_charset ? 415 : 422;
  if (!bad->unknown_charset) {
    const auto line =
        std::count(request.body.begin(),
                   request.body.begin() + static_cast<std::ptrdiff_t>(bad->offset), '\n');
    problem.facts["byte"] = std::to_string(bad->offset);
    problem.rows.push_back({static_cast<std::uint64_t>(line) + 1,
                            {"", "is not text of this encoding", "不是该编码的文本"}});
  }
  return problem;
}

// A sheet and what it reads from besides the request's body, which outlives it.
struct KeptSheet {
  std::shared_ptr<const ledger::Directory> directory;  // of its table
  std::string converted;
  std::shared_ptr<const ledger::SheetSource> sheet;
};

std::variant<std::shared_ptr<const ledger::SheetSource>, Problem> sheet_of(
    const Request& request, SheetFormat format, const ledger::TableDefinition& table) {
  const auto kept = std::make_shared<KeptSheet>();
  kept->directory = request.directory;
  auto text = utf8_of(request, format, kept->converted);
  if (auto* problem = std::get_if<Problem>(&text)) return std::move(*problem);
  auto opened = open_sheet(format, std::get<0>(text), table);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  kept->sheet = std::move(std::get<0>(opened));
  return std::shared_ptr<const ledger::SheetSource>(kept, kept->sheet.get());
}

// How a sheet goes out.
struct SheetStyle {
  SheetFormat format = SheetFormat::csv;
  SheetHeader header = SheetHeader::keys;
  bool gb18030 = false;      // CSV only
  bool only_header = false;  // a template to fill in
};

std::variant<SheetStyle, Problem> style_of(const Request& request) {
  const auto format = format_of(request.header("accept"));
  if (!format) return unsupported_format();
  const std::string header = request.query_or("header", "keys");
  const std::string charset = request.query_or("charset", "utf-8");
  const std::string only_header = request.query_or("template", "false");
  if ((header != "keys" && header != "zh" && header != "en") ||
      (charset != "utf-8" && charset != "gb18030") ||
      (only_header != "true" && only_header != "false")) {
    return bad_request("malformed_query",
                       {"header 只能是 keys、zh 或 en，charset 只能是 utf-8 或 gb18030，template "
                        "只能是 true 或 false",
                        "header is keys, zh or en; charset is utf-8 or gb18030; template is true "
                        "or false"},
                       {"请更正该参数", "Correct the parameter"});
  }
  if (*format == SheetFormat::ndjson && charset != "utf-8") {
    return bad_request(
        "malformed_query", {"NDJSON 只能是 UTF-8（RFC 8259）", "NDJSON is UTF-8 always (RFC 8259)"},
        {"请去掉 charset，或改用 text/csv", "Leave charset out, or accept text/csv"});
  }
  return SheetStyle{*format,
                    header == "zh"   ? SheetHeader::zh
                    : header == "en" ? SheetHeader::en
                                     : SheetHeader::keys,
                    charset == "gb18030", only_header == "true"};
}

// From UTF-8 to what was asked for.
void encode(std::string& sheet, const SheetStyle& style) {
  if (style.gb18030) {
    sheet = to_gb18030(sheet);
  } else if (style.format == SheetFormat::csv && style.header != SheetHeader::keys) {
    // Spreadsheets take CSV for UTF-8 only with a byte order mark.
    sheet.insert(0, "\xEF\xBB\xBF");
  }
}

// What of the differences a dry run shows; the counts are of all.
constexpr std::size_t kShownRows = 200;

// One row that an import would change: cell by cell, as far as its reader may see.
ledger::Result<std::optional<json>> difference(const TableAccess& access,
                                               const ledger::EventLog::RowView& view,
                                               const ledger::StoredRowHead& row) {
  CS_TRY(const auto head, view.row(row.campaign, row.table, row.key));
  const bool existed = head && !head->removed;
  Cells before, after;
  if (existed) {
    CS_TRY(before, ledger::decode_cells(head->cells));
  }
  if (!row.head.removed) {
    CS_TRY(after, ledger::decode_cells(row.head.cells));
  }
  if (!(existed && access.sees_row(before)) && !(!row.head.removed && access.sees_row(after))) {
    return std::optional<json>();
  }
  json cells = json::array();
  for (const ledger::Column* column : access.columns()) {
    const auto value = [&](const Cells& of) {
      const auto at = of.find(column->key);
      return at == of.end() || !at->second ? json() : json(*at->second);
    };
    json from = value(before), to = value(after);
    if (from == to) continue;
    cells.push_back({{"column", column->key}, {"from", std::move(from)}, {"to", std::move(to)}});
  }
  return std::optional<json>({{"key", row.key},
                              {"kind", !existed           ? "added"
                                       : row.head.removed ? "removed"
                                                          : "changed"},
                              {"cells", std::move(cells)}});
}

// What the import would do, and of the rows that it would change what they say now: of a table
// about persons a read of them.
RecordedRead dry_run(const TableAccess& access, const ledger::Reader& reader,
                     const ledger::Prepared& prepared) {
  ledger::RowCounts counts;
  ledger::TreeSize as_of = 0;
  std::uint64_t rows = 0;
  json changes = json::array();
  if (const auto* command = std::get_if<ledger::VerifiedCommand>(&prepared)) {
    const auto view = reader.log().row_view();
    as_of = view->size();
    const auto& wanted = std::get<ledger::ChangeRows>(command->command());
    if (wanted.import) rows = wanted.import->rows;
    for (const auto& chunk : wanted.chunks) {
      counts.added += chunk.added;
      counts.changed += chunk.changed;
      counts.removed += chunk.removed;
    }
    for (const auto& entry : command->rows()) {
      for (const auto& row : entry) {
        if (changes.size() == kShownRows) break;
        auto change = difference(access, *view, row);
        if (!change) return problem_of(change.error());
        if (*change) changes.push_back(std::move(**change));
      }
    }
  }
  const std::size_t rows_shown = changes.size();
  Response response;
  response.body =
      json{{"dry_run", true},
           {"import",
            {{"rows", rows},
             {"identical", rows - std::min<std::uint64_t>(rows, counts.added + counts.changed)},
             {"added", counts.added},
             {"changed", counts.changed},
             {"removed", counts.removed}}},
           {"changes", std::move(changes)}}
          .dump();
  if (rows_shown == 0) return response;
  return shown(std::move(response), access, "dry_run", as_of, rows_shown);
}

}  // namespace

RecordedRead export_sheet(const Request& request, Services& services) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(opened);
  auto wanted = style_of(request);
  if (auto* problem = std::get_if<Problem>(&wanted)) return std::move(*problem);
  const SheetStyle style = std::get<SheetStyle>(wanted);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  auto size = past_size(request, services);
  if (auto* problem = std::get_if<Problem>(&size)) return std::move(*problem);
  if (std::get<0>(size) && !access.sees_past()) return past_withheld();

  const auto columns = access.columns();
  Response response;
  const bool csv = style.format == SheetFormat::csv;
  response.content_type = !csv            ? "application/x-ndjson"
                          : style.gb18030 ? "text/csv; charset=gb18030"
                                          : "text/csv; charset=utf-8";
  if (csv) append_sheet_header(response.body, columns, style.header);
  std::uint64_t rows = 0;
  SheetRows lines(response.body, style.format, columns);
  const auto append = [&](const auto& cells) {
    if (style.only_header) return false;
    ++rows;
    lines.append(cells);
    return true;
  };
  const projections::TableQueries& tables = services.views.tables();
  const std::string& campaign = access.campaign().id.value;
  const std::string& table = access.table().key.value;
  auto as_of =
      access.sees_all()
          ? tables.each_row_text(
                campaign, table, std::get<0>(size),
                [&](const projections::CurrentRowText& row) { return append(row.cells); })
          : tables.each_row(campaign, table, std::get<0>(size), {},
                            [&](const projections::CurrentRow& row) {
                              return !access.sees_row(row.cells) || append(access.shown(row.cells));
                            });
  if (!as_of) return problem_of(as_of.error());
  response.headers.emplace_back("Countersign-As-Of", std::to_string(*as_of));
  response.headers.emplace_back(
      "Content-Disposition",
      "attachment; filename=\"" + access.table().key.value + (csv ? ".csv\"" : ".ndjson\""));
  if (style.only_header) {
    encode(response.body, style);
    return response;
  }
  ledger::ExportData record = export_record(request, access.campaign().id, "sheet");
  record.table = access.table().key;
  record.as_of = *as_of;
  record.rows = rows;
  record.content = ledger::sha256(ledger::as_bytes(response.body));
  record.personal = access.table().personal();
  auto complete = [request, access, record, style](Response& out, ledger::LeafIndex index) {
    if (record.personal)
      out.body.insert(0, watermark(style.format, request, access, record, index));
    encode(out.body, style);
  };
  return RecordedAnswer{std::move(record), std::move(response), std::move(complete)};
}

WriteResult import_sheet(const Request& request, Services& services) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  const auto format = format_of(request.header("content-type"));
  if (!format) return unsupported_format();
  const std::string missing = request.query_or("missing", "keep");
  if (missing != "keep" && missing != "remove") {
    return bad_request("malformed_query",
                       {"missing 只能是 keep 或 remove", "missing is keep or remove"},
                       {"请更正该参数", "Correct the parameter"});
  }
  auto sheet = sheet_of(request, *format, access.table());
  if (auto* problem = std::get_if<Problem>(&sheet)) return std::move(*problem);

  ledger::RowEdits edits;
  edits.campaign = access.campaign().id;
  edits.table = access.table().key;
  edits.sheet = std::move(std::get<0>(sheet));
  edits.reason = request.query_or("reason", "");
  edits.remove_missing = missing == "remove";
  edits.import = ledger::ImportSummary{};
  edits.import->source = *format == SheetFormat::csv ? "csv" : "ndjson";
  edits.import->sheet_hash = ledger::sha256(ledger::as_bytes(request.body));
  edits.import->remove_missing = edits.remove_missing;

  if (request.query_or("dry_run", "false") == "true") {
    edits.dry_run = true;
    ledger::Envelope envelope;
    envelope.account = request.account->account.id;
    envelope.received_at = request.received_at;
    auto prepared =
        services.ledger.preparer().prepare_rows(*request.directory, envelope, {}, edits);
    if (!prepared) return problem_of(prepared.error());
    if (auto* rejected = std::get_if<ledger::RowsRejected>(&*prepared))
      return problem_of(*rejected);
    if (auto* refusal = std::get_if<ledger::Refusal>(&*prepared)) return problem_of(*refusal);
    auto opened = TableAccess::open(request);
    if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
    auto told = dry_run(std::get<TableAccess>(opened), services.ledger.reader(), *prepared);
    return std::visit([](auto& one) { return WriteResult(std::move(one)); }, told);
  }
  return Wanted{std::move(edits)};
}

}  // namespace countersign::api
