// indicators, indicator: what the figures are, what they were made from, and which edits moved them
// across their marks. plan: rectification plans.
#include "api/wire/words.h"
#include "tools/cli/command.h"
#include "tools/cli/language.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"

#include <fstream>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

struct IndicatorArguments {
  std::string indicator;
  std::string quantity;
  bool now = false;
  bool previous = false;
  std::string file;
  unsigned attended = 0;
  std::vector<std::string> accepted;
  std::vector<std::string> sent_back;
  std::string item;
  std::string outcome;
  std::string text;
};

std::string own(const GlobalOptions& global, const json& both) {
  return both.is_object() ? both.at(say(global, "en", "zh")).get<std::string>() : std::string();
}

std::string indicator_path(const GlobalOptions& global, const IndicatorArguments& args,
                           const std::string& rest = {}) {
  return campaign_path(global, "/indicators/" + percent_encode(args.indicator) + rest);
}
std::string plan_path(const GlobalOptions& global, const IndicatorArguments& args,
                      const std::string& rest) {
  return campaign_path(global, "/plans/" + percent_encode(args.indicator) + rest);
}

std::string figure_text(const GlobalOptions& global, const json& figure) {
  if (!figure.is_object()) return say(global, "never computed", "尚未计算");
  const std::string value = text_of(figure, "value");
  return (value.empty() ? "–" : value) + " " + word(global, text_of(figure, "result"));
}

// "v1, now v2" where the table has moved on.
void print_inputs(const GlobalOptions& global, const json& computation) {
  if (!computation.is_object()) return;
  std::cout << say(global, "computed at #", "计算于条目 #") << text_of(computation, "index") << ", "
            << instant_text(global, computation["at"]) << ":";
  for (const auto& input : computation.at("inputs")) {
    std::cout << " " << text_of(input, "table") << " v" << text_of(input, "version");
    if (!input.value("current", false)) {
      std::cout << say(global, " (now v", "（现为 v") << text_of(input, "current_version")
                << say(global, ")", "）");
    }
  }
  std::cout << "\n";
}

Result<void> list(Caller& caller, const GlobalOptions& global, const IndicatorArguments&) {
  CS_TRY(const json reply, caller.get(campaign_path(global, "/indicators")));
  if (printed(caller, reply)) return {};
  TextTable table({say(global, "indicator", "指标"), say(global, "name", "名称"),
                   say(global, "value", "数值"), say(global, "mark", "要求"),
                   say(global, "department", "部门"), say(global, "version", "版本")});
  for (const auto& one : reply.at("indicators")) {
    table.add({text_of(one, "id"), own(global, one["name"]), figure_text(global, one["figure"]),
               (text_of(one, "better") == "lower" ? "≤ " : "≥ ") + text_of(one, "mark"),
               text_of(one, "department"), "v" + text_of(one, "version")});
  }
  std::cout << table.text();
  print_inputs(global, reply["computation"]);
  return {};
}

Result<void> compute(Caller& caller, const GlobalOptions& global, const IndicatorArguments&) {
  return act(caller, campaign_path(global, "/indicators"), json::object());
}

std::string changes_text(const json& edit) {
  const json& changes = edit.at("changes");
  if (!changes.is_array()) return text_of(edit, "cells");
  std::string text;
  for (const auto& one : changes) {
    text += (text.empty() ? "" : "; ") + text_of(one, "row") + "." + text_of(one, "column") + " " +
            text_of(one, "from") + " → " + text_of(one, "to");
  }
  return text;
}

void print_crossing(const GlobalOptions& global, const json& crossing) {
  std::cout << "\n"
            << figure_text(global, crossing["without_this_edit"]) << " → "
            << figure_text(global, crossing.at("edit").at("after")) << ", "
            << own(global, crossing.at("review").at("words")) << " (" << text_of(crossing, "fact")
            << ")\n";
  TextTable edits({say(global, "entry", "条目"), when_heading(global, "when", "时间"),
                   say(global, "who", "人员"), say(global, "table", "数据表"),
                   say(global, "changed", "修改"), say(global, "before", "修改前"),
                   say(global, "after", "修改后"), ""});
  for (const auto& edit : crossing.at("contributing")) {
    std::string who = text_of(edit, "person_name");
    if (who.empty()) who = text_of(edit, "person");
    edits.add({text_of(edit, "index"), when(global, edit["received_at"]), who,
               text_of(edit, "table"), changes_text(edit), figure_text(global, edit["before"]),
               figure_text(global, edit["after"]),
               edit.value("crossed", false) ? say(global, "crossed", "越线") : ""});
  }
  std::cout << edits.text();
}

Result<void> show(Caller& caller, const GlobalOptions& global, const IndicatorArguments& args) {
  CS_TRY(const json reply, caller.get(indicator_path(global, args)));
  if (printed(caller, reply)) return {};
  const json& indicator = reply.at("indicator");
  std::cout << text_of(indicator, "id") << " v" << text_of(indicator, "version") << " "
            << own(global, indicator["name"]) << ": " << figure_text(global, indicator["figure"])
            << "\n= " << text_of(indicator, "formula") << "\n";
  for (const auto& quantity : indicator.at("quantities")) {
    std::cout << "  " << text_of(quantity, "id") << " = " << text_of(quantity, "value") << " ("
              << text_of(quantity, "cells") << say(global, " cells", " 个单元格") << ")\n";
  }
  for (const auto& computation : reply.at("computations")) {
    std::cout << figure_text(global, computation["figure"]) << ", ";
    print_inputs(global, computation);
  }
  for (const auto& crossing : reply.at("crossings")) print_crossing(global, crossing);
  return {};
}

Result<void> cells(Caller& caller, const GlobalOptions& global, const IndicatorArguments& args) {
  std::string target = indicator_path(
      global, args,
      "/cells?quantity=" + percent_encode(args.quantity) + (args.now ? "&at=now" : ""));
  TextTable table({say(global, "table", "数据表"), say(global, "row", "数据行"),
                   say(global, "column", "字段"), say(global, "value", "值"),
                   say(global, "adds", "计入"), say(global, "entry", "条目")});
  const std::string first = target + "&limit=1000";
  std::string next = first;
  while (!next.empty()) {
    CS_TRY(const json page, caller.get(next));
    if (caller.json_output()) std::cout << page.dump(2) << "\n";
    for (const auto& cell : page.at("cells")) {
      table.add({text_of(page, "table"), text_of(cell, "row"), text_of(cell, "column"),
                 text_of(cell, "cell"), text_of(cell, "adds"), text_of(cell, "index")});
    }
    const std::string after = text_of(page, "next");
    next = after.empty() ? std::string() : first + "&after=" + percent_encode(after);
  }
  if (!caller.json_output()) std::cout << table.text();
  return {};
}

void print_plan(const GlobalOptions& global, const json& plan) {
  std::cout << "\n"
            << text_of(plan, "indicator") << " " << own(global, plan["name"]) << ", "
            << text_of(plan, "department") << ": " << word(global, text_of(plan, "status")) << "\n";
  for (const auto& draft : plan.at("drafts")) {
    TextTable items({say(global, "draft", "稿") + " " + text_of(draft, "number"),
                     say(global, "cause", "原因"), say(global, "measure", "措施"),
                     say(global, "owner", "责任人"), when_heading(global, "until", "期限"),
                     say(global, "decision", "审议")});
    for (const auto& item : draft.at("items")) {
      std::string decided;
      if (draft.at("decision").is_object()) {
        for (const auto& one : draft.at("decision").at("items")) {
          if (one.at("item") != item.at("id")) continue;
          decided = one.value("accepted", false)
                        ? say(global, "accepted", "通过")
                        : say(global, "sent back: ", "退回：") + text_of(one, "reason");
        }
      }
      items.add({text_of(item, "id"), text_of(item, "cause"), text_of(item, "measure"),
                 text_of(item, "owner"), when(global, item["until"]), decided});
    }
    std::cout << items.text();
  }
  for (const auto& one : plan.at("follow_ups")) {
    std::cout << text_of(one, "campaign") << ", " << text_of(one, "item") << ": "
              << word(global, text_of(one, "outcome")) << ", " << text_of(one, "text") << " (#"
              << text_of(one, "index") << ")\n";
  }
}

Result<void> plans(Caller& caller, const GlobalOptions& global, const IndicatorArguments& args) {
  CS_TRY(const json reply,
         caller.get(campaign_path(global, args.previous ? "/plans?of=previous" : "/plans")));
  if (printed(caller, reply)) return {};
  if (reply.at("plans").empty()) std::cout << say(global, "no plans", "没有整改方案") << "\n";
  for (const auto& plan : reply.at("plans")) print_plan(global, plan);
  return {};
}

Result<void> draft(Caller& caller, const GlobalOptions& global, const IndicatorArguments& args) {
  std::ifstream file(args.file);
  if (!file) return Error{Errc::not_found, "cannot read " + args.file};
  const json items = json::parse(file, nullptr, false);
  if (!items.is_array()) return Error{Errc::malformed, args.file + " is not a JSON list of items"};
  return act(caller, plan_path(global, args, "/draft"), {{"items", items}});
}

Result<void> decide(Caller& caller, const GlobalOptions& global, const IndicatorArguments& args) {
  json items = json::array();
  for (const std::string& item : args.accepted) {
    items.push_back({{"item", item}, {"accepted", true}});
  }
  for (const std::string& one : args.sent_back) {
    const auto equals = one.find('=');
    const std::string reason = equals == std::string::npos ? "" : one.substr(equals + 1);
    items.push_back({{"item", one.substr(0, equals)}, {"accepted", false}, {"reason", reason}});
  }
  return act(caller, plan_path(global, args, "/decision"),
             {{"attended", args.attended}, {"items", items}});
}

Result<void> follow_up(Caller& caller, const GlobalOptions& global,
                       const IndicatorArguments& args) {
  return act(caller, campaign_path(global, "/plans/followups"),
             {{"indicator", args.indicator},
              {"item", args.item},
              {"outcome", args.outcome},
              {"text", args.text}});
}

}  // namespace

void add_indicator_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<IndicatorArguments>();
  const auto on = [&action, &global, args](CLI::App* command, auto use) {
    command->callback([&action, &global, args, use] {
      action = [&global, args, use] {
        return with_service(global, [&](Caller& caller) { return use(caller, global, *args); });
      };
    });
  };
  const auto named = [&](CLI::App* parent, const char* name, const char* help) {
    auto* command = parent->add_subcommand(name, help);
    command->add_option("indicator", args->indicator, "its id")->required();
    return command;
  };

  auto* indicators = app.add_subcommand("indicators", "what they came to, and from which versions");
  indicators->require_subcommand(0, 1);
  auto* computing = indicators->add_subcommand("compute", "compute all of them and record it");
  on(computing, compute);
  indicators->callback([&action, &global, args, computing] {
    if (computing->parsed()) return;
    action = [&global, args] {
      return with_service(global, [&](Caller& caller) { return list(caller, global, *args); });
    };
  });

  auto* indicator = app.add_subcommand("indicator", "one indicator, down to its cells");
  indicator->require_subcommand(1);
  on(named(indicator, "show", "its computations, and the edits that crossed its mark"), show);
  auto* lineage = named(indicator, "cells", "the cells that a quantity is the sum of");
  lineage->add_option("quantity", args->quantity, "its id")->required();
  lineage->add_flag("--now", args->now, "as they are, instead of as computed");
  on(lineage, cells);

  auto* plan = app.add_subcommand("plan", "rectification plans");
  plan->require_subcommand(1);
  auto* listing = plan->add_subcommand("list", "every draft and what was decided of it");
  listing->add_flag("--previous", args->previous, "the accepted ones of the previous edition");
  on(listing, plans);
  auto* drafting = named(plan, "draft", "put a plan before the body that decides on it");
  drafting->add_option("file", args->file, "a JSON list of {cause, measure, owner, until}")
      ->required();
  on(drafting, draft);
  auto* decision = named(plan, "decide", "accept or send back every item");
  decision->add_option("--attended", args->attended, "members who attended")->required();
  decision->add_option("--accept", args->accepted, "items that are accepted");
  decision->add_option("--send-back", args->sent_back, "items that are not, as ITEM=REASON");
  on(decision, decide);
  auto* following = named(plan, "follow-up", "say what became of a measure of last year's plan");
  following->add_option("item", args->item, "of the plan")->required();
  following->add_option("outcome", args->outcome, "done, under_way or not_done")->required();
  following->add_option("--text", args->text, "what was found")->required();
  on(following, follow_up);
}

}  // namespace countersign::tools
