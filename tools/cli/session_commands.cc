// login, logout, me: who this user is to the service.
#include "tools/cli/command.h"
#include "tools/cli/language.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"

#include <filesystem>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Result;
using nlohmann::json;

namespace {

Result<void> login(const GlobalOptions& global, const std::string& account, const std::string& url,
                   const std::string& authorities) {
  CS_TRY(Session session, load_session());
  if (!url.empty()) session.url = url;
  if (!authorities.empty()) session.authorities = std::filesystem::absolute(authorities);
  session.token.clear();
  session.account = account;
  Caller caller(session, global);
  const std::string password = read_password("Password for " + account + ": ");
  CS_TRY(const json reply,
         caller.write("POST", "/v1/login", {{"account", account}, {"password", password}}));
  session.token = reply.at("token").get<std::string>();
  CS_CHECK(save_session(session));
  if (global.json) {
    std::cout << json{{"account", account}, {"expires_at", reply.at("expires_at")}}.dump(2) << "\n";
  } else {
    std::cout << "Logged in to " << session.url << " as " << account << " until "
              << instant_text(global, reply.at("expires_at")) << ".\n";
  }
  return {};
}

Result<void> show_me(Caller& caller) {
  CS_TRY(const json me, caller.get("/v1/me"));
  if (printed(caller, me)) return {};
  std::cout << text_of(me, "name") << " (" << text_of(me, "person") << "), account "
            << text_of(me, "account") << "\n";
  TextTable table({"role", "department"});
  for (const auto& hat : me.at("hats"))
    table.add({text_of(hat, "role"), text_of(hat, "department")});
  std::cout << table.text();
  return {};
}

Result<void> change_password(Caller& caller) {
  const std::string old_password = read_password("Present password: ");
  const std::string new_password = read_new_password("New password: ");
  return act(caller, "/v1/password", {{"password", old_password}, {"new_password", new_password}});
}

}  // namespace

void add_session_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto* login_command = app.add_subcommand("login", "log in and remember the token");
  auto account = std::make_shared<std::string>();
  auto url = std::make_shared<std::string>();
  login_command->add_option("account", *account, "account, e.g. hr.filler")->required();
  login_command->add_option(
      "--url", *url,
      "address of the service: http://127.0.0.1:8080, https://host/path or unix:/path");
  auto authorities = std::make_shared<std::string>();
  login_command
      ->add_option("--ca", *authorities,
                   "PEM file of who may issue the service's certificate, if not one that this "
                   "machine trusts")
      ->check(CLI::ExistingFile);
  login_command->callback([&, account, url, authorities] {
    action = [&global, account, url, authorities] {
      return login(global, *account, *url, *authorities);
    };
  });

  app.add_subcommand("logout", "forget the token")->callback([&] {
    action = []() -> Result<void> {
      CS_TRY(Session session, load_session());
      session.token.clear();
      return save_session(session);
    };
  });
  app.add_subcommand("me", "show who is logged in and under which hats")->callback([&] {
    action = [&global] { return with_service(global, show_me); };
  });
  app.add_subcommand("password", "change your own password; a new signing key is made with it")
      ->callback([&] { action = [&global] { return with_service(global, change_password); }; });
}

}  // namespace countersign::tools
