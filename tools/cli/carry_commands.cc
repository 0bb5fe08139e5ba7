// carry, confirm, provenance, burden: last year's rows, what became of them, how much was asked.
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

struct CarryArguments {
  std::string table;
  std::string state;
  std::vector<std::string> rows;
  bool all = false;
};

std::string listed(const json& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ", ") + text.get<std::string>();
  return out.empty() ? "-" : out;
}

void print_provenance(const json& reply) {
  std::cout << text_of(reply, "table") << " of " << text_of(reply, "department") << ": "
            << text_of(reply, "rows_now") << " rows";
  const json& from = reply.at("from");
  if (from.is_null()) {
    std::cout << ", nothing carried forward\n";
    return;
  }
  std::cout << "\ncarried at #" << text_of(from, "index") << " from " << text_of(from, "campaign")
            << "/" << text_of(from, "table") << " v" << text_of(from.at("version"), "number")
            << ", content " << text_of(from.at("version"), "hash").substr(0, 16)
            << "…\nnew items: " << listed(from.at("new_items"))
            << "; rows left out: " << text_of(from, "left_out") << "\n";
  for (const auto& one : from.at("unfit")) {
    std::cout << "left empty: " << text_of(one, "cells") << " cells of " << text_of(one, "column")
              << ", which no longer fit\n";
  }
  const json& carried = reply.at("carried");
  TextTable table({"untouched", "confirmed singly", "confirmed in bulk", "changed", "removed",
                   "new", "incomplete"});
  table.add({text_of(carried, "untouched"), text_of(carried, "confirmed_singly"),
             text_of(carried, "confirmed_in_bulk"), text_of(carried, "changed"),
             text_of(carried, "removed"), text_of(carried, "new"), text_of(carried, "incomplete")});
  std::cout << table.text();
}

Result<void> provenance(Caller& caller, const GlobalOptions& global, const CarryArguments& args) {
  std::string target = table_path(global, args.table, "/provenance");
  if (!args.state.empty()) target += "?limit=1000&state=" + percent_encode(args.state);
  CS_TRY(const json reply, caller.get(target));
  if (printed(caller, reply)) return {};
  print_provenance(reply);
  if (args.state.empty()) return {};
  TextTable table({"row", "state", "entry", "in bulk", "cells changed", "why"});
  for (const auto& one : reply.at("rows")) {
    table.add({text_of(one, "key"), text_of(one, "state"), "#" + text_of(one, "index"),
               one.value("bulk", false) ? "yes" : "", text_of(one, "cells_changed"),
               text_of(one, "reason")});
  }
  std::cout << table.text();
  if (!reply.at("next").is_null()) std::cout << "… and more\n";
  return {};
}

Result<void> carry(Caller& caller, const GlobalOptions& global, const CarryArguments& args) {
  CS_TRY(const json reply,
         caller.write("POST", table_path(global, args.table, "/carry-forward"), json::object()));
  print_receipt(caller, reply);
  if (caller.json_output()) return {};
  const auto last =
      reply.at("first_index").get<std::uint64_t>() + reply.at("count").get<std::uint64_t>() - 1;
  CS_TRY(const json now, caller.get(table_path(global, args.table,
                                               "/provenance?min_index=" + std::to_string(last))));
  print_provenance(now);
  return {};
}

Result<void> confirm(Caller& caller, const GlobalOptions& global, const CarryArguments& args) {
  const json body = args.all ? json{{"bulk", true}} : json{{"rows", args.rows}};
  return act(caller, table_path(global, args.table, "/confirmations"), body);
}

std::string share_text(const json& permille) {
  const auto share = permille.get<std::uint64_t>();
  return std::to_string(share / 10) + "." + std::to_string(share % 10) + " %";
}

Result<void> burden(Caller& caller, const GlobalOptions& global, const CarryArguments&) {
  CS_TRY(const json reply, caller.get(campaign_path(global, "/burden")));
  if (printed(caller, reply)) return {};
  const auto print = [](const json& list, const char* by) {
    TextTable table({by, "cells asked", "held", "pre-filled", "cells changed", "confirmed singly",
                     "in bulk", "untouched", "new rows", "new items"});
    for (const auto& one : list) {
      const json& items = one.at("new_items");
      table.add({text_of(one, by), text_of(one, "cells_asked"), text_of(one, "cells_held"),
                 share_text(one.at("prefilled_permille")), text_of(one, "cells_changed"),
                 text_of(one, "rows_confirmed_singly"), text_of(one, "rows_confirmed_in_bulk"),
                 text_of(one, "rows_untouched"), text_of(one, "rows_new"),
                 items.is_array() ? std::to_string(items.size()) : text_of(one, "new_items")});
    }
    std::cout << table.text();
  };
  print(reply.at("departments"), "department");
  std::cout << "\n";
  print(reply.at("tables"), "table");
  return {};
}

}  // namespace

void add_carry_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<CarryArguments>();
  const auto on = [&action, &global, args](CLI::App* command, auto use) {
    command->callback([&action, &global, args, use] {
      action = [&global, args, use] {
        return with_service(global, [&](Caller& caller) { return use(caller, global, *args); });
      };
    });
    return command;
  };
  auto* carry_command =
      on(app.add_subcommand("carry", "bring last year's rows, as submitted, into a table"), carry);
  carry_command->add_option("table", args->table, "table key")->required();

  auto* confirm_command =
      on(app.add_subcommand("confirm", "carried rows stand as they are"), confirm);
  confirm_command->add_option("table", args->table, "table key")->required();
  auto* rows = confirm_command->add_option("rows", args->rows, "row keys");
  confirm_command
      ->add_flag("--all", args->all, "all that were neither changed nor confirmed; recorded so")
      ->excludes(rows);

  auto* provenance_command = on(
      app.add_subcommand("provenance", "where rows come from and what became of them"), provenance);
  provenance_command->add_option("table", args->table, "table key")->required();
  provenance_command->add_option("--rows", args->state, "list rows: all, or those of one state")
      ->check(CLI::IsMember({"all", "untouched", "confirmed", "changed", "removed", "new"}));

  on(app.add_subcommand("burden", "cells asked and held already, by department and table"), burden);
}

}  // namespace countersign::tools
