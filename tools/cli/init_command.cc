// init: makes a ledger's files, without the service.
#include "ledger/crypto/key_file.h"
#include "ledger/ledger.h"
#include "tools/cli/command.h"
#include "tools/cli/terminal.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

struct InitArguments {
  std::string data;
  std::string origin;
  std::string account = "admin";
  std::string person = "p-0001";
  std::string name;
  std::string simulated;
  std::string key_passphrase_file;
};

constexpr std::size_t kPasswordCharactersMin = 10;

Result<void> init(const InitArguments& args) {
  std::optional<ledger::Timestamp> simulated;
  if (!args.simulated.empty()) {
    CS_TRY(simulated, ledger::parse_rfc3339(args.simulated));
  }
  CS_TRY(const std::string passphrase, ledger::read_key_passphrase(args.key_passphrase_file));
  const std::string password = read_password("Password for " + args.account + ": ");
  if (password.size() < kPasswordCharactersMin) {
    return Error{Errc::malformed, "a password has at least 10 characters"};
  }
  CS_CHECK(ledger::Ledger::create(
      args.data, args.origin,
      {{ledger::PersonId(args.person), args.name, {}}, ledger::AccountId(args.account), password},
      simulated, passphrase));
  std::ifstream vkey(std::filesystem::path(args.data) / "vkey");
  std::string key;
  std::getline(vkey, key);
  std::cout << "Created a ledger in " << args.data << ".\nGive this verifier key to everybody who "
            << "should be able to check it:\n"
            << key << "\n";
  return {};
}

}  // namespace

void add_init_command(CLI::App& app, Action& action) {
  auto args = std::make_shared<InitArguments>();
  auto* init_command =
      app.add_subcommand("init", "create a ledger with its key and first administrator");
  init_command->add_option("--data", args->data, "directory of the new ledger")->required();
  init_command
      ->add_option("--origin", args->origin,
                   "its name for ever, e.g. ledger.school.example/teaching-data")
      ->required();
  init_command->add_option("--account", args->account, "administrator's account")
      ->capture_default_str();
  init_command->add_option("--person", args->person, "administrator's person id")
      ->capture_default_str();
  init_command->add_option("--name", args->name, "administrator's name")->required();
  init_command->add_option(
      "--simulated", args->simulated,
      "run for ever on a simulated clock from this instant; for demonstrations");
  init_command->add_option("--key-passphrase-file", args->key_passphrase_file,
                           kKeyPassphraseHelp);
  init_command->callback([&, args] { action = [args] { return init(*args); }; });
}

}  // namespace countersign::tools
