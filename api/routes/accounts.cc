// Accounts: opened, closed and given credentials by administrators.
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "ledger/ledger.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Command;
using nlohmann::json;

namespace {

constexpr std::size_t kPasswordCharactersMin = 10;

std::optional<ledger::Hat> hat_of(BodyReader& body) {
  const auto role = ledger::role_from(body.text("role"));
  if (!role || *role == ledger::Role::system) {
    body.reject("role", "is not a role a person can have", "不是可授予的角色");
    return std::nullopt;
  }
  return ledger::Hat{*role, ledger::DepartmentId(body.optional_text("department").value_or(""))};
}

}  // namespace

ReadResult list_accounts(const Request& request, Services&) {
  if (!wears(request, ledger::Role::administrator)) {
    return forbidden({"只有管理员可以查看账号", "Only administrators may list accounts"},
                     {"请联系管理员", "Ask an administrator"});
  }
  json list = json::array();
  for (const auto& [id, record] : request.directory->accounts) {
    json hats = json::array();
    for (const auto& hat : record.account.hats) {
      hats.push_back({{"role", ledger::to_string(hat.role)}, {"department", hat.department.value}});
    }
    const auto* key = request.directory->current_key(record.account.person);
    list.push_back(
        {{"id", id.value},
         {"person", record.account.person.value},
         {"hats", std::move(hats)},
         {"closed", record.closed},
         {"credential", !record.verifier.empty()},
         {"key",
          key == nullptr ? json() : json(ledger::to_base64(ledger::as_bytes(key->public_key)))},
         {"valid_from", record.account.valid_from
                            ? json(ledger::format_utc(*record.account.valid_from))
                            : json()},
         {"valid_until", record.account.valid_until
                             ? json(ledger::format_utc(*record.account.valid_until))
                             : json()}});
  }
  Response response;
  response.body = json{{"accounts", std::move(list)}}.dump();
  return response;
}

WriteResult open_account(const Request& request, Services&) {
  BodyReader body(request);
  ledger::OpenAccount command;
  command.account.id = ledger::AccountId(body.text("id"));
  if (body.has("person")) {
    BodyReader person = body.object("person");
    command.person =
        ledger::Person{ledger::PersonId(person.text("id")), person.text("name"),
                       ledger::DepartmentId(person.optional_text("department").value_or(""))};
    if (auto problem = person.finish()) return std::move(*problem);
    command.account.person = command.person->id;
  } else {
    command.account.person = ledger::PersonId(body.text("person_id"));
  }
  for (BodyReader& hat : body.objects("hats")) {
    if (auto worn = hat_of(hat)) command.account.hats.push_back(*worn);
    if (auto problem = hat.finish()) return std::move(*problem);
  }
  command.account.valid_from = body.optional_instant("valid_from");
  command.account.valid_until = body.optional_instant("valid_until");
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command)), 201};
}

WriteResult close_account(const Request& request, Services&) {
  BodyReader body(request);
  ledger::CloseAccount command{ledger::AccountId(request.param("account")), body.text("reason")};
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{Command(std::move(command))};
}

WriteResult set_account_password(const Request& request, Services&) {
  BodyReader body(request);
  const std::string password = body.text("password");
  if (password.size() < kPasswordCharactersMin) {
    body.reject("password", "must have at least 10 characters", "至少 10 个字符");
  }
  if (auto problem = body.finish()) return std::move(*problem);
  if (!wears(request, ledger::Role::administrator)) {
    // Judged again by the domain; asked here first because a credential is costly to make.
    return problem_of(ledger::Refusal{ledger::RefusalCode::right_missing, {}});
  }
  return Wanted{Command(ledger::SetCredential{ledger::AccountId(request.param("account")),
                                              ledger::make_credential(password)})};
}

}  // namespace countersign::api
