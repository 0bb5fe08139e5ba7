// campaign: definition, assignment, phases, extensions, delegation, tables.
#include "tools/cli/command.h"
#include "tools/cli/language.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"

#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

struct CampaignArguments {
  std::string file;
  std::uint32_t revision = 0;
  std::string phase;
  std::vector<std::string> tables;
  std::string due;
  std::string reason;
  std::string role;
  std::string department;
  std::string from;
  std::string to;
  std::string until;
};

Result<void> define(Caller& caller, const GlobalOptions& global, const CampaignArguments& args) {
  std::ifstream file(args.file);
  if (!file) return Error{Errc::not_found, "cannot read " + args.file};
  std::stringstream text;
  text << file.rdbuf();
  Headers headers;
  if (args.revision > 0)
    headers.emplace_back("If-Match", "\"" + std::to_string(args.revision) + "\"");
  CS_TRY(const Reply reply, caller.raw("PUT", campaign_path(global), text.str(), headers));
  print_receipt(caller, json::parse(reply.body));
  return {};
}

Result<void> list_tables(Caller& caller, const GlobalOptions& global) {
  CS_TRY(const json reply, caller.get(campaign_path(global, "/tables")));
  if (printed(caller, reply)) return {};
  TextTable table({"no.", "table", "名称", "name", "owner", when_heading(global, "due"),
                   "you may read"});
  for (const auto& one : reply.at("tables")) {
    table.add({text_of(one, "printed_no"), text_of(one, "key"), text_of(one["name"], "zh"),
               text_of(one["name"], "en"), text_of(one, "owner"), when(global, one["due"]),
               text_of(one, "readable")});
  }
  std::cout << table.text();
  return {};
}

}  // namespace

void add_campaign_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto* campaign = app.add_subcommand("campaign", "define a campaign and run its calendar");
  campaign->require_subcommand(1);
  auto args = std::make_shared<CampaignArguments>();
  const auto on = [&action, &global](CLI::App* command, auto use) {
    command->callback(
        [&action, &global, use] { action = [&global, use] { return with_service(global, use); }; });
  };

  auto* define_command = campaign->add_subcommand("define", "send a campaign definition");
  define_command->add_option("file", args->file, "JSON by /schemas/campaign.json")->required();
  define_command->add_option("--revision", args->revision, "revision this one replaces");
  on(define_command, [&global, args](Caller& caller) { return define(caller, global, *args); });

  auto* assign = campaign->add_subcommand("assign", "assign tables to their departments");
  assign->add_option("tables", args->tables, "tables; all when none is named");
  on(assign, [&global, args](Caller& caller) {
    return act(caller, campaign_path(global, "/assignments"), {{"tables", args->tables}});
  });

  for (const char* verb : {"open", "close"}) {
    auto* command = campaign->add_subcommand(verb, std::string(verb) + " a phase");
    command->add_option("phase", args->phase, "e.g. base_entry")->required();
    on(command, [&global, args, verb](Caller& caller) {
      return act(caller,
                 campaign_path(global, "/phases/" + percent_encode(args->phase) + "/" + verb),
                 json::object());
    });
  }

  auto* extend = campaign->add_subcommand("extend", "move due instants that have not passed");
  extend->add_option("tables", args->tables, "tables")->required();
  extend->add_option("--due", args->due, "new instant with offset")->required();
  extend->add_option("--reason", args->reason, "why")->required();
  on(extend, [&global, args](Caller& caller) {
    return act(caller, campaign_path(global, "/extensions"),
               {{"tables", args->tables}, {"due", args->due}, {"reason", args->reason}});
  });

  auto* delegate = campaign->add_subcommand("delegate", "lend your hat to another person");
  delegate->add_option("--role", args->role, "e.g. reviewer")->required();
  delegate->add_option("--department", args->department, "e.g. HR");
  delegate->add_option("--from", args->from, "person who lends; you, when absent");
  delegate->add_option("--to", args->to, "person who acts")->required();
  delegate->add_option("--until", args->until, "instant with offset")->required();
  delegate->add_option("--reason", args->reason, "why")->required();
  on(delegate, [&global, args](Caller& caller) {
    json body = {
        {"role", args->role}, {"to", args->to}, {"until", args->until}, {"reason", args->reason}};
    if (!args->department.empty()) body["department"] = args->department;
    if (!args->from.empty()) body["from"] = args->from;
    return act(caller, campaign_path(global, "/delegations"), body);
  });

  auto* tables = campaign->add_subcommand("tables", "list the tables of the campaign");
  on(tables, [&global](Caller& caller) { return list_tables(caller, global); });
}

}  // namespace countersign::tools
