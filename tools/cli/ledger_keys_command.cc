// ledger-keys: the secret files of a ledger, without the service.
#include "ledger/crypto/key_file.h"
#include "ledger/crypto/log_signer.h"
#include "ledger/key_directory.h"
#include "ledger/log_key_rotation.h"
#include "ledger/verifier_file.h"
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
  std::string account;
  std::string reason;
};

constexpr std::size_t kPassphraseCharactersMin = 12;

// From the file, or typed twice.
Result<std::string> new_passphrase(const LedgerKeysArguments& args) {
  std::string passphrase;
  if (!args.new_passphrase_file.empty()) {
    CS_TRY(passphrase, ledger::read_key_passphrase(args.new_passphrase_file));
  } else {
    passphrase = read_secret("New passphrase of the key files: ", nullptr);
    if (read_secret("Once more: ", nullptr) != passphrase) {
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
  for (const auto& file : ledger::KeyDirectory::files()) {
    const char* const name = file.name;
    const auto encrypted = ledger::is_encrypted_key_file(keys / name);
    if (!file.always && !encrypted && encrypted.error().code == Errc::not_found) continue;
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

Result<void> rotate(const GlobalOptions& global, const LedgerKeysArguments& args) {
  ledger::RotateLogKeyOptions options;
  options.directory = args.data;
  CS_TRY(options.key_passphrase, ledger::read_key_passphrase(args.key_passphrase_file));
  options.account = ledger::AccountId(args.account);
  options.reason = args.reason;
  options.password = read_password("Password for " + args.account + ": ");
  CS_TRY(const std::string vkey, ledger::rotate_log_key(options));
  if (global.json) {
    std::cout << json{{"verifier_key", vkey}}.dump(2) << "\n";
    return {};
  }
  std::cout << "The log's key is replaced; what the old one signed stays verifiable. Its file no longer "
               "holds the old private key: destroy your copies of it too.\nGive the new verifier key to everybody who has the old "
               "one, and to the witnesses before the service starts:\n"
            << vkey << "\nMake a backup now: one from before needs the old key to go on from.\n";
  return {};
}

Result<void> add_sm2(const GlobalOptions& global, const LedgerKeysArguments& args) {
  CS_TRY(const std::string passphrase, ledger::read_key_passphrase(args.key_passphrase_file));
  const ledger::KeyDirectory keys(args.data, passphrase);
  CS_CHECK(keys.log_key());  // no ledger there, or one that does not open
  CS_CHECK(keys.make_sm2_key());
  CS_TRY(const auto signer, keys.log_signer());
  const auto key = signer.sm2_verifier();
  CS_CHECK(ledger::write_verifier_file(args.data, *key));
  if (global.json) {
    std::cout << json{{"sm2_verifier_key", key->vkey()}}.dump(2) << "\n";
    return {};
  }
  std::cout << "From its next start on the service signs checkpoints with this SM2 key as well:\n"
            << key->vkey() << "\n";
  return {};
}

}  // namespace

void add_ledger_keys_command(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<LedgerKeysArguments>();
  auto* keys = app.add_subcommand("ledger-keys",
                                  "the secret files of a ledger; the service may run meanwhile, but for `rotate`");
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

  auto* rotated = add("rotate", "replace the key that signs checkpoints; the service must not run");
  rotated->add_option("--account", args->account, "an administrator's")->required();
  rotated->add_option("--reason", args->reason, "why, for the log")->required();
  rotated->add_option("--key-passphrase-file", args->key_passphrase_file, kKeyPassphraseHelp);
  rotated->callback([&action, &global, args] {
    action = [&global, args] { return rotate(global, *args); };
  });
  auto* sm2 = add("add-sm2", "sign checkpoints with a key of SM2 as well, from the next start on");
  sm2->add_option("--key-passphrase-file", args->key_passphrase_file, kKeyPassphraseHelp);
  sm2->callback([&action, &global, args] {
    action = [&global, args] { return add_sm2(global, *args); };
  });
}

}  // namespace countersign::tools
