// validate, findings, explain, explanation, rule: what the rules found and what was said of it.
#include "tools/cli/cited_file.h"
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

struct RuleArguments {
  std::string table;
  std::string rule;
  std::string row;
  std::string column;
  std::string reason;
  std::vector<std::string> evidence;
  std::string explanation;
  std::uint64_t run = 0;
  std::uint64_t version = 0;
};

std::string place(const json& one) {
  std::string out = text_of(one, "row");
  const std::string column = text_of(one, "column");
  if (!column.empty()) out += (out.empty() ? "" : " ") + column;
  return out.empty() ? "(table)" : out;
}

void print_run(const json& run) {
  std::cout << "run #" << run.at("index") << " over version " << run.at("version").at("number")
            << " (" << run.at("version").at("rows") << " rows)\n";
  TextTable outcomes({"rule", "severity", "state", "findings", "open", "why broken"});
  std::size_t clean = 0;
  for (const auto& one : run.at("outcomes")) {
    if (one.at("state") == "clean") {
      ++clean;
      continue;
    }
    outcomes.add({text_of(one, "rule") + "@" + text_of(one, "version"), text_of(one, "severity"),
                  text_of(one, "state"), text_of(one, "count"), text_of(one, "open"),
                  text_of(one, "why")});
  }
  std::cout << outcomes.text() << clean << " rules found nothing\n";
}

Result<void> show_findings(Caller& caller, const GlobalOptions& global, const RuleArguments& args) {
  std::string query = "/findings?limit=1000";
  if (!args.rule.empty()) query += "&rule=" + percent_encode(args.rule);
  if (args.run != 0) query += "&run=" + std::to_string(args.run);
  CS_TRY(const json found, caller.get(table_path(global, args.table, query)));
  if (printed(caller, found)) return {};
  print_run(found.at("run"));
  TextTable findings({"rule", "where", "state", "explanation", "note"});
  for (const auto& one : found.at("findings")) {
    findings.add({text_of(one, "rule"), place(one), text_of(one, "state"),
                  text_of(one, "explanation"), text_of(one, "note")});
  }
  std::cout << findings.text();
  TextTable said({"explanation", "rule", "where", "covers", "state", "reason", "answer"});
  for (const auto& one : found.at("explanations")) {
    said.add({text_of(one, "id"), text_of(one, "rule"), place(one), text_of(one, "covers"),
              text_of(one, "state"), text_of(one, "reason"), text_of(one, "decision_reason")});
  }
  if (!found.at("explanations").empty()) std::cout << said.text();
  return {};
}

Result<void> validate(Caller& caller, const GlobalOptions& global, const RuleArguments& args) {
  CS_CHECK(act(caller, table_path(global, args.table, "/validation"), json::object()));
  return show_findings(caller, global, args);
}

Result<void> explain(Caller& caller, const GlobalOptions& global, const RuleArguments& args) {
  json body = {{"rule", args.rule}, {"reason", args.reason}};
  if (!args.row.empty()) body["row"] = args.row;
  if (!args.column.empty()) body["column"] = args.column;
  for (const std::string& file : args.evidence) {
    CS_TRY(const json cited, cited_file(file, std::string()));
    body["evidence"].push_back(cited);
  }
  return act(caller, table_path(global, args.table, "/explanations"), body);
}

Result<void> answer(Caller& caller, const GlobalOptions& global, const RuleArguments& args,
                    bool accepted) {
  json body = {{"accepted", accepted}};
  if (!args.reason.empty()) body["reason"] = args.reason;
  return act(caller,
             table_path(global, args.table,
                        "/explanations/" + percent_encode(args.explanation) + "/decision"),
             body);
}

Result<void> list(Caller& caller, const GlobalOptions& global, const RuleArguments&) {
  CS_TRY(const json found, caller.get(campaign_path(global, "/rules")));
  if (printed(caller, found)) return {};
  TextTable rules({"rule", "kind", "severity", "tables", "last run", "withdrawn", "says"});
  const std::string language = global.lang == "zh" ? "zh" : "en";
  for (const auto& one : found.at("rules")) {
    std::string withdrawn;
    for (const auto& version : one.at("withdrawn")) {
      withdrawn += "@" + text_of(version, "version") + " #" + text_of(version, "index") + " ";
    }
    std::string tables;
    std::string last;
    for (const auto& check : one.at("checks")) {
      tables += (tables.empty() ? "" : " ") + text_of(check, "table");
      if (check.at("last").is_null()) continue;
      last += (last.empty() ? "" : " ") + text_of(check.at("last"), "state") + " " +
              text_of(check.at("last"), "count");
    }
    rules.add({text_of(one, "id") + "@" + text_of(one, "version"), text_of(one, "kind"),
               text_of(one, "severity"), tables, last, withdrawn,
               text_of(one.at("name"), language.c_str())});
  }
  std::cout << rules.text();
  return {};
}

Result<void> withdraw(Caller& caller, const GlobalOptions& global, const RuleArguments& args) {
  return act(caller, campaign_path(global, "/rules/" + percent_encode(args.rule) + "/withdrawal"),
             {{"version", args.version}, {"reason", args.reason}});
}

}  // namespace

void add_rule_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<RuleArguments>();
  const auto on = [&action, &global, args](CLI::App* command, auto use) {
    command->callback([&action, &global, args, use] {
      action = [&global, args, use] {
        return with_service(global, [&](Caller& caller) { return use(caller, global, *args); });
      };
    });
  };
  const auto of_table = [&](CLI::App& parent, const char* name, const char* help) {
    auto* command = parent.add_subcommand(name, help);
    command->add_option("table", args->table, "table key")->required();
    return command;
  };

  on(of_table(app, "validate", "run the rules over a table and record what they find"), validate);
  auto* findings = of_table(app, "findings", "what the last run found, and what was said of it");
  findings->add_option("--rule", args->rule, "of this rule alone");
  findings->add_option("--run", args->run, "of the run that this entry records");
  on(findings, show_findings);

  auto* explaining = of_table(app, "explain", "say why findings are right as they stand");
  explaining->add_option("rule", args->rule, "e.g. H08")->required();
  explaining->add_option("--row", args->row, "of this row alone");
  explaining->add_option("--column", args->column, "of this column alone");
  explaining->add_option("--reason", args->reason, "why")->required();
  explaining->add_option("--evidence", args->evidence, "files, cited by title and hash");
  on(explaining, explain);

  auto* explanation = app.add_subcommand("explanation", "answering explanations");
  explanation->require_subcommand(1);
  for (const bool accepted : {true, false}) {
    auto* command = of_table(*explanation, accepted ? "accept" : "reject",
                             accepted ? "it holds" : "it does not hold");
    command->add_option("explanation", args->explanation, "its entry")->required();
    command->add_option("--reason", args->reason, "why")->required(!accepted);
    on(command,
       [accepted](Caller& caller, const GlobalOptions& options, const RuleArguments& given) {
         return answer(caller, options, given, accepted);
       });
  }

  auto* rule = app.add_subcommand("rule", "the rules of the campaign");
  rule->require_subcommand(1);
  on(rule->add_subcommand("list", "every rule with its version"), list);
  auto* withdrawal = rule->add_subcommand("withdraw", "it was wrong: void its findings and facts");
  withdrawal->add_option("rule", args->rule, "e.g. T02s")->required();
  withdrawal->add_option("--version", args->version, "of the rule")->required();
  withdrawal->add_option("--reason", args->reason, "why")->required();
  on(withdrawal, withdraw);
}

}  // namespace countersign::tools
