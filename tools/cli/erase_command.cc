// erase, erasures: the values of a row taken out of the log on a lawful order.
#include "tools/cli/cited_file.h"
#include "tools/cli/command.h"
#include "tools/cli/service.h"
#include "tools/cli/session.h"
#include "tools/cli/terminal.h"

#include <iostream>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Result;
using nlohmann::json;

namespace {

struct EraseArguments {
  std::string table;
  std::string row;
  std::string order;  // file
  std::string title;
  std::string basis;
};

Result<void> list_erasures(Caller& caller, const GlobalOptions& global) {
  CS_TRY(const json reply, caller.get(campaign_path(global, "/erasures")));
  if (printed(caller, reply)) return {};
  TextTable table({"entry", "when", "table", "changes", "by", "order", "basis"});
  for (const auto& one : reply.at("erasures")) {
    table.add({text_of(one, "index"), local_text(one["at"]), text_of(one, "table"),
               text_of(one, "items"), text_of(one, "person"), text_of(one.at("order"), "title"),
               text_of(one, "basis")});
  }
  std::cout << table.text();
  if (reply.at("pending").get<bool>()) {
    std::cout << "Views and storage are still being cleared of what was erased.\n";
  }
  if (const auto why = text_of(reply, "last_failure"); !why.empty()) {
    std::cout << "The last attempt failed: " << why << "\n";
  }
  for (const auto& number : reply.at("backups_before")) {
    std::cout << "Backup " << number << " was made before the last erasure and still holds it.\n";
  }
  return {};
}

Result<void> erase(Caller& caller, const GlobalOptions& global, const EraseArguments& args) {
  CS_TRY(const json order, cited_file(args.order, args.title));
  CS_CHECK(act(caller, table_path(global, args.table,
                                  "/rows/" + percent_encode(args.row) + "/erasure"),
               {{"order", order}, {"basis", args.basis}}));
  return list_erasures(caller, global);
}

}  // namespace

void add_erase_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<EraseArguments>();
  auto* erasing = app.add_subcommand(
      "erase", "erase for ever what a row said, on a lawful order; that it was done stays recorded");
  erasing->add_option("table", args->table, "table")->required();
  erasing->add_option("row", args->row, "the row's key")->required();
  erasing->add_option("--order", args->order, "file of the order, which is cited by its hash")
      ->required();
  erasing->add_option("--title", args->title, "title of the order; else the file's name");
  erasing->add_option("--basis", args->basis, "the law it is ordered under")->required();
  erasing->callback([&action, &global, args] {
    action = [&global, args] {
      return with_service(global, [&](Caller& caller) { return erase(caller, global, *args); });
    };
  });
  auto* erasures = app.add_subcommand("erasures", "what was erased, and whether it is finished");
  erasures->callback([&action, &global] {
    action = [&global] {
      return with_service(global, [&](Caller& caller) { return list_erasures(caller, global); });
    };
  });
}

}  // namespace countersign::tools
