// Persons' signing keys: enrolled by their holders, revoked by them or an administrator, listed.
#include "api/processes/person_keys.h"
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "ledger/base/key_algorithm.h"
#include "ledger/ledger.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

constexpr std::size_t kLabelBytesMax = 64;

// A label stands in a line of the enrolment text.
bool is_label(const std::string& text) {
  return text.size() <= kLabelBytesMax &&
         std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

// Empty after noting what is wrong with it.
std::string public_key_of(BodyReader& body, const char* name, const std::string& text) {
  const auto key = ledger::from_base64(text);
  if (key && ledger::key_algorithm_of(*key)) return *key;
  body.reject(name, "must be the 32 bytes of an Ed25519 key or the 65 of an SM2 key, in base64",
              "须为 32 字节的 Ed25519 公钥或 65 字节的 SM2 公钥（base64）");
  return {};
}

}  // namespace

ReadResult list_keys(const Request& request, Services& services) {
  const ledger::PersonId person(request.param("person"));
  const bool own = request.account->account.person == person;
  const bool administers = wears(request, ledger::Role::administrator);
  if (!own && !administers && !wears(request, ledger::Role::centre_office) &&
      !wears(request, ledger::Role::auditor)) {
    return forbidden({"只能查看本人的密钥", "You may list your own keys only"},
                     {"请联系管理员、评估中心或审计人员",
                      "Ask an administrator, the Centre or an auditor"});
  }
  if (!request.directory->persons.contains(person)) return not_found("person", "人员");
  auto keys = keys_of_person(*request.directory, services, person, own || administers);
  if (!keys) return problem_of(keys.error());
  Response response;
  response.body = json{{"person", person.value},
                       {"keys", std::move(*keys)},
                       {"waits_for_administrator",
                        request.directory->waits_for_administrator(person)}}
                      .dump();
  return response;
}

// The password is asked for again: a token alone must not become a signature.
WriteResult enrol_key(const Request& request, Services& services) {
  BodyReader body(request);
  ledger::EnrolKey command;
  command.public_key = public_key_of(body, "public_key", body.text("public_key"));
  if (const auto replaces = body.optional_text("replaces")) {
    command.replaces = public_key_of(body, "replaces", *replaces);
  }
  command.label = body.optional_text("label").value_or("");
  if (!is_label(command.label)) {
    body.reject("label", "has at most 64 bytes and no control characters",
                "至多 64 字节，且不含控制字符");
  }
  command.note = body.text("note");
  const std::string password = body.text("password");
  if (auto problem = body.finish()) return std::move(*problem);
  if (auto refused = refuse_password(services.session_guard, request.account->account.id.value,
                                     request.account, password)) {
    if (refused->status == 401) refused->status = 403;  // the session stands
    return std::move(*refused);
  }
  return Wanted{ledger::Command(std::move(command)), 201};
}

WriteResult revoke_key(const Request& request, Services&) {
  BodyReader body(request);
  ledger::RevokeKey command{ledger::PersonId(request.param("person")), body.text("reason")};
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{ledger::Command(std::move(command))};
}

}  // namespace countersign::api
