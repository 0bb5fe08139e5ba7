// import, export, set, remove: sheets and single rows.
#include "tools/cli/command.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"

#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

struct SheetArguments {
  std::string table;
  std::string file;
  std::string key;
  std::vector<std::string> cells;
  std::string etag;
  std::string reason;
  std::string idempotency_key;
  std::string as_of;
  std::string at;
  std::string header = "keys";
  std::string charset = "utf-8";
  bool only_header = false;
  bool remove_missing = false;
  bool dry_run = false;
  bool yes = false;
  std::string channel;
  std::string receiver;
  std::string basis;
};

bool is_ndjson(const std::string& file) {
  return file.ends_with(".ndjson") || file.ends_with(".jsonl");
}

// What an import would change, cell by cell.
void print_changes(const json& reply) {
  TextTable table({"", "row", "column", "from", "to"});
  for (const auto& row : reply.at("changes")) {
    const std::string kind = text_of(row, "kind");
    const char* sign = kind == "added" ? "+" : kind == "removed" ? "-" : "~";
    for (const auto& cell : row.at("cells")) {
      table.add({sign, text_of(row, "key"), text_of(cell, "column"), text_of(cell, "from"),
                 text_of(cell, "to")});
    }
  }
  std::cout << table.text();
}

Result<void> import(Caller& caller, const GlobalOptions& global, const SheetArguments& args) {
  std::ifstream file(args.file, std::ios::binary);
  if (!file) return Error{Errc::not_found, "cannot read " + args.file};
  std::stringstream text;
  text << file.rdbuf();
  std::string target = table_path(global, args.table, "/sheet?missing=");
  target += args.remove_missing ? "remove" : "keep";
  if (!args.reason.empty()) target += "&reason=" + percent_encode(args.reason);
  Headers headers{{"Content-Type", is_ndjson(args.file) ? "application/x-ndjson" : "text/csv"}};
  if (!args.idempotency_key.empty()) headers.emplace_back("Idempotency-Key", args.idempotency_key);
  const bool asks = !args.yes && !caller.json_output() && ::isatty(STDIN_FILENO) != 0;
  if (args.dry_run || asks) {
    CS_TRY(const Reply shown, caller.raw("PUT", target + "&dry_run=true", text.str(), headers));
    const json differences = json::parse(shown.body);
    if (!caller.json_output()) print_changes(differences);
    print_receipt(caller, differences);
    if (args.dry_run) return {};
    std::cout << "Record this? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != "y" && answer != "Y") return Error{Errc::conflict, "nothing was recorded"};
  }
  CS_TRY(const Reply reply, caller.raw("PUT", target, text.str(), headers));
  print_receipt(caller, json::parse(reply.body));
  return {};
}

Result<void> export_sheet(Caller& caller, const GlobalOptions& global, const SheetArguments& args) {
  std::string target = table_path(global, args.table, "/sheet?header=" + args.header);
  if (args.charset != "utf-8") target += "&charset=" + percent_encode(args.charset);
  if (args.only_header) target += "&template=true";
  if (!args.channel.empty()) target += "&channel=" + percent_encode(args.channel);
  if (!args.receiver.empty()) target += "&receiver=" + percent_encode(args.receiver);
  if (!args.basis.empty()) target += "&basis=" + percent_encode(args.basis);
  if (!args.as_of.empty()) target += "&as_of=" + percent_encode(args.as_of);
  if (!args.at.empty()) target += "&at=" + percent_encode(args.at);
  CS_TRY(const Reply reply,
         caller.raw("GET", target, {},
                    {{"Accept", is_ndjson(args.file) ? "application/x-ndjson" : "text/csv"}}));
  if (args.file.empty() || args.file == "-") {
    std::cout << reply.body;
    return {};
  }
  std::ofstream file(args.file, std::ios::binary | std::ios::trunc);
  file << reply.body;
  if (!file.flush()) return Error{Errc::io, "cannot write " + args.file};
  const auto as_of = reply.headers.find("countersign-as-of");
  std::cerr << "Wrote " << args.file << " as of "
            << (as_of == reply.headers.end() ? "?" : as_of->second) << " entries";
  const auto recorded = reply.headers.find("countersign-recorded-as");
  if (recorded != reply.headers.end()) std::cerr << "; recorded as #" << recorded->second;
  std::cerr << ".\n";
  return {};
}

Result<void> set_cells(Caller& caller, const GlobalOptions& global, const SheetArguments& args) {
  json cells = json::object();
  for (const std::string& cell : args.cells) {
    const auto equals = cell.find('=');
    if (equals == std::string::npos) {
      return Error{Errc::malformed, "cells are given as column=value"};
    }
    cells[cell.substr(0, equals)] = cell.substr(equals + 1);
  }
  json body = {{"cells", cells}};
  if (!args.reason.empty()) body["reason"] = args.reason;
  Headers headers;
  if (!args.etag.empty()) headers.emplace_back("If-Match", "\"" + args.etag + "\"");
  if (!args.idempotency_key.empty()) headers.emplace_back("Idempotency-Key", args.idempotency_key);
  CS_TRY(const Reply reply,
         caller.raw("PATCH", table_path(global, args.table, "/rows/" + percent_encode(args.key)),
                    body.dump(), headers));
  print_receipt(caller, json::parse(reply.body));
  return {};
}

Result<void> remove_row(Caller& caller, const GlobalOptions& global, const SheetArguments& args) {
  CS_TRY(const json reply,
         caller.write("DELETE", table_path(global, args.table, "/rows/" + percent_encode(args.key)),
                      {{"reason", args.reason}}, args.idempotency_key));
  print_receipt(caller, reply);
  return {};
}

}  // namespace

void add_sheet_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<SheetArguments>();
  const auto on = [&action, &global, args](CLI::App* command, auto use) {
    command->callback([&action, &global, args, use] {
      action = [&global, args, use] {
        return with_service(global, [&](Caller& caller) { return use(caller, global, *args); });
      };
    });
    command->add_option("table", args->table, "table key, e.g. staff_basic")->required();
  };
  const char* const key_help = "repeat safely: the same key and content are applied once";

  auto* import_command =
      app.add_subcommand("import", "import a sheet; only its differences are recorded");
  on(import_command, import);
  import_command->add_option("file", args->file, "CSV, or NDJSON by its ending")->required();
  import_command->add_flag("--remove-missing", args->remove_missing,
                           "remove rows the sheet lacks (needs --reason)");
  import_command->add_option("--reason", args->reason, "why");
  import_command->add_flag("--dry-run", args->dry_run, "show the differences, record nothing");
  import_command->add_flag("--yes", args->yes, "record without asking; asked on a terminal only");
  import_command->add_option("--idempotency-key", args->idempotency_key, key_help);

  auto* export_command =
      app.add_subcommand("export", "write a table as a sheet, as it is or as it was");
  on(export_command, export_sheet);
  export_command->add_option("file", args->file,
                             "CSV, or NDJSON by its ending; - for the terminal");
  export_command->add_option("--as-of", args->as_of, "after this many entries");
  export_command->add_option("--at", args->at, "at this instant, with offset");
  export_command->add_option("--header", args->header, "keys, zh or en")->capture_default_str();
  export_command->add_option("--charset", args->charset, "utf-8 or gb18030")->capture_default_str();
  export_command->add_option("--channel", args->channel, "sanctioned channel it goes out by");
  export_command->add_option("--receiver", args->receiver, "who receives it; you, when absent");
  export_command->add_option("--basis", args->basis, "on what grounds");
  export_command->add_flag("--template", args->only_header,
                           "the header line only, to be filled in");

  auto* set = app.add_subcommand("set", "change cells of one row");
  on(set, set_cells);
  set->add_option("row", args->key, "row key")->required();
  set->add_option("cells", args->cells, "column=value …")->required();
  set->add_option("--reason", args->reason, "why");
  set->add_option("--etag", args->etag, "only if this is still the row's ETag");
  set->add_option("--idempotency-key", args->idempotency_key, key_help);

  auto* remove = app.add_subcommand("remove", "remove a row");
  on(remove, remove_row);
  remove->add_option("row", args->key, "row key")->required();
  remove->add_option("--reason", args->reason, "why")->required();
  remove->add_option("--idempotency-key", args->idempotency_key, key_help);
}

}  // namespace countersign::tools
