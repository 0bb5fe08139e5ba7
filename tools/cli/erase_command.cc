// erase, erase-texts, erase-person, erasures: the values of a row, words of an entry or a person's
// name taken out of the log on a lawful order.
#include "tools/cli/cited_file.h"
#include "tools/cli/command.h"
#include "tools/cli/language.h"
#include "tools/cli/service.h"
#include "tools/cli/session.h"
#include "tools/cli/terminal.h"

#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Result;
using nlohmann::json;

namespace {

struct EraseArguments {
  std::string table;
  std::string row;
  std::uint64_t entry = 0;
  std::vector<std::uint32_t> items;
  std::string person;
  std::string order;  // file
  std::string title;
  std::string basis;
};

// What an erasure was of.
std::string what_of(const json& one) {
  const std::string kind = text_of(one, "kind");
  if (kind == "person") return "name of " + text_of(one, "subject");
  const std::string table = text_of(one, "table");
  if (kind == "row") return "row of " + table;
  return "words of entry " + one.at("entries").at(0).dump() + (table.empty() ? "" : ", " + table);
}

Result<void> list_erasures(Caller& caller, const std::string& query) {
  CS_TRY(const json reply, caller.get("/v1/erasures" + query));
  if (printed(caller, reply)) return {};
  const GlobalOptions& global = caller.global();
  TextTable table({"entry", when_heading(global, "when"), "erased", "items", "by", "order",
                   "basis"});
  for (const auto& one : reply.at("erasures")) {
    table.add({text_of(one, "index"), when(global, one["at"]), what_of(one), text_of(one, "items"),
               text_of(one, "person"), text_of(one.at("order"), "title"), text_of(one, "basis")});
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

// At the place of the row, the entry or the person.
Result<void> erase(Caller& caller, const std::string& path, const EraseArguments& args) {
  CS_TRY(const json order, cited_file(args.order, args.title));
  json body = {{"order", order}, {"basis", args.basis}};
  if (!args.items.empty()) body["items"] = args.items;
  CS_TRY(const json reply, caller.write("POST", path + "/erasure", body));
  print_receipt(caller, reply);
  // With what was just recorded.
  return list_erasures(caller, "?min_index=" + std::to_string(reply.value("first_index", 0ULL)));
}

using Path = std::function<std::string(const GlobalOptions&, const EraseArguments&)>;

// A subcommand that erases what is at `path`, on an order.
CLI::App* add_erasing(CLI::App& app, const GlobalOptions& global, Action& action,
                      const std::shared_ptr<EraseArguments>& args, const char* name,
                      const char* help, const Path& path) {
  auto* erasing = app.add_subcommand(name, help);
  erasing->add_option("--order", args->order, "file of the order, which is cited by its hash")
      ->required();
  erasing->add_option("--title", args->title, "title of the order; else the file's name");
  erasing->add_option("--basis", args->basis, "the law it is ordered under")->required();
  erasing->callback([&action, &global, args, path] {
    action = [&global, args, path] {
      return with_service(global, [&](Caller& caller) {
        return erase(caller, path(global, *args), *args);
      });
    };
  });
  return erasing;
}

}  // namespace

void add_erase_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<EraseArguments>();
  auto* row = add_erasing(
      app, global, action, args, "erase",
      "erase for ever what a row said, on a lawful order; that it was done stays recorded",
      [](const GlobalOptions& of, const EraseArguments& given) {
        return table_path(of, given.table, "/rows/" + percent_encode(given.row));
      });
  row->add_option("table", args->table, "table")->required();
  row->add_option("row", args->row, "the row's key")->required();
  auto* texts = add_erasing(
      app, global, action, args, "erase-texts",
      "erase for ever what somebody wrote in an entry: a reason, a statement, a receiver",
      [](const GlobalOptions&, const EraseArguments& given) {
        return "/v1/entries/" + std::to_string(given.entry);
      });
  texts->add_option("entry", args->entry, "the entry's index")->required();
  texts->add_option("--item", args->items, "place of an item in the entry; else all that hold words");
  auto* person = add_erasing(
      app, global, action, args, "erase-person",
      "erase for ever the name of a person who has left; the id and signatures stay",
      [](const GlobalOptions&, const EraseArguments& given) {
        return "/v1/persons/" + percent_encode(given.person);
      });
  person->add_option("person", args->person, "the person's id")->required();
  auto* erasures = app.add_subcommand("erasures", "what was erased, and whether it is finished");
  erasures->callback([&action, &global] {
    action = [&global] {
      return with_service(global, [](Caller& caller) { return list_erasures(caller, {}); });
    };
  });
}

}  // namespace countersign::tools
