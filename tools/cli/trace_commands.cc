// history, entries, entry: who changed what, when, from what to what, why.
#include "tools/cli/command.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"

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
  std::uint64_t limit = 50;
  std::uint64_t index = 0;
};

std::string who(const json& one) {
  std::string text = text_of(one, "person_name");
  if (text.empty()) text = text_of(one, "person");
  text += ", " + text_of(one, "role");
  if (const auto department = text_of(one, "department"); !department.empty()) {
    text += "/" + department;
  }
  if (const auto lender = text_of(one, "on_behalf_of"); !lender.empty()) text += " for " + lender;
  return text;
}

Result<void> history(Caller& caller, const GlobalOptions& global, const TraceArguments& args) {
  std::string target =
      table_path(global, args.table, "/history?limit=" + std::to_string(args.limit));
  if (!args.row.empty()) target += "&row=" + percent_encode(args.row);
  if (!args.column.empty()) target += "&column=" + percent_encode(args.column);
  CS_TRY(const json reply, caller.get(target));
  if (caller.json_output()) {
    std::cout << reply.dump(2) << "\n";
    return {};
  }
  TextTable table(
      {"entry", "received", "who", "row", "column", "from", "to", "version", "while", "why"});
  for (const auto& change : reply.at("changes")) {
    table.add({text_of(change, "index"), local_text(change["received_at"]), who(change),
               text_of(change, "row"), text_of(change, "column"), text_of(change, "from"),
               text_of(change, "to"), text_of(change, "version"), text_of(change, "review_state"),
               text_of(change, "reason")});
  }
  std::cout << table.text();
  if (!reply.at("next").is_null()) std::cout << "There are more; raise --limit.\n";
  return {};
}

Result<void> entries(Caller& caller, const GlobalOptions& global, const TraceArguments& args) {
  CS_TRY(const json reply, caller.get(table_path(global, args.table,
                                                 "/entries?limit=" + std::to_string(args.limit))));
  if (caller.json_output()) {
    std::cout << reply.dump(2) << "\n";
    return {};
  }
  TextTable table({"entry", "received", "client said", "what", "who", "version", "why"});
  for (const auto& entry : reply.at("entries")) {
    table.add({text_of(entry, "index"), local_text(entry["received_at"]),
               local_text(entry["claimed_at"]), text_of(entry, "type"), who(entry),
               text_of(entry, "version"), text_of(entry, "reason")});
  }
  std::cout << table.text();
  return {};
}

Result<void> entry(Caller& caller, const TraceArguments& args) {
  CS_TRY(const json reply, caller.get("/v1/entries/" + std::to_string(args.index)));
  if (caller.json_output()) {
    std::cout << reply.dump(2) << "\n";
    return {};
  }
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

}  // namespace

void add_trace_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<TraceArguments>();

  auto* history_command = app.add_subcommand(
      "history", "who changed a cell, a row or a table: from what, to what, when, why");
  history_command->add_option("table", args->table, "table key")->required();
  history_command->add_option("row", args->row, "row key; all rows when absent");
  history_command->add_option("column", args->column, "column; all columns when absent");
  history_command->add_option("--limit", args->limit, "changes shown")->capture_default_str();
  history_command->callback([&, args] {
    action = [&global, args] {
      return with_service(global, [&](Caller& caller) { return history(caller, global, *args); });
    };
  });

  auto* entries_command = app.add_subcommand("entries", "everything recorded about a table");
  entries_command->add_option("table", args->table, "table key")->required();
  entries_command->add_option("--limit", args->limit, "entries shown")->capture_default_str();
  entries_command->callback([&, args] {
    action = [&global, args] {
      return with_service(global, [&](Caller& caller) { return entries(caller, global, *args); });
    };
  });

  auto* entry_command = app.add_subcommand("entry", "one entry with its items and its receipt");
  entry_command->add_option("index", args->index, "index of the entry")->required();
  entry_command->callback([&, args] {
    action = [&global, args] {
      return with_service(global, [&](Caller& caller) { return entry(caller, *args); });
    };
  });
}

}  // namespace countersign::tools
