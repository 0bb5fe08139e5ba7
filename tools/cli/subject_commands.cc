// my, correction, statistics: persons as those whom rows are about.
#include "tools/cli/command.h"
#include "tools/cli/language.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"

#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Result;
using nlohmann::json;

namespace {

struct SubjectArguments {
  std::string table;
  std::string row;
  std::string column;
  std::string text;
  std::string id;
  std::string reason;
  std::uint64_t change = 0;
  bool grant = false;
  bool refuse = false;
  std::vector<std::string> by;
};

void print_corrections(const GlobalOptions& global, const json& list) {
  TextTable table({"correction", "table", "row", "column", when_heading(global, "asked"), "what",
                   "answer", "why"});
  for (const auto& one : list) {
    const json& answer = one.at("answer");
    table.add({text_of(one, "id"), text_of(one, "table"), text_of(one, "row"),
               text_of(one, "column"), when(global, one.at("at")), text_of(one, "text"),
               answer.is_null()                 ? "open"
               : answer.value("granted", false) ? "granted #" + text_of(answer, "index")
                                                : "refused #" + text_of(answer, "index"),
               answer.is_null() ? "" : text_of(answer, "reason")});
  }
  std::cout << table.text();
}

Result<void> own_data(Caller& caller, const GlobalOptions& global, const SubjectArguments&) {
  CS_TRY(const json reply, caller.get("/v1/me/data?campaign=" + percent_encode(global.campaign)));
  if (printed(caller, reply)) return {};
  for (const auto& one : reply.at("tables")) {
    std::cout << one.at("name").at("zh").get<std::string>() << " / " << text_of(one, "table")
              << ", of " << text_of(one, "department") << "\n";
    TextTable table({"row", "column", "value", when_heading(global, "row last changed"), "by"});
    for (const auto& row : one.at("rows")) {
      for (const auto& [column, value] : row.at("cells").items()) {
        table.add({text_of(row, "key"), column, value.is_null() ? "" : value.get<std::string>(),
                   when(global, row.at("changed_at")), text_of(row, "changed_by")});
      }
    }
    std::cout << table.text();
  }
  if (!reply.at("corrections").empty()) print_corrections(global, reply.at("corrections"));
  return {};
}

Result<void> correct(Caller& caller, const GlobalOptions& global, const SubjectArguments& args) {
  return act(caller, "/v1/me/corrections",
             {{"campaign", global.campaign},
              {"table", args.table},
              {"row", args.row},
              {"column", args.column},
              {"text", args.text}});
}

Result<void> list(Caller& caller, const GlobalOptions& global, const SubjectArguments& args) {
  CS_TRY(const json reply, caller.get(table_path(global, args.table, "/corrections?limit=1000")));
  if (printed(caller, reply)) return {};
  print_corrections(global, reply.at("corrections"));
  return {};
}

Result<void> answer(Caller& caller, const GlobalOptions& global, const SubjectArguments& args) {
  json body = {{"granted", args.grant}};
  if (!args.reason.empty()) body["reason"] = args.reason;
  if (args.change != 0) body["change"] = args.change;
  const std::string route = "/corrections/" + percent_encode(args.id) + "/answer";
  return act(caller, table_path(global, args.table, route), body);
}

Result<void> statistics(Caller& caller, const GlobalOptions& global, const SubjectArguments& args) {
  std::string by;
  for (const auto& column : args.by) by += (by.empty() ? "" : ",") + column;
  CS_TRY(const json reply,
         caller.get(table_path(global, args.table, "/statistics?by=" + percent_encode(by))));
  if (printed(caller, reply)) return {};
  std::cout << text_of(reply, "total") << " rows\n";
  const auto print = [](std::vector<std::string> header, const json& groups, bool withheld) {
    header.emplace_back("rows");
    TextTable table(std::move(header));
    for (const auto& group : groups) {
      std::vector<std::string> cells;
      for (const auto& value : group.at("values")) {
        cells.push_back(value.is_null() ? "-" : value.get<std::string>());
      }
      cells.push_back(text_of(group, "shown"));
      table.add(std::move(cells));
    }
    std::cout << (withheld ? "(withheld: would tell of few)\n" : table.text());
  };
  if (args.by.size() == 2) {
    print(args.by, reply.at("cells"), reply.value("cells_withheld", false));
    return {};
  }
  for (const auto& margin : reply.at("margins")) {
    print({text_of(margin, "column")}, margin.at("groups"), margin.value("withheld", false));
  }
  return {};
}

}  // namespace

void add_subject_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<SubjectArguments>();
  const auto on = [&action, &global, args](CLI::App* command, auto use) {
    command->callback([&action, &global, args, use] {
      action = [&global, args, use] {
        return with_service(global, [&](Caller& caller) { return use(caller, global, *args); });
      };
    });
    return command;
  };
  auto* my = app.add_subcommand("my", "what tables say of yourself, and what you want corrected");
  my->require_subcommand(1);
  on(my->add_subcommand("data", "your rows in all tables, and your requests"), own_data);
  auto* correct_command =
      on(my->add_subcommand("correct", "ask for a correction of a row about yourself"), correct);
  correct_command->add_option("table", args->table, "table key")->required();
  correct_command->add_option("row", args->row, "row key")->required();
  correct_command->add_option("column", args->column, "column key")->required();
  correct_command->add_option("--text", args->text, "what is wrong")->required();

  auto* correction = app.add_subcommand("correction", "what persons ask to have corrected");
  correction->require_subcommand(1);
  auto* list_command = on(correction->add_subcommand("list", "of one table"), list);
  list_command->add_option("table", args->table, "table key")->required();
  auto* answer_command =
      on(correction->add_subcommand("answer", "grant or refuse, as the owner"), answer);
  answer_command->add_option("table", args->table, "table key")->required();
  answer_command->add_option("id", args->id, "the request's entry")->required();
  auto* verdict = answer_command->add_option_group("verdict");
  verdict->add_flag("--grant", args->grant, "what was asked is right");
  verdict->add_flag("--refuse", args->refuse, "it is not");
  verdict->require_option(1);
  answer_command->add_option("--reason", args->reason, "required when refused");
  answer_command->add_option("--change", args->change, "granted: the entry that changed the row");

  auto* statistics_command =
      on(app.add_subcommand("statistics", "counts by one or two columns; few are never told"),
         statistics);
  statistics_command->add_option("table", args->table, "table key")->required();
  statistics_command->add_option("--by", args->by, "column; may be given twice")
      ->required()
      ->expected(1, 2);
}

}  // namespace countersign::tools
