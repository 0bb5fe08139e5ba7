// history, entries, entry, blame, diff: who changed what in a table, when, from what to what, why.
#include "tools/cli/command.h"
#include "tools/cli/language.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"
#include "tools/cli/who.h"

#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Result;
using nlohmann::json;

namespace {

struct TraceArguments {
  std::string table;
  std::string row;
  std::string column;
  std::string as_of;
  std::string at;
  std::string from = "passed";
  std::string to = "now";
  std::uint64_t limit = 50;
  std::uint64_t index = 0;
};

std::string limited(const TraceArguments& args, const std::string& what) {
  return what + "?limit=" + std::to_string(args.limit);
}

void say_more(const GlobalOptions& global, const json& reply) {
  if (reply.at("next").is_null()) return;
  std::cout << say(global, "There are more; raise --limit.", "尚有更多，请加大 --limit。") << "\n";
}

Result<void> history(Caller& caller, const GlobalOptions& global, const TraceArguments& args) {
  std::string target = table_path(global, args.table, limited(args, "/history"));
  if (!args.row.empty()) target += "&row=" + percent_encode(args.row);
  if (!args.column.empty()) target += "&column=" + percent_encode(args.column);
  CS_TRY(const json reply, caller.get(target));
  if (printed(caller, reply)) return {};
  TextTable table({say(global, "entry", "条目"), when_heading(global, "received", "接收时间"),
                   say(global, "who", "人员"), say(global, "row", "数据行"),
                   say(global, "column", "字段"), say(global, "from", "原值"),
                   say(global, "to", "新值"), say(global, "version", "版本"),
                   say(global, "while", "当时状态"), say(global, "why", "原因")});
  for (const auto& change : reply.at("changes")) {
    table.add({text_of(change, "index"), when(global, change["received_at"]), who(global, change),
               text_of(change, "row"), text_of(change, "column"), text_of(change, "from"),
               text_of(change, "to"), text_of(change, "version"),
               word(global, text_of(change, "review_state")), text_of(change, "reason")});
  }
  std::cout << table.text();
  say_more(global, reply);
  return {};
}

Result<void> entries(Caller& caller, const GlobalOptions& global, const TraceArguments& args) {
  CS_TRY(const json reply, caller.get(table_path(global, args.table, limited(args, "/entries"))));
  if (printed(caller, reply)) return {};
  TextTable table({say(global, "entry", "条目"), when_heading(global, "received", "接收时间"),
                   say(global, "client said", "客户端自称时间"), say(global, "what", "事项"),
                   say(global, "rows", "行数"), say(global, "who", "人员"),
                   say(global, "version", "版本"), say(global, "why", "原因")});
  for (const auto& entry : reply.at("entries")) {
    table.add({text_of(entry, "index"), when(global, entry["received_at"]),
               when(global, entry["claimed_at"]), word(global, text_of(entry, "type")),
               text_of(entry, "rows"), who(global, entry), text_of(entry, "version"),
               text_of(entry, "reason")});
  }
  std::cout << table.text();
  say_more(global, reply);
  return {};
}

Result<void> entry(Caller& caller, const TraceArguments& args) {
  CS_TRY(const json reply, caller.get("/v1/entries/" + std::to_string(args.index)));
  if (printed(caller, reply)) return {};
  std::cout << json::parse(reply.at("header").get<std::string>()).dump(2) << "\n";
  for (const auto& item : reply.at("items")) {
    std::cout << "item: "
              << (item.contains("item") ? text_of(item, "item")
                                        : "withheld, leaf " + text_of(item, "leaf"))
              << "\n";
  }
  std::cout << "\n" << reply.at("proof").get<std::string>();
  return {};
}

Result<void> blame(Caller& caller, const GlobalOptions& global, const TraceArguments& args) {
  std::string target = table_path(global, args.table, limited(args, "/blame"));
  if (!args.as_of.empty()) target += "&as_of=" + percent_encode(args.as_of);
  if (!args.at.empty()) target += "&at=" + percent_encode(args.at);
  CS_TRY(const json reply, caller.get(target));
  if (printed(caller, reply)) return {};
  TextTable table({say(global, "row", "数据行"), say(global, "column", "字段"),
                   say(global, "value", "现值"), say(global, "entry", "条目"),
                   when_heading(global, "received", "接收时间"), say(global, "who", "人员"),
                   say(global, "why", "原因")});
  for (const auto& row : reply.at("rows")) {
    for (const auto& [column, cell] : row.at("cells").items()) {
      if (!args.column.empty() && column != args.column) continue;
      const auto& by = reply.at("entries").at(text_of(cell, "entry"));
      table.add({text_of(row, "key"), column, text_of(cell, "value"), text_of(cell, "entry"),
                 when(global, by["received_at"]), who(global, by), text_of(by, "reason")});
    }
  }
  std::cout << table.text();
  say_more(global, reply);
  return {};
}

Result<void> diff(Caller& caller, const GlobalOptions& global, const TraceArguments& args) {
  CS_TRY(const json reply,
         caller.get(table_path(global, args.table, limited(args, "/diff")) +
                    "&from=" + percent_encode(args.from) + "&to=" + percent_encode(args.to)));
  if (printed(caller, reply)) return {};
  TextTable table({"", say(global, "row", "数据行"), say(global, "column", "字段"),
                   say(global, "from", "原值"), say(global, "to", "新值"),
                   say(global, "entry", "条目"), when_heading(global, "received", "接收时间"),
                   say(global, "who", "人员"), say(global, "why", "原因")});
  for (const auto& row : reply.at("rows")) {
    const std::string kind = text_of(row, "kind");
    const char* sign = kind == "added" ? "+" : kind == "removed" ? "-" : "~";
    for (const auto& cell : row.at("cells")) {
      const auto& by = reply.at("entries").at(text_of(cell, "entry"));
      table.add({sign, text_of(row, "key"), text_of(cell, "column"), text_of(cell, "from"),
                 text_of(cell, "to"), text_of(cell, "entry"), when(global, by["received_at"]),
                 who(global, by), text_of(by, "reason")});
    }
  }
  std::cout << table.text();
  if (const auto& counts = reply.at("counts"); !counts.is_null()) {
    std::cout << say(global, "Rows added ", "新增行 ") << text_of(counts, "added")
              << say(global, ", changed ", "，修改行 ") << text_of(counts, "changed")
              << say(global, ", removed ", "，删除行 ") << text_of(counts, "removed")
              << say(global, "; cells ", "；单元格 ") << text_of(counts, "cells") << "\n";
  }
  say_more(global, reply);
  return {};
}

}  // namespace

void add_trace_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<TraceArguments>();
  const auto limit = [&](CLI::App* command, const char* what) {
    command->add_option("--limit", args->limit, what)->capture_default_str();
  };
  const auto run = [&global, &action, args](
                       CLI::App* command,
                       Result<void> (*what)(Caller&, const GlobalOptions&, const TraceArguments&)) {
    command->callback([&global, &action, args, what] {
      action = [&global, args, what] {
        return with_service(global, [&](Caller& caller) { return what(caller, global, *args); });
      };
    });
  };

  auto* history_command = app.add_subcommand(
      "history", "who changed a cell, a row or a table: from what, to what, when, why");
  history_command->add_option("table", args->table, "table key")->required();
  history_command->add_option("row", args->row, "row key; all rows when absent");
  history_command->add_option("column", args->column, "column; all columns when absent");
  limit(history_command, "changes shown");
  run(history_command, &history);

  auto* entries_command = app.add_subcommand("entries", "everything recorded about a table");
  entries_command->add_option("table", args->table, "table key")->required();
  limit(entries_command, "entries shown");
  run(entries_command, &entries);

  auto* blame_command =
      app.add_subcommand("blame", "who last touched each cell of a table, and with which entry");
  blame_command->add_option("table", args->table, "table key")->required();
  blame_command->add_option("column", args->column, "only this column");
  blame_command->add_option("--as-of", args->as_of, "as after this many entries");
  blame_command->add_option("--at", args->at, "as at this instant, with offset");
  limit(blame_command, "rows shown");
  run(blame_command, &blame);

  auto* diff_command = app.add_subcommand(
      "diff", "what changed in a table between two moments; since your own pass by default");
  diff_command->add_option("table", args->table, "table key")->required();
  diff_command
      ->add_option("--from", args->from,
                   "entry index, instant with offset, v3, submitted, passed, level:<id>")
      ->capture_default_str();
  diff_command->add_option("--to", args->to, "likewise, or now")->capture_default_str();
  limit(diff_command, "rows shown");
  run(diff_command, &diff);

  auto* entry_command = app.add_subcommand("entry", "one entry with its items and its receipt");
  entry_command->add_option("index", args->index, "index of the entry")->required();
  entry_command->callback([&, args] {
    action = [&global, args] {
      return with_service(global, [&](Caller& caller) { return entry(caller, *args); });
    };
  });
}

}  // namespace countersign::tools
