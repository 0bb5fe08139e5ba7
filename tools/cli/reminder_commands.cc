// chase, readiness, outage, record: reminding units, what excuses them, and their record.
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

struct ReminderArguments {
  std::string department;
  std::vector<std::string> departments;
  std::vector<std::string> tables;
  std::string text;
  std::string chase;
  std::string promised;
  std::string within = "24h";
  std::string what;
  std::string from;
  std::string to;
};

std::string joined(const json& texts) {
  std::string out;
  for (const auto& one : texts) out += (out.empty() ? "" : ", ") + one.get<std::string>();
  return out;
}

Result<void> list_chases(Caller& caller, const GlobalOptions& global,
                         const ReminderArguments& args) {
  std::string target = campaign_path(global, "/chases");
  if (!args.department.empty()) target += "?department=" + percent_encode(args.department);
  CS_TRY(const json reply, caller.get(target));
  if (printed(caller, reply)) return {};
  TextTable table({"chase", when_heading(global, "when"), "department", "tables", "said",
                   "answered", when_heading(global, "promised")});
  for (const auto& chase : reply.at("chases")) {
    table.add({text_of(chase, "index"), when(global, chase["at"]), text_of(chase, "department"),
               joined(chase.at("tables")), text_of(chase, "text"), "", ""});
    for (const auto& answer : chase.at("answers")) {
      table.add({"", when(global, answer["at"]), text_of(answer, "role"), "",
                 text_of(answer, "text"), "#" + text_of(answer, "index"), when(global, answer["promised"])});
    }
  }
  std::cout << table.text();
  return {};
}

Result<void> list_owing(Caller& caller, const GlobalOptions& global,
                        const ReminderArguments& args) {
  CS_TRY(const json reply,
         caller.get(campaign_path(global, "/chase-list?within=" + percent_encode(args.within))));
  if (printed(caller, reply)) return {};
  TextTable table({"department", "table", when_heading(global, "due"), "late raw", "late net",
                   when_heading(global, "last chase"), "answered"});
  for (const auto& unit : reply.at("units")) {
    const json& last = unit.at("last_chase");
    const bool chased = last.is_object();
    for (const auto& owed : unit.at("tables")) {
      table.add({text_of(unit, "department"), text_of(owed, "table"), when(global, owed["due"]),
                 duration_text(owed["raw_late_seconds"]), duration_text(owed["net_late_seconds"]),
                 chased ? when(global, last.at("at")) : "-",
                 chased ? std::to_string(last.at("answers").size()) : "-"});
    }
  }
  std::cout << table.text();
  return {};
}

Result<void> send_chase(Caller& caller, const GlobalOptions& global,
                        const ReminderArguments& args) {
  return act(caller, campaign_path(global, "/chases"),
             {{"department", args.department}, {"tables", args.tables}, {"text", args.text}});
}

Result<void> answer_chase(Caller& caller, const GlobalOptions& global,
                          const ReminderArguments& args) {
  json body = {{"text", args.text}};
  if (!args.promised.empty()) body["promised"] = args.promised;
  return act(caller, campaign_path(global, "/chases/" + percent_encode(args.chase) + "/answer"),
             body);
}

Result<void> list_readiness(Caller& caller, const GlobalOptions& global, const ReminderArguments&) {
  CS_TRY(const json reply, caller.get(campaign_path(global, "/readiness")));
  if (printed(caller, reply)) return {};
  std::cout << "asked for: " << joined(reply.at("asked")) << "\n";
  TextTable table({"entry", when_heading(global, "when"), "department", "given", "said"});
  for (const auto& one : reply.at("recorded")) {
    table.add({text_of(one, "index"), when(global, one["at"]), text_of(one, "department"),
               text_of(one, "what"), text_of(one, "text")});
  }
  std::cout << table.text();
  return {};
}

Result<void> record_readiness(Caller& caller, const GlobalOptions& global,
                              const ReminderArguments& args) {
  return act(caller, campaign_path(global, "/readiness"),
             {{"departments", args.departments}, {"what", args.what}, {"text", args.text}});
}

Result<void> list_outages(Caller& caller, const GlobalOptions& global, const ReminderArguments&) {
  CS_TRY(const json reply, caller.get(campaign_path(global, "/outages")));
  if (printed(caller, reply)) return {};
  TextTable table({"entry", when_heading(global, "from"), when_heading(global, "to"), "tables",
                   "said"});
  for (const auto& one : reply.at("outages")) {
    const std::string tables = joined(one.at("tables"));
    table.add({text_of(one, "index"), when(global, one["from"]), when(global, one["to"]),
               tables.empty() ? "all" : tables, text_of(one, "text")});
  }
  std::cout << table.text();
  return {};
}

Result<void> record_outage(Caller& caller, const GlobalOptions& global,
                           const ReminderArguments& args) {
  return act(caller, campaign_path(global, "/outages"),
             {{"from", args.from}, {"to", args.to}, {"tables", args.tables}, {"text", args.text}});
}

std::string kinds_text(const json& kinds) {
  std::string out;
  for (const auto& [kind, counts] : kinds.items()) {
    out += (out.empty() ? "" : "; ") + kind + " " + text_of(counts, "standing");
    for (const char* other : {"excused", "corrected", "voided"}) {
      if (counts.at(other) != 0) out += ", " + text_of(counts, other) + " " + other;
    }
  }
  return out;
}

Result<void> show_record(Caller& caller, const GlobalOptions&, const ReminderArguments& args) {
  CS_TRY(const json reply,
         caller.get("/v1/departments/" + percent_encode(args.department) + "/record"));
  if (printed(caller, reply)) return {};
  TextTable table({"campaign", "tables", "on time", "late", "late raw", "late net", "returned",
                   "facts", "credits", "chased", "answered", "asked to help", "declined"});
  for (const auto& one : reply.at("campaigns")) {
    table.add({text_of(one, "campaign"), text_of(one, "tasks"), text_of(one, "on_time"),
               text_of(one, "late"), duration_text(one["raw_late_seconds"]),
               duration_text(one["net_late_seconds"]), text_of(one, "returns"),
               kinds_text(one.at("facts")), kinds_text(one.at("credits")), text_of(one, "chases"),
               text_of(one, "chases_answered"), text_of(one, "assists_asked"),
               text_of(one, "assists_declined")});
  }
  std::cout << table.text();
  return {};
}

}  // namespace

void add_reminder_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<ReminderArguments>();
  const auto on = [&action, &global, args](CLI::App* command, auto use) {
    command->callback([&action, &global, args, use] {
      action = [&global, args, use] {
        return with_service(global, [&](Caller& caller) { return use(caller, global, *args); });
      };
    });
  };
  const auto family = [&app](const char* name, const char* help) {
    auto* command = app.add_subcommand(name, help);
    command->require_subcommand(1);
    return command;
  };

  auto* chase = family("chase", "remind units of what they owe, and their answers");
  auto* owing = chase->add_subcommand("due", "who owes what soon or already");
  owing->add_option("--within", args->within, "hours or days ahead, e.g. 24h, 3d")
      ->capture_default_str();
  on(owing, list_owing);
  auto* chases = chase->add_subcommand("list", "every chase and its answers, newest first");
  chases->add_option("--department", args->department, "only this department");
  on(chases, list_chases);
  auto* sending = chase->add_subcommand("send", "chase a unit; the entry first, then the message");
  sending->add_option("department", args->department, "e.g. HR")->required();
  sending->add_option("--table", args->tables, "tables that it owes")->required();
  sending->add_option("--text", args->text, "what is said")->required();
  on(sending, send_chase);
  auto* answering = chase->add_subcommand("answer", "answer for the unit");
  answering->add_option("chase", args->chase, "its entry")->required();
  answering->add_option("--text", args->text, "what is said")->required();
  answering->add_option("--promised", args->promised, "by when; instant with offset");
  on(answering, answer_chase);

  auto* readiness = family("readiness", "what departments were given, and when");
  on(readiness->add_subcommand("list", "what is asked for, and what was recorded"), list_readiness);
  auto* given = readiness->add_subcommand("record", "accounts were issued, training was held");
  given->add_option("what", args->what, "accounts or training")->required();
  given->add_option("--department", args->departments, "departments")->required();
  given->add_option("--text", args->text, "particulars");
  on(given, record_readiness);

  auto* outage = family("outage", "when the platform stood still");
  on(outage->add_subcommand("list", "every outage that was logged"), list_outages);
  auto* logged = outage->add_subcommand("record", "log one that is over");
  logged->add_option("--from", args->from, "instant with offset")->required();
  logged->add_option("--to", args->to, "instant with offset")->required();
  logged->add_option("--table", args->tables, "tables concerned; all, when absent");
  logged->add_option("--text", args->text, "what happened")->required();
  on(logged, record_outage);

  auto* record = app.add_subcommand("record", "a department's record over all campaigns");
  record->add_option("department", args->department, "e.g. HR")->required();
  on(record, show_record);
}

}  // namespace countersign::tools
