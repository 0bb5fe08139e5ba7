// account: opening, closing, credentials, keys.
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

struct AccountArguments {
  std::string account;
  std::string person;
  std::string name;
  std::string department;
  std::vector<std::string> hats;
  std::string valid_from;
  std::string valid_until;
  std::string reason;
};

Result<void> list(Caller& caller) {
  CS_TRY(const json reply, caller.get("/v1/accounts"));
  if (printed(caller, reply)) return {};
  const GlobalOptions& global = caller.global();
  TextTable table({"account", "person", "hats", when_heading(global, "valid from"),
                   when_heading(global, "until"), "state"});
  for (const auto& one : reply.at("accounts")) {
    std::string hats;
    for (const auto& hat : one.at("hats")) {
      if (!hats.empty()) hats += ", ";
      hats += text_of(hat, "role");
      if (const auto department = text_of(hat, "department"); !department.empty()) {
        hats += "/" + department;
      }
    }
    table.add({text_of(one, "id"), text_of(one, "person"), hats, when(global, one["valid_from"]),
               when(global, one["valid_until"]),
               one.value("closed", false)       ? "closed"
               : one.value("credential", false) ? "open"
                                                : "no credential yet"});
  }
  std::cout << table.text();
  return {};
}

Result<void> open(Caller& caller, const AccountArguments& args) {
  json hats = json::array();
  for (const std::string& hat : args.hats) {
    const auto slash = hat.find('/');
    json one = {{"role", hat.substr(0, slash)}};
    if (slash != std::string::npos) one["department"] = hat.substr(slash + 1);
    hats.push_back(std::move(one));
  }
  json body = {{"id", args.account}, {"hats", hats}};
  if (args.name.empty()) {
    body["person_id"] = args.person;
  } else {
    body["person"] = {{"id", args.person}, {"name", args.name}, {"department", args.department}};
  }
  if (!args.valid_from.empty()) body["valid_from"] = args.valid_from;
  if (!args.valid_until.empty()) body["valid_until"] = args.valid_until;
  return act(caller, "/v1/accounts", body);
}

Result<void> post(Caller& caller, const std::string& target, const json& body) {
  return act(caller, target, body);
}

}  // namespace

void add_account_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto* account = app.add_subcommand("account", "accounts, credentials and keys (administrators)");
  account->require_subcommand(1);
  auto args = std::make_shared<AccountArguments>();
  const auto on = [&action, &global](CLI::App* command, auto use) {
    command->callback(
        [&action, &global, use] { action = [&global, use] { return with_service(global, use); }; });
  };
  on(account->add_subcommand("list", "list all accounts"), list);

  auto* open_command = account->add_subcommand("open", "open an account");
  open_command->add_option("account", args->account, "e.g. hr.filler2")->required();
  open_command->add_option("--person", args->person, "person id, e.g. p-0201")->required();
  open_command->add_option("--name", args->name, "the person's name, if the person is new");
  open_command->add_option("--department", args->department, "the new person's department");
  open_command->add_option("--hat", args->hats, "role or role/department; may be repeated")
      ->required();
  open_command->add_option("--from", args->valid_from, "valid from, instant with offset");
  open_command->add_option("--until", args->valid_until, "valid until, exclusive");
  on(open_command, [args](Caller& caller) { return open(caller, *args); });

  auto* close = account->add_subcommand("close", "close an account");
  close->add_option("account", args->account, "account")->required();
  close->add_option("--reason", args->reason, "why")->required();
  on(close, [args](Caller& caller) {
    return post(caller, "/v1/accounts/" + percent_encode(args->account) + "/close",
                {{"reason", args->reason}});
  });

  auto* credential = account->add_subcommand(
      "password", "issue or reset a password; a new signing key comes with it");
  credential->add_option("account", args->account, "account")->required();
  on(credential, [args](Caller& caller) {
    return post(caller, "/v1/accounts/" + percent_encode(args->account) + "/password",
                {{"password", read_new_password("New password for " + args->account + ": ")}});
  });

  auto* revoke = account->add_subcommand("revoke-key",
                                         "revoke a person's signing key; earlier signatures stand");
  revoke->add_option("person", args->person, "person id")->required();
  revoke->add_option("--reason", args->reason, "why")->required();
  on(revoke, [args](Caller& caller) {
    return post(caller, "/v1/persons/" + percent_encode(args->person) + "/key/revoke",
                {{"reason", args->reason}});
  });
}

}  // namespace countersign::tools
