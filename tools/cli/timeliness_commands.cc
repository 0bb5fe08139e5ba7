// deadlines, status, facts: what is due, what is late raw and net, and which signatures stand.
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

struct TimelinessArguments {
  std::string table;
  std::string department;
  std::string kind;
};

std::string joined(const json& indexes) {
  std::string out;
  for (const auto& index : indexes) out += (out.empty() ? "#" : " #") + index.dump();
  return out;
}

// Where the table stands in the whole process.
std::string state_text(const GlobalOptions& global, const json& task) {
  const json& name = task.at("process_state").at("name");
  return say(global, text_of(name, "en"), text_of(name, "zh"));
}

Result<void> deadlines(Caller& caller, const GlobalOptions& global,
                       const TimelinessArguments& args) {
  if (args.department.empty()) {
    CS_TRY(const json reply, caller.get(campaign_path(global, "/deadlines")));
    if (printed(caller, reply)) return {};
    TextTable table({"department", "state", "tables", "submitted", "approved", "overdue",
                     "late raw", "late net", "returned", when_heading(global, "next due")});
    for (const auto& one : reply.at("departments")) {
      table.add({text_of(one, "department"), text_of(one, "state"), text_of(one, "tasks"),
                 text_of(one, "submitted"), text_of(one, "approved"), text_of(one, "overdue"),
                 text_of(one, "late_raw"), text_of(one, "late_net"), text_of(one, "returned"),
                 when(global, one["next_due"])});
    }
    std::cout << table.text();
    return {};
  }
  CS_TRY(const json reply,
         caller.get(campaign_path(global, "/tasks?department=" + percent_encode(args.department))));
  if (printed(caller, reply)) return {};
  TextTable table({"table", "state", when_heading(global, "due"), when_heading(global, "submitted"),
                   "late raw", "late net", "version", "waits for"});
  for (const auto& one : reply.at("tasks")) {
    std::string waits;
    for (const auto& other : one.at("blocked_by"))
      waits += (waits.empty() ? "" : ", ") + other.get<std::string>();
    table.add({text_of(one, "table"), state_text(global, one), when(global, one["due"]),
               when(global, one["submitted_at"]), duration_text(one["raw_late_seconds"]),
               duration_text(one["net_late_seconds"]), text_of(one, "current_version"), waits});
  }
  std::cout << table.text();
  return {};
}

// What signed, where it is held, and that it was revoked later.
std::string key_text(const GlobalOptions& global, const json& key) {
  if (key.is_null()) return "-";
  const json& revoked = key.at("revoked");
  std::string text = text_of(key, "algorithm") + " " +
                     (key.at("held") == "device" ? say(global, "on device", "本人设备")
                                                 : say(global, "by the service", "系统保管"));
  if (!revoked.is_null()) {
    text += say(global, "; revoked ", "；吊销于 ") + instant_text(global, revoked.at("at")) +
            say(global, ", this signature was made before and stands",
                "，此签名作于吊销之前，继续有效");
  }
  return text;
}

Result<void> status(Caller& caller, const GlobalOptions& global, const TimelinessArguments& args) {
  CS_TRY(const json task, caller.get(table_path(global, args.table, "/status")));
  if (printed(caller, task)) return {};
  std::cout << text_of(task, "table") << " of " << text_of(task, "department") << ": "
            << state_text(global, task) << ", version " << text_of(task, "current_version") << ", "
            << text_of(task, "rows") << " rows\ndue " << instant_text(global, task["due"])
            << ", submitted " << instant_text(global, task["submitted_at"]) << ", late raw "
            << duration_text(task["raw_late_seconds"]) << ", net "
            << duration_text(task["net_late_seconds"]) << "\n";
  if (const json& carried = task.at("carried"); !carried.is_null()) {
    std::cout << "carried forward at #" << text_of(carried, "index") << ": "
              << text_of(carried, "untouched") << " rows untouched and unconfirmed, "
              << text_of(carried, "incomplete") << " incomplete\n";
  } else if (task.value("can_carry", false)) {
    std::cout << "last year's rows can be carried forward: countersign carry "
              << text_of(task, "table") << "\n";
  }
  TextTable statements({"entry", "level", "who", when_heading(global, "when"), "signed", "current",
                        "stands", "key"});
  for (const auto& one : task.at("statements")) {
    std::string who = text_of(one, "person_name");
    if (who.empty()) who = text_of(one, "person");
    if (const auto lender = text_of(one, "on_behalf_of"); !lender.empty()) who += " for " + lender;
    statements.add({text_of(one, "index"), text_of(one, "level"), who, when(global, one["at"]),
                    "v" + text_of(one, "version"), "v" + text_of(one, "current_version"),
                    one.value("stands", false) ? "yes" : "no", key_text(global, one.at("key"))});
  }
  std::cout << statements.text();
  for (const auto& one : task.at("returns")) {
    std::cout << "returned at #" << text_of(one, "index") << " by " << text_of(one, "person")
              << " (" << text_of(one, "level") << ", " << instant_text(global, one["at"]) << ")\n";
    for (const auto& reason : one.at("reasons")) {
      std::cout << "  " << text_of(reason, "rule") << text_of(reason, "row") << " "
                << text_of(reason, "column") << ": " << text_of(reason, "text") << "\n";
    }
  }
  for (const auto& one : task.at("due_moves")) {
    std::cout << "due moved at #" << text_of(one, "index") << " from "
              << instant_text(global, one["from"]) << " to " << instant_text(global, one["to"])
              << ": " << text_of(one, "reason") << "\n";
  }
  return {};
}

// "yes", "no", why not; a credit is no fault.
std::string counts_text(const json& fact) {
  if (fact.value("credit", false)) return "credit";
  if (fact.value("counts", false)) return "yes";
  const std::string why = text_of(fact, "excused_by");
  return why.empty() ? "no" : "no: " + why;
}

// What computed it, and the rule of the campaign that it rests on.
std::string rule_text(const json& fact) {
  const std::string rule = text_of(fact, "rule");
  return text_of(fact, "kind") + " v" + text_of(fact, "rule_version") +
         (rule.empty() ? "" : ", " + rule);
}

Result<void> facts(Caller& caller, const GlobalOptions& global, const TimelinessArguments& args) {
  std::string target = campaign_path(global, "/facts?limit=1000");
  if (!args.department.empty()) target += "&department=" + percent_encode(args.department);
  if (!args.kind.empty()) target += "&kind=" + percent_encode(args.kind);
  if (!args.table.empty()) target += "&table=" + percent_encode(args.table);
  CS_TRY(const json reply, caller.get(target));
  if (printed(caller, reply)) return {};
  TextTable table({"fact", "rule", "department", "table", when_heading(global, "due"),
                   when_heading(global, "happened"), "raw", "net", "count",
                   "state", "counts", "charged to", "entries"});
  for (const auto& fact : reply.at("facts")) {
    std::string charged;
    for (const auto& charge : fact.at("charges")) {
      const std::string whom = text_of(charge, "department");
      charged += (charged.empty() ? "" : "; ") + (whom.empty() ? text_of(charge, "kind") : whom) +
                 " " + duration_text(charge["seconds"]);
    }
    table.add({text_of(fact, "id"), rule_text(fact), text_of(fact, "department"),
               text_of(fact, "table"), when(global, fact["due"]), when(global, fact["happened"]),
               duration_text(fact["raw_seconds"]), duration_text(fact["net_seconds"]),
               text_of(fact, "count"), text_of(fact, "state"), counts_text(fact), charged,
               joined(fact["entries"])});
  }
  std::cout << table.text();
  return {};
}

}  // namespace

void add_timeliness_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<TimelinessArguments>();
  const auto on = [&action, &global, args](CLI::App* command, auto use) {
    command->callback([&action, &global, args, use] {
      action = [&global, args, use] {
        return with_service(global, [&](Caller& caller) { return use(caller, global, *args); });
      };
    });
  };
  auto* deadlines_command =
      app.add_subcommand("deadlines", "deadlines of all departments, or one department's tables");
  deadlines_command->add_option("department", args->department, "e.g. HR");
  on(deadlines_command, deadlines);

  auto* status_command =
      app.add_subcommand("status", "one table: due, lateness, signatures that stand, returns");
  status_command->add_option("table", args->table, "table key")->required();
  on(status_command, status);

  auto* facts_command =
      app.add_subcommand("facts", "accountability facts with the entries behind each");
  facts_command->add_option("--department", args->department, "only this department");
  facts_command->add_option("--kind", args->kind, "F1 to F15");
  facts_command->add_option("--table", args->table, "only this table");
  on(facts_command, facts);
}

}  // namespace countersign::tools
