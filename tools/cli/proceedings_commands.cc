// proceedings: the campaign as a whole before its deciding bodies, freezing, and handing over.
#include "ledger/base/bytes.h"
#include "tools/cli/cited_file.h"
#include "tools/cli/command.h"
#include "tools/cli/language.h"
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

struct ProceedingArguments {
  std::string body;
  std::string file;
  std::string title;
  std::string report;
  std::string outcome;
  std::uint32_t attended = 0;
  std::vector<std::string> opinions;
  std::vector<std::string> tables;
  std::string due;
  std::string reason;
};

Result<void> decide(Caller& caller, const GlobalOptions& global, const ProceedingArguments& args) {
  CS_TRY(const ledger::Hash report, hash_of_file(args.report));
  CS_TRY(const json minutes, cited_file(args.file, args.title));
  json body = {{"report", ledger::to_hex(report)},
               {"outcome", args.outcome},
               {"attended", args.attended},
               {"minutes", minutes},
               {"opinions", json::array()}};
  for (const std::string& opinion : args.opinions) {
    const auto equals = opinion.find('=');
    if (equals == std::string::npos) {
      return Error{Errc::malformed, "opinions are given as table=text"};
    }
    body["opinions"].push_back(
        {{"table", opinion.substr(0, equals)}, {"text", opinion.substr(equals + 1)}});
  }
  if (!args.due.empty()) body["due"] = args.due;
  return act(caller, campaign_path(global, "/bodies/" + percent_encode(args.body) + "/decision"),
             body);
}

Result<void> show(Caller& caller, const GlobalOptions& global) {
  CS_TRY(const json found, caller.get(campaign_path(global, "/proceedings")));
  if (printed(caller, found)) return {};
  std::cout << "states:";
  for (const auto& state : found.at("states")) std::cout << " " << state.get<std::string>();
  std::cout << "\n";
  TextTable bodies({"body", "名称", "name", "state", "entry"});
  for (const auto& body : found.at("bodies")) {
    bodies.add({text_of(body, "id"), text_of(body["name"], "zh"), text_of(body["name"], "en"),
                text_of(body, "state"), text_of(body, "index")});
  }
  std::cout << bodies.text();
  if (!found.at("unsettled").empty()) {
    std::cout << found.at("unsettled").size() << " tables have not passed what they have to.\n";
  }
  TextTable acts({"entry", when_heading(global, "when"), "act", "body", "outcome", "cites", "table",
                  "said of it"});
  for (const auto& one : found.at("history")) {
    const auto add = [&](const std::string& table, const std::string& said) {
      acts.add({text_of(one, "index"), when(global, one["at"]), text_of(one, "kind"),
                text_of(one, "body"), text_of(one, "outcome"), text_of(one, "title"), table, said});
    };
    if (one.at("tables").empty()) add("", "");
    for (const auto& named : one.at("tables")) add(text_of(named, "table"), text_of(named, "text"));
  }
  std::cout << acts.text();
  return {};
}

}  // namespace

void add_proceedings_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto* proceedings = app.add_subcommand(
      "proceedings", "the campaign before its bodies, corrections, freezing, submission");
  auto args = std::make_shared<ProceedingArguments>();
  const auto on = [&action, &global](CLI::App* command, auto use) {
    command->callback(
        [&action, &global, use] { action = [&global, use] { return with_service(global, use); }; });
  };
  const auto cites = [args](CLI::App* command, const char* what) {
    command->add_option("file", args->file, what)->required();
    command->add_option("--title", args->title, "of the document; the file's name, when absent");
  };
  // Without a subcommand of its own it shows what there is.
  proceedings->callback([&action, &global, proceedings] {
    if (!proceedings->get_subcommands().empty()) return;
    action = [&global] {
      return with_service(global, [&](Caller& caller) { return show(caller, global); });
    };
  });

  auto* report = proceedings->add_subcommand("report", "put the campaign before a body");
  report->add_option("body", args->body, "e.g. leading_group")->required();
  cites(report, "the report");
  on(report, [&global, args](Caller& caller) -> Result<void> {
    CS_TRY(const json cited, cited_file(args->file, args->title));
    return act(caller, campaign_path(global, "/bodies/" + percent_encode(args->body) + "/report"),
               {{"report", cited}});
  });

  auto* decision = proceedings->add_subcommand("decision", "record what a body resolved");
  decision->add_option("body", args->body, "e.g. leading_group")->required();
  decision->add_option("outcome", args->outcome, "approved, approved_with_opinions or sent_back")
      ->required();
  cites(decision, "the minutes");
  decision->add_option("--report", args->report, "the report it had before it")->required();
  decision->add_option("--attended", args->attended, "members who attended")->required();
  decision->add_option("--opinion", args->opinions, "table=text …");
  decision->add_option("--due", args->due, "of the corrections; instant with offset");
  on(decision, [&global, args](Caller& caller) { return decide(caller, global, *args); });

  auto* exception = proceedings->add_subcommand("exception", "reopen a table after its window");
  exception->add_option("table", args->tables, "table")->required()->expected(1);
  exception->add_option("--due", args->due, "instant with offset")->required();
  exception->add_option("--reason", args->reason, "why")->required();
  on(exception, [&global, args](Caller& caller) {
    return act(caller, table_path(global, args->tables.front(), "/exception"),
               {{"due", args->due}, {"reason", args->reason}});
  });

  auto* freeze = proceedings->add_subcommand("freeze", "end all changes");
  on(freeze, [&global](Caller& caller) {
    return act(caller, campaign_path(global, "/freeze"), json::object());
  });

  for (const auto& [name, route, member, what] :
       {std::tuple("submission", "/submission", "receipt", "the receiver's receipt"),
        std::tuple("acceptance", "/acceptance", "notice", "the receiver's notice")}) {
    auto* command =
        proceedings->add_subcommand(name, std::string("record the ") + name + "; cites " + what);
    cites(command, what);
    on(command, [&global, args, route = route, member = member](Caller& caller) -> Result<void> {
      CS_TRY(const json cited, cited_file(args->file, args->title));
      return act(caller, campaign_path(global, route), {{member, cited}});
    });
  }

  auto* reopening = proceedings->add_subcommand("reopening", "record an order to correct tables");
  cites(reopening, "the order");
  reopening->add_option("--table", args->tables, "tables")->required();
  reopening->add_option("--due", args->due, "instant with offset")->required();
  on(reopening, [&global, args](Caller& caller) -> Result<void> {
    CS_TRY(const json cited, cited_file(args->file, args->title));
    return act(caller, campaign_path(global, "/reopening"),
               {{"order", cited}, {"tables", args->tables}, {"due", args->due}});
  });
}

}  // namespace countersign::tools
