// key: a person's signing keys on this device and at the service.
#include "ledger/base/bytes.h"
#include "ledger/person_keys.h"
#include "tools/cli/command.h"
#include "tools/cli/device_signing.h"
#include "tools/cli/language.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"

#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::KeyAlgorithm;
using ledger::Result;
using nlohmann::json;

namespace {

struct KeyArguments {
  std::string file;
  std::string algorithm = "ed25519";
  bool passphrase = false;
  std::string label;
  std::string present;
  std::string person;
  std::string reason;
};

std::string base64_of(const std::string& bytes) {
  return ledger::to_base64(ledger::as_bytes(bytes));
}

Result<std::string> new_passphrase() {
  const std::string once = read_secret("New passphrase: ", "COUNTERSIGN_PASSPHRASE");
  const std::string again = read_secret("The same again: ", "COUNTERSIGN_PASSPHRASE");
  if (once.empty()) return Error{Errc::malformed, "a passphrase is not empty"};
  if (once != again) return Error{Errc::malformed, "the two passphrases differ"};
  return once;
}

Result<void> make_key(const GlobalOptions& global, const KeyArguments& args) {
  const auto algorithm = args.algorithm == "sm2" ? KeyAlgorithm::sm2_sm3 : KeyAlgorithm::ed25519;
  std::string passphrase;
  if (args.passphrase) {
    CS_TRY(passphrase, new_passphrase());
  }
  const auto key = ledger::DeviceKey::generate(algorithm);
  CS_CHECK(key.write(args.file, passphrase));
  if (global.json) {
    std::cout << json{{"file", args.file},
                      {"algorithm", ledger::to_string(algorithm)},
                      {"public_key", base64_of(key.public_key())}}
                     .dump(2)
              << "\n";
    return {};
  }
  std::cout << ledger::to_string(algorithm) << " " << base64_of(key.public_key()) << "\n"
            << say(global,
                   "It signs for you once it is enrolled: countersign key enrol " + args.file,
                   "登记之后方可签署：countersign key enrol " + args.file)
            << "\n";
  return {};
}

Result<void> enrol(Caller& caller, const KeyArguments& args) {
  CS_TRY(const auto key, open_device_key(args.file));
  CS_TRY(const json me, caller.get("/v1/me"));
  CS_TRY(const json service, caller.get("/v1/ledger"));
  ledger::KeyEnrolmentText text{service.at("origin"),
                                ledger::AccountId(text_of(me, "account")),
                                ledger::PersonId(text_of(me, "person")),
                                key.public_key(),
                                {},
                                args.label};
  std::optional<ledger::DeviceKey> present;
  if (!args.present.empty()) {
    CS_TRY(auto opened, open_device_key(args.present));
    text.replaces = opened.public_key();
    present = std::move(opened);
  }
  const std::string name = ledger::person_key_name(text.origin, text.person);
  ledger::SignedNote note{ledger::key_enrolment_text(text), {}};
  std::cerr << note.text;
  note.signatures.push_back(key.sign(name, note.text));
  if (present) note.signatures.push_back(present->sign(name, note.text));
  json body = {{"public_key", base64_of(text.public_key)}, {"note", note.serialize()}};
  if (!text.label.empty()) body["label"] = text.label;
  if (present) body["replaces"] = base64_of(text.replaces);
  body["password"] = read_password("Password, to enrol this key: ");
  return act(caller, "/v1/me/keys", body);
}

// The person named, or the one who asks.
Result<std::string> person_of(Caller& caller, const KeyArguments& args) {
  if (!args.person.empty()) return args.person;
  CS_TRY(const json me, caller.get("/v1/me"));
  return text_of(me, "person");
}

Result<void> list(Caller& caller, const GlobalOptions& global, const KeyArguments& args) {
  CS_TRY(const std::string person, person_of(caller, args));
  CS_TRY(const json reply, caller.get("/v1/persons/" + percent_encode(person) + "/keys"));
  if (printed(caller, reply)) return {};
  TextTable table({"entry", when_heading(global, "enrolled", "登记"),
                   say(global, "held", "保管"), say(global, "algorithm", "算法"),
                   say(global, "label", "名称"), say(global, "state", "状态"),
                   say(global, "public key", "公钥")});
  for (const auto& one : reply.at("keys")) {
    const json& revoked = one.at("revoked");
    const bool device = one.at("held") == "device";
    std::string state = say(global, "replaced; its signatures stand", "已替换，此前的签名继续有效");
    if (!revoked.is_null()) {
      state = say(global, "revoked ", "吊销于 ") + instant_text(global, revoked.at("at")) +
              (revoked.value("by_holder", false) ? say(global, " by its holder", "（本人）")
                                                 : say(global, " by an administrator", "（管理员）")) +
              say(global, "; signatures made before stand", "，此前的签名继续有效");
    } else if (one.value("signs", false)) {
      state = say(global, "signs", "在用");
    }
    table.add({text_of(one, "enrolled_by"), when(global, one.at("enrolled_at")),
               device ? say(global, "on device", "本人设备") : say(global, "by the service", "系统"),
               text_of(one, "algorithm"), text_of(one, "label"), state,
               text_of(one, "public_key")});
  }
  std::cout << table.text();
  if (reply.value("waits_for_administrator", false)) {
    std::cout << say(global,
                     "The device key was revoked by its holder: an administrator has to issue a "
                     "new password before another key signs.",
                     "设备密钥已由本人吊销：须由管理员重新发放口令后方可登记新密钥。")
              << "\n";
  }
  return {};
}

Result<void> revoke(Caller& caller, const KeyArguments& args) {
  CS_TRY(const std::string person, person_of(caller, args));
  return act(caller, "/v1/persons/" + percent_encode(person) + "/key/revoke",
             {{"reason", args.reason}});
}

}  // namespace

void add_key_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto* key = app.add_subcommand("key", "signing keys on one's own device");
  key->require_subcommand(1);
  auto args = std::make_shared<KeyArguments>();
  const auto on = [&action, &global, args](CLI::App* command, auto use) {
    command->callback([&action, &global, args, use] {
      action = [&global, args, use] {
        return with_service(global, [&](Caller& caller) { return use(caller, global, *args); });
      };
    });
  };

  auto* make = key->add_subcommand("new", "make a key; the file is never written over");
  make->add_option("--out", args->file, "file to make, mode 0600")->required();
  make->add_option("--algorithm", args->algorithm, "ed25519 or sm2 (SM2 with SM3)")
      ->check(CLI::IsMember({"ed25519", "sm2"}))
      ->capture_default_str();
  make->add_flag("--passphrase", args->passphrase,
                 "seal the file; asked for, or from COUNTERSIGN_PASSPHRASE");
  make->callback([&action, &global, args] {
    action = [&global, args] { return make_key(global, *args); };
  });

  auto* enrol_command = key->add_subcommand("enrol", "make a key the one that signs for you");
  on(enrol_command, [](Caller& c, const GlobalOptions&, const KeyArguments& a) {
    return enrol(c, a);
  });
  enrol_command->add_option("file", args->file, "the key's file")->required();
  enrol_command->add_option("--replaces", args->present,
                            "file of the device key in force, which co-signs its replacement");
  enrol_command->add_option("--label", args->label, "what to call it, e.g. \"office computer\"");

  auto* list_command = key->add_subcommand("list", "all keys of a person, oldest first");
  on(list_command, list);
  list_command->add_option("--person", args->person, "person id; oneself when absent");

  auto* revoke_command =
      key->add_subcommand("revoke", "revoke the key that signs now; earlier signatures stand");
  on(revoke_command, [](Caller& c, const GlobalOptions&, const KeyArguments& a) {
    return revoke(c, a);
  });
  revoke_command->add_option("--person", args->person,
                             "person id, for administrators; oneself when absent");
  revoke_command->add_option("--reason", args->reason, "why")->required();
}

}  // namespace countersign::tools
