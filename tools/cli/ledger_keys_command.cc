// ledger-keys: the secret files of a ledger, without the service.
#include "ledger/crypto/key_file.h"
#include "ledger/key_directory.h"
#include "tools/cli/command.h"
#include "tools/cli/terminal.h"

#include <filesystem>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

struct LedgerKeysArguments {
  std::string data;
  std::string key_passphrase_file;
  std::string new_passphrase_file;
};

constexpr std::size_t kPassphraseCharactersMin = 12;

// From the file, or typed twice.
Result<std::string> new_passphrase(const LedgerKeysArguments& args) {
  std::string passphrase;
  if (!args.new_passphrase_file.empty()) {
    CS_TRY(passphrase, ledger::read_key_passphrase(args.new_passphrase_file));
  } else {
    passphrase = read_password("New passphrase of the key files: ");
    if (read_password("Once more: ") != passphrase) {
      return Error{Errc::malformed, "the two are not the same; nothing was changed"};
    }
  }
  if (passphrase.size() < kPassphraseCharactersMin) {
    return Error{Errc::malformed,
                 "a passphrase has at least 12 characters; nothing was changed"};
  }
  return passphrase;
}

Result<void> change(const LedgerKeysArguments& args, const std::string& passphrase,
                    const char* what_now) {
  CS_TRY(const std::string old, ledger::read_key_passphrase(args.key_passphrase_file));
  CS_TRY(const auto changed, ledger::KeyDirectory(args.data, old).change_passphrase(passphrase));
  for (const std::string& name : changed) std::cout << name << " is " << what_now << "\n";
  return {};
}

Result<void> encrypt(const LedgerKeysArguments& args) {
  CS_TRY(const std::string passphrase, new_passphrase(args));
  CS_CHECK(change(args, passphrase, "encrypted under the new passphrase"));
  std::cout << "Keep the passphrase where the keys are not: without it no value of the ledger can "
               "be read, and nothing can be signed.\n";
  return {};
}

Result<void> decrypt(const LedgerKeysArguments& args) {
  return change(args, {}, "stored as it is, readable by its owner alone");
}

Result<void> list(const GlobalOptions& global, const LedgerKeysArguments& args) {
  const auto keys = ledger::KeyDirectory(args.data, {}).path();
  json rows = json::array();
  TextTable table({"file", "state"});
  for (const char* const name : {"log.key", "payload.key", "token.key"}) {
    const auto encrypted = ledger::is_encrypted_key_file(keys / name);
    const std::string state = encrypted ? (*encrypted ? "encrypted" : "not encrypted")
                                        : encrypted.error().detail;
    rows.push_back({{"file", name},
                    {"encrypted", encrypted ? json(*encrypted) : json()},
                    {"problem", encrypted ? json() : json(state)}});
    table.add({name, state});
  }
  if (global.json)
    std::cout << rows.dump(2) << "\n";
  else
    std::cout << table.text();
  return {};
}

}  // namespace

void add_ledger_keys_command(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<LedgerKeysArguments>();
  auto* keys = app.add_subcommand("ledger-keys",
                                  "the secret files of a ledger; the service may run meanwhile");
  keys->require_subcommand(1);
  const auto add = [&](const char* name, const char* what) {
    auto* one = keys->add_subcommand(name, what);
    one->add_option("--data", args->data, "directory of the ledger")->required();
    return one;
  };
  auto* listed = add("list", "which there are, and whether they are encrypted");
  listed->callback([&action, &global, args] {
    action = [&global, args] { return list(global, *args); };
  });
  auto* encrypted = add("encrypt", "encrypt them under a passphrase, or change the passphrase");
  encrypted->add_option("--key-passphrase-file", args->key_passphrase_file,
                        "file with the present passphrase; else COUNTERSIGN_KEY_PASSPHRASE");
  encrypted->add_option("--new-passphrase-file", args->new_passphrase_file,
                        "file with the new passphrase; else it is asked for");
  encrypted->callback([&action, args] { action = [args] { return encrypt(*args); }; });
  auto* decrypted = add("decrypt", "store them as they are");
  decrypted->add_option("--key-passphrase-file", args->key_passphrase_file,
                        "file with the present passphrase; else COUNTERSIGN_KEY_PASSPHRASE");
  decrypted->callback([&action, args] { action = [args] { return decrypt(*args); }; });
}

}  // namespace countersign::tools
