// fact, bulletin: objecting to facts, deciding on them, and the texts that name units.
#include "tools/cli/cited_file.h"
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

struct CaseArguments {
  std::string fact;
  std::string ground;
  std::vector<std::string> evidence;
  std::string verdict;
  std::int64_t net_seconds = -1;  // none
  std::string reason;
  std::string bulletin;
  std::vector<std::string> departments;
  std::vector<std::string> facts;
  std::string text;
  std::vector<std::string> to;
};

std::string fact_path(const GlobalOptions& global, const CaseArguments& args,
                      const std::string& rest) {
  return campaign_path(global, "/facts/" + percent_encode(args.fact) + rest);
}
std::string bulletin_path(const GlobalOptions& global, const CaseArguments& args,
                          const std::string& rest) {
  return campaign_path(global, "/bulletins/" + percent_encode(args.bulletin) + rest);
}

Result<void> show_fact(Caller& caller, const GlobalOptions& global, const CaseArguments& args) {
  CS_TRY(const json fact, caller.get("/v1/facts/" + percent_encode(args.fact)));
  if (printed(caller, fact)) return {};
  std::cout << text_of(fact, "id") << " (rule v" << text_of(fact, "rule_version")
            << "): " << text_of(fact, "department") << ", " << text_of(fact, "table") << "; "
            << text_of(fact, "state") << (fact.value("counts", false) ? "" : ", does not count")
            << "\nraw " << duration_text(fact["raw_seconds"]) << ", net "
            << duration_text(fact["net_seconds"]) << ", as computed "
            << duration_text(fact["computed_net_seconds"]) << "; entries";
  for (const auto& entry : fact.at("entries")) std::cout << " #" << entry.dump();
  std::cout << "\n";
  TextTable acts({"entry", when_heading(global, "when"), "act", "verdict", "net", "who", "said"});
  for (const auto& one : fact.at("acts")) {
    std::string who = text_of(one, "person_name");
    if (who.empty()) who = text_of(one, "person");
    acts.add({text_of(one, "index"), when(global, one["at"]), text_of(one, "kind"),
              text_of(one, "verdict"), duration_text(one["net_seconds"]), who,
              text_of(one, "text")});
  }
  std::cout << acts.text();
  return {};
}

Result<void> object(Caller& caller, const GlobalOptions& global, const CaseArguments& args) {
  json body = {{"ground", args.ground}, {"evidence", json::array()}};
  for (const std::string& file : args.evidence) {
    CS_TRY(const json cited, cited_file(file, std::string()));
    body["evidence"].push_back(cited);
  }
  return act(caller, fact_path(global, args, "/objection"), body);
}

Result<void> decide(Caller& caller, const GlobalOptions& global, const CaseArguments& args) {
  json body = {{"verdict", args.verdict}, {"reason", args.reason}};
  if (args.net_seconds >= 0) body["net_seconds"] = args.net_seconds;
  return act(caller, fact_path(global, args, "/decision"), body);
}

Result<void> list(Caller& caller, const GlobalOptions& global, const CaseArguments&) {
  CS_TRY(const json found, caller.get(campaign_path(global, "/bulletins")));
  if (printed(caller, found)) return {};
  TextTable table({"bulletin", "entry", when_heading(global, "when"), "names", "rests on",
                   when_heading(global, "objections until"), when_heading(global, "published"),
                   "text"});
  const auto joined = [](const json& list) {
    std::string out;
    for (const auto& one : list) out += (out.empty() ? "" : " ") + one.get<std::string>();
    return out;
  };
  for (const auto& bulletin : found.at("bulletins")) {
    for (const auto& text : bulletin.at("texts")) {
      const json& published = text.at("published");
      table.add({text_of(bulletin, "id"), text_of(text, "index"), when(global, text["at"]),
                 joined(text.at("departments")), joined(text.at("facts")),
                 when(global, text["objections_until"]),
                 published.is_object() ? when(global, published.at("at")) : "no",
                 text_of(text, "text")});
    }
  }
  std::cout << table.text();
  return {};
}

json named(const CaseArguments& args) {
  return {{"departments", args.departments}, {"facts", args.facts}, {"text", args.text}};
}

Result<void> draft(Caller& caller, const GlobalOptions& global, const CaseArguments& args) {
  return act(caller, campaign_path(global, "/bulletins"), named(args));
}

Result<void> correct(Caller& caller, const GlobalOptions& global, const CaseArguments& args) {
  json body = named(args);
  body["reason"] = args.reason;
  return act(caller, bulletin_path(global, args, "/correction"), body);
}

Result<void> publish(Caller& caller, const GlobalOptions& global, const CaseArguments& args) {
  return act(caller, bulletin_path(global, args, "/publication"), {{"to", args.to}});
}

}  // namespace

void add_case_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<CaseArguments>();
  const auto on = [&action, &global, args](CLI::App* command, auto use) {
    command->callback([&action, &global, args, use] {
      action = [&global, args, use] {
        return with_service(global, [&](Caller& caller) { return use(caller, global, *args); });
      };
    });
  };

  auto* fact = app.add_subcommand("fact", "one fact: what was said of it, objections, decisions");
  fact->require_subcommand(1);
  const auto of_fact = [&](const char* name, const char* help) {
    auto* command = fact->add_subcommand(name, help);
    command->add_option("fact", args->fact, "e.g. F1-356")->required();
    return command;
  };
  on(of_fact("show", "the fact and the acts on it"), show_fact);
  auto* objection = of_fact("object", "object to it for your unit, or appeal against a decision");
  objection->add_option("--ground", args->ground, "why it does not hold")->required();
  objection->add_option("--evidence", args->evidence, "files, cited by title and hash");
  on(objection, object);
  auto* decision = of_fact("decide", "decide what becomes of it");
  decision->add_option("verdict", args->verdict, "upheld, corrected or voided")->required();
  decision->add_option("--net-seconds", args->net_seconds, "corrected: the lateness that remains")
      ->check(CLI::NonNegativeNumber);
  decision->add_option("--reason", args->reason, "why")->required();
  on(decision, decide);

  auto* bulletin = app.add_subcommand("bulletin", "texts that name units before the whole school");
  bulletin->require_subcommand(1);
  const auto naming = [&](CLI::App* command, bool required) {
    command->add_option("--department", args->departments, "units named")->required(required);
    command->add_option("--fact", args->facts, "facts it rests on")->required(required);
    command->add_option("--text", args->text, "the text")->required();
  };
  const auto of_bulletin = [&](const char* name, const char* help) {
    auto* command = bulletin->add_subcommand(name, help);
    command->add_option("bulletin", args->bulletin, "the entry that drafted it")->required();
    return command;
  };
  on(bulletin->add_subcommand("list", "every text, whom it names and whom it reached"), list);
  auto* drafting = bulletin->add_subcommand("draft", "draft one, which serves it to the units");
  naming(drafting, true);
  on(drafting, draft);
  auto* correction = of_bulletin("correct", "put another text in its place");
  naming(correction, false);
  correction->add_option("--reason", args->reason, "why")->required();
  on(correction, correct);
  auto* publication = of_bulletin("publish", "publish the present text");
  publication->add_option("--to", args->to, "whom it reaches, beyond those of an earlier text");
  on(publication, publish);
}

}  // namespace countersign::tools
