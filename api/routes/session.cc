// Sessions: log in for a bearer token, see who one is, change one's own password.
#include "api/http/login_guard.h"
#include "api/http/tokens.h"
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "ledger/base/bytes.h"
#include "ledger/ledger.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

constexpr std::size_t kPasswordCharactersMin = 10;

json hats_json(const std::vector<ledger::UsableHat>& hats) {
  json list = json::array();
  for (const auto& usable : hats) {
    list.push_back(
        {{"role", ledger::to_string(usable.hat.role)},
         {"department", usable.hat.department.empty() ? json() : json(usable.hat.department.value)},
         {"on_behalf_of", usable.on_behalf_of ? json(usable.on_behalf_of->value) : json()}});
  }
  return list;
}

std::vector<ledger::UsableHat> own_hats(const ledger::AccountRecord& record) {
  std::vector<ledger::UsableHat> hats;
  for (const auto& hat : record.account.hats) hats.push_back({hat, std::nullopt});
  return hats;
}

std::string name_of(const ledger::Directory& directory, const ledger::PersonId& person) {
  const auto found = directory.persons.find(person);
  return found == directory.persons.end() ? std::string() : found->second.name;
}

std::optional<Problem> problem_of_answer(const LoginGuard::Answer& answer) {
  if (answer.verdict == LoginGuard::Verdict::accepted) return std::nullopt;
  if (answer.verdict == LoginGuard::Verdict::too_many) {
    Problem problem = bad_request("too_many_attempts", {"尝试次数过多", "Too many attempts"},
                                  {"请稍后再试", "Try again later"});
    problem.status = 429;
    problem.headers.emplace_back("Retry-After", std::to_string(answer.retry_after.count()));
    return problem;
  }
  Problem problem = unauthenticated();
  problem.code = "wrong_password";
  problem.guard = {"账号或口令不正确", "The account or the password is wrong"};
  problem.cure = {"请核对后重试，或请管理员重置",
                  "Check both, or ask an administrator for a reset"};
  return problem;
}

}  // namespace

std::optional<Problem> refuse_password(LoginGuard& guard, const std::string& account,
                                       const ledger::AccountRecord* record,
                                       const std::string& password) {
  return problem_of_answer(guard.check(
      account, record == nullptr ? std::string_view() : std::string_view(record->verifier),
      password));
}

std::optional<Problem> refuse_password(LoginGuard& guard, const std::string& account,
                                       const std::function<bool()>& matches) {
  return problem_of_answer(guard.check(account, matches));
}

ReadResult login(const Request& request, Services& services) {
  BodyReader body(request);
  const std::string account = body.text("account");
  const std::string password = body.text("password");
  if (auto problem = body.finish()) return std::move(*problem);
  const auto* record =
      request.directory->active_account(ledger::AccountId(account), request.received_at);
  if (auto problem = refuse_password(services.login_guard, account, record, password)) {
    return std::move(*problem);
  }
  const auto issued = services.tokens.issue(*record);
  const auto& person = record->account.person;
  Response response;
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = json{{"token", issued.token},
                       {"expires_at", ledger::format_utc(issued.expires_at)},
                       {"account", account},
                       {"person", person.value},
                       {"name", name_of(*request.directory, person)},
                       {"hats", hats_json(own_hats(*record))}}
                      .dump();
  return response;
}

ReadResult show_me(const Request& request, Services&) {
  const auto& account = request.account->account;
  std::vector<ledger::UsableHat> hats = own_hats(*request.account);
  for (const auto& [id, campaign] : request.directory->campaigns) {
    for (const auto& usable :
         ledger::usable_hats(*request.directory, *request.account, id, request.received_at)) {
      if (usable.on_behalf_of) hats.push_back(usable);
    }
  }
  const auto* key = request.directory->current_key(account.person);
  Response response;
  response.body =
      json{{"account", account.id.value},
           {"person", account.person.value},
           {"name", name_of(*request.directory, account.person)},
           {"hats", hats_json(hats)},
           {"key", key == nullptr
                       ? json()
                       : json{{"public_key", ledger::to_base64(ledger::as_bytes(key->public_key))},
                              {"service_held", key->service_held},
                              {"enrolled_by", key->enrolled_by}}}}
          .dump();
  return response;
}

WriteResult change_own_password(const Request& request, Services& services) {
  BodyReader body(request);
  const std::string password = body.text("password");
  const std::string wanted = body.text("new_password");
  if (wanted.size() < kPasswordCharactersMin) {
    body.reject("new_password", "must have at least 10 characters", "至少 10 个字符");
  }
  if (auto problem = body.finish()) return std::move(*problem);
  if (auto problem =
          refuse_password(services.session_guard, request.account->account.id.value,
                          request.account, password)) {
    return std::move(*problem);
  }
  return Wanted{ledger::Command(
      ledger::SetCredential{request.account->account.id, ledger::make_credential(wanted)})};
}

}  // namespace countersign::api
