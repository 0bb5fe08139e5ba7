// submit, pass, sign, return, assist: acts on a table's version.
#include "tools/cli/command.h"
#include "tools/cli/device_signing.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"

#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

struct WorkflowArguments {
  std::string table;
  std::string level;
  std::string key;  // file; empty: the service's key, opened by the password
  std::uint32_t version = 0;
  std::vector<std::string> reasons;
  std::string due;
  std::string part;
  std::string department;
  std::string text;
  bool nothing = false;
  std::vector<std::string> new_items;
  std::vector<std::string> changed_items;
};

// The text comes from the service, which makes it of the table as it is now, and is signed here.
Result<void> sign_off_on_device(Caller& caller, const GlobalOptions& global,
                                const WorkflowArguments& args, const std::string& route) {
  CS_TRY(const auto key, open_device_key(args.key));
  CS_TRY(const json statement,
         caller.write("POST", table_path(global, args.table, "/sign-off-text"),
                      {{"level", args.level.empty() ? "submission" : args.level}}));
  const json& version = statement.at("version");
  if (args.version != 0 && version.at("number") != args.version) {
    return Error{Errc::conflict, "the table is at version " + version.at("number").dump() +
                                     ", not " + std::to_string(args.version)};
  }
  json body = {{"version", {{"number", version.at("number")}, {"hash", version.at("hash")}}}};
  CS_TRY(body["note"], sign_statement(key, args.table, statement));
  if (!args.level.empty()) body["level"] = args.level;
  return act(caller, table_path(global, args.table, route), body);
}

// The version on the screen, which is what gets signed; `wanted` guards against another one.
Result<json> present_version(Caller& caller, const GlobalOptions& global,
                             const WorkflowArguments& args) {
  CS_TRY(const json version, caller.get(table_path(global, args.table, "/version")));
  if (args.version != 0 && version.at("number") != args.version) {
    return Error{Errc::conflict, "the table is at version " + version.at("number").dump() +
                                     ", not " + std::to_string(args.version)};
  }
  return json{{"number", version.at("number")}, {"hash", version.at("hash")}};
}

Result<void> sign_off(Caller& caller, const GlobalOptions& global, const WorkflowArguments& args,
                      const std::string& route) {
  if (!args.key.empty()) return sign_off_on_device(caller, global, args, route);
  CS_TRY(const json version, present_version(caller, global, args));
  if (!caller.json_output()) {
    std::cerr << args.table << " version " << version.at("number") << ", content "
              << version.at("hash").get<std::string>() << "\n";
  }
  json body = {{"version", version}};
  if (!args.level.empty()) body["level"] = args.level;
  body["password"] = read_password("Password, to sign this version: ");
  return act(caller, table_path(global, args.table, route), body);
}

// "row:column: text", "column: text" or "rule X01: text".
Result<json> parse_reason(const std::string& text) {
  const auto split = text.find(": ");
  if (split == std::string::npos) {
    return Error{Errc::malformed,
                 "a reason is written \"ROW/COLUMN: text\", \"COLUMN: text\" or \"rule ID: text\""};
  }
  std::string where = text.substr(0, split);
  json reason = {{"text", text.substr(split + 2)}};
  if (where.starts_with("rule ")) {
    reason["rule"] = where.substr(5);
  } else if (const auto slash = where.rfind('/'); slash != std::string::npos) {
    reason["row"] = where.substr(0, slash);
    reason["column"] = where.substr(slash + 1);
  } else {
    reason["column"] = where;
  }
  return reason;
}

Result<void> return_table(Caller& caller, const GlobalOptions& global,
                          const WorkflowArguments& args) {
  CS_TRY(const json version, present_version(caller, global, args));
  json reasons = json::array();
  for (const std::string& text : args.reasons) {
    CS_TRY(json reason, parse_reason(text));
    reasons.push_back(std::move(reason));
  }
  json body = {{"level", args.level}, {"version", version}, {"reasons", reasons}};
  if (!args.due.empty()) body["due"] = args.due;
  return act(caller, table_path(global, args.table, "/returns"), body);
}

Result<void> post(Caller& caller, const std::string& target, const json& body) {
  return act(caller, target, body);
}

}  // namespace

void add_workflow_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<WorkflowArguments>();
  const auto on = [&action, &global, args](CLI::App* command, auto use) {
    command->callback([&action, &global, args, use] {
      action = [&global, args, use] {
        return with_service(global, [&](Caller& caller) { return use(caller, global, *args); });
      };
    });
    command->add_option("table", args->table, "table key")->required();
  };
  const char* const version_help = "refuse unless the table is at this version";

  auto* submit = app.add_subcommand("submit", "submit a table; signs the present version");
  on(submit, [](Caller& c, const GlobalOptions& g, const WorkflowArguments& a) {
    return sign_off(c, g, a, "/submit");
  });
  submit->add_option("--version", args->version, version_help);
  const char* const key_help = "sign with this key on this device (countersign key new)";
  submit->add_option("--key", args->key, key_help)->check(not_empty());

  const auto approval = [&](const char* name, const char* help, const char* level) {
    auto* command = app.add_subcommand(name, help);
    on(command, [level](Caller& c, const GlobalOptions& g, const WorkflowArguments& a) {
      WorkflowArguments with_level = a;
      if (with_level.level.empty()) with_level.level = level;
      return sign_off(c, g, with_level, "/approvals");
    });
    command->add_option("--level", args->level,
                        std::string("level of the approval chain; ") + level + " when absent");
    command->add_option("--version", args->version, version_help);
    command->add_option("--key", args->key, key_help)->check(not_empty());
  };
  approval("pass", "pass a submitted version as its reviewer", "department_review");
  approval("sign", "sign a passed version as unit head", "head_signature");

  auto* return_command = app.add_subcommand("return", "return a version with reasons");
  on(return_command, [](Caller& c, const GlobalOptions& g, const WorkflowArguments& a) {
    WorkflowArguments with_level = a;
    if (with_level.level.empty()) with_level.level = "department_review";
    return return_table(c, g, with_level);
  });
  return_command
      ->add_option("--reason", args->reasons,
                   "\"ROW/COLUMN: text\", \"COLUMN: text\" or \"rule ID: text\"; may be repeated")
      ->required();
  return_command->add_option("--level", args->level, "level; department_review when absent");
  return_command->add_option("--due", args->due, "new due instant, where the level asks for one");
  return_command->add_option("--version", args->version, version_help);

  auto* assist = app.add_subcommand("assist", "ask an assisting department for its part");
  on(assist, [](Caller& c, const GlobalOptions& g, const WorkflowArguments& a) {
    return post(c, table_path(g, a.table, "/assists"),
                {{"part", a.part},
                 {"department", a.department},
                 {"due", a.due},
                 {"text", a.text},
                 {"new_items", a.new_items},
                 {"changed_items", a.changed_items}});
  });
  assist->add_option("part", args->part, "part of the table")->required();
  assist->add_option("department", args->department, "assisting department")->required();
  assist->add_option("--due", args->due, "until when")->required();
  assist->add_option("--text", args->text, "what is asked");
  assist->add_option("--new-item", args->new_items, "column that nobody has data for yet");
  assist->add_option("--changed-item", args->changed_items,
                     "column whose data are thought to have changed");

  auto* deliver = app.add_subcommand("deliver", "deliver the part of a table you were asked for");
  on(deliver, [](Caller& c, const GlobalOptions& g, const WorkflowArguments& a) {
    return post(c, table_path(g, a.table, "/assists/" + percent_encode(a.part) + "/deliver"),
                {{"nothing_to_report", a.nothing}});
  });
  deliver->add_option("part", args->part, "part of the table")->required();
  deliver->add_flag("--nothing-to-report", args->nothing, "there is nothing to supply");
}

}  // namespace countersign::tools
