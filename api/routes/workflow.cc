// Workflow: versions, submission, approval, return, and what assisting departments supply.
#include "api/processes/sign_off.h"
#include "api/processes/validation.h"
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "ledger/ledger.h"
#include "projections/evidence/queries.h"
#include "projections/views.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::VersionRef;
using nlohmann::json;

namespace {

// The version that the body names, which must be the content as it is now: a person signs what
// stands there, and nothing that somebody changed in the meantime.
std::variant<CurrentVersion, Problem> named_version(BodyReader& body, const TableAccess& access,
                                                    Services& services) {
  BodyReader named = body.object("version");
  const auto number = named.number("number");
  const auto hash = named.hash("hash");
  if (auto problem = named.finish()) return std::move(*problem);
  auto current = current_version(access, services);
  auto* found = std::get_if<CurrentVersion>(&current);
  if (found == nullptr) return current;
  if (found->version.hash != hash) {
    return problem_of(ledger::Refusal{ledger::RefusalCode::version_moved_on,
                                      {{"table", access.table().key.value},
                                       {"named", std::to_string(number)},
                                       {"current", std::to_string(found->version.number)}}});
  }
  found->version.number = static_cast<std::uint32_t>(number);
  return current;
}

// The signed statement: made here with the password, or brought along by a key of one's own.
std::variant<ledger::SignOff, Problem> sign_off_of(const Request& request, Services& services,
                                                   BodyReader& body,
                                                   const SignOffSubject& subject) {
  const auto password = body.optional_text("password");
  const auto note = body.optional_text("note");
  if (password.has_value() == note.has_value()) {
    body.reject("password", "or a signed note is required, not both",
                "与已签名的 note 须且只须提供其一");
  }
  if (auto problem = body.finish()) return std::move(*problem);
  if (password) return sign_with_password(request, services, subject, *password);
  ledger::SignOff sign_off;
  sign_off.note = *note;
  sign_off.service_held = false;
  if (const auto* key = request.directory->current_key(request.account->account.person)) {
    sign_off.public_key = key->public_key;
  }
  return sign_off;
}

// The right comes before the version and the signature: others are told nothing of either.
std::optional<Problem> refuse_signing(const Request& request, const Services& services,
                                      const TableAccess& access,
                                      const ledger::ApprovalLevel* level) {
  auto statement =
      sign_off_statement(request, services, {&access.campaign(), &access.table(), level, {}});
  if (auto* problem = std::get_if<Problem>(&statement)) return std::move(*problem);
  return std::nullopt;
}

// Rows that evidence stands behind, of requirements that ask for one for each row.
std::optional<Problem> count_evidence_rows(const TableAccess& access, Services& services,
                                           ledger::SubmitTable& command) {
  auto found = services.views.evidence().coverage(access.campaign(), access.table().key.value);
  if (!found) return problem_of(found.error());
  command.evidence_as_of = found->as_of;
  for (const auto& one : found->coverage) {
    if (one.requirement.per_row) command.evidence_rows[one.requirement.id] = one.covered;
  }
  return std::nullopt;
}

const ledger::ApprovalLevel* level_named(BodyReader& body, const TableAccess& access) {
  const auto* level = access.campaign().level(ledger::LevelId(body.text("level")));
  if (level == nullptr)
    body.reject("level", "is not a level of the approval chain", "不是审批环节");
  return level;
}

}  // namespace

ReadResult show_version(const Request& request, Services& services) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  auto current = current_version(std::get<TableAccess>(opened), services);
  if (auto* problem = std::get_if<Problem>(&current)) return std::move(*problem);
  const auto& found = std::get<CurrentVersion>(current);
  Response response;
  response.body = json{
      {"number", found.version.number},
      {"hash", ledger::to_hex(found.version.hash)},
      {"rows", found.version.rows},
      {"size",
       found.size}}.dump();
  return response;
}

ReadResult show_sign_off_text(const Request& request, Services& services) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(opened);
  BodyReader body(request);
  SignOffSubject subject{&access.campaign(), &access.table(), nullptr, {}};
  const std::string level = body.text("level");
  if (level != "submission") {
    subject.level = access.campaign().level(ledger::LevelId(level));
    if (subject.level == nullptr) {
      body.reject("level", "is not a level of the approval chain", "不是审批环节");
    }
  }
  if (auto problem = body.finish()) return std::move(*problem);
  auto current = current_version(access, services);
  if (auto* problem = std::get_if<Problem>(&current)) return std::move(*problem);
  subject.version = std::get<CurrentVersion>(current).version;
  auto statement = sign_off_statement(request, services, subject);
  if (auto* problem = std::get_if<Problem>(&statement)) return std::move(*problem);
  auto& text = std::get<ledger::SignOffText>(statement);
  text.service_held = false;
  Response response;
  response.body = json{{"text", ledger::sign_off_text(text)},
                       {"name", text.origin + "/persons/" + text.person.value},
                       {"version",
                        {{"number", text.version.number},
                         {"hash", ledger::to_hex(text.version.hash)},
                         {"rows", text.version.rows}}},
                       {"at", ledger::format_utc(text.at)}}
                      .dump();
  return response;
}

WriteResult submit_table(const Request& request, Services& services) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  if (auto problem = refuse_signing(request, services, access, nullptr)) return std::move(*problem);
  BodyReader body(request);
  auto named = named_version(body, access, services);
  if (auto* problem = std::get_if<Problem>(&named)) return std::move(*problem);
  const auto& version = std::get<CurrentVersion>(named);
  auto signed_off = sign_off_of(request, services, body,
                                {&access.campaign(), &access.table(), nullptr, version.version});
  if (auto* problem = std::get_if<Problem>(&signed_off)) return std::move(*problem);
  ledger::SubmitTable command{access.campaign().id, access.table().key, version.version,
                              version.size,
                              std::move(std::get<ledger::SignOff>(signed_off))};
  if (auto problem = count_evidence_rows(access, services, command)) return std::move(*problem);
  auto missing = missing_validation(request, access, version.version, services);
  if (auto* problem = std::get_if<Problem>(&missing)) return std::move(*problem);
  Wanted wanted{ledger::Command(std::move(command))};
  if (auto& run = std::get<0>(missing)) wanted.first = ledger::Command(std::move(*run));
  return wanted;
}

WriteResult approve_table(const Request& request, Services& services) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  BodyReader body(request);
  const auto* level = level_named(body, access);
  if (level == nullptr) return std::move(*body.finish());
  if (auto problem = refuse_signing(request, services, access, level)) return std::move(*problem);
  auto named = named_version(body, access, services);
  if (auto* problem = std::get_if<Problem>(&named)) return std::move(*problem);
  const auto& version = std::get<CurrentVersion>(named);
  auto signed_off = sign_off_of(request, services, body,
                                {&access.campaign(), &access.table(), level, version.version});
  if (auto* problem = std::get_if<Problem>(&signed_off)) return std::move(*problem);
  return Wanted{ledger::Command(
      ledger::ApproveTable{access.campaign().id, access.table().key, level->id, version.version,
                           std::move(std::get<ledger::SignOff>(signed_off))})};
}

WriteResult return_table(const Request& request, Services& services) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  BodyReader body(request);
  const auto* level = level_named(body, access);
  auto named = named_version(body, access, services);
  if (auto* problem = std::get_if<Problem>(&named)) return std::move(*problem);
  ledger::ReturnTable command;
  command.campaign = access.campaign().id;
  command.table = access.table().key;
  command.version = std::get<CurrentVersion>(named).version;
  command.due = body.optional_instant("due");
  for (BodyReader& reason : body.objects("reasons")) {
    ledger::ReturnReason one;
    if (auto row = reason.optional_text("row")) one.row = ledger::RowKey(*row);
    one.column = reason.optional_text("column").value_or("");
    one.rule = reason.optional_text("rule").value_or("");
    one.text = reason.optional_text("text").value_or("");
    if (auto problem = reason.finish()) return std::move(*problem);
    command.reasons.push_back(std::move(one));
  }
  if (auto problem = body.finish()) return std::move(*problem);
  command.level = level->id;
  return Wanted{ledger::Command(std::move(command))};
}

WriteResult request_assist(const Request& request, Services&) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  BodyReader body(request);
  ledger::RequestAssist command{
      access.campaign().id,    access.table().key,
      body.text("part"),       ledger::DepartmentId(body.text("department")),
      body.instant("due"),     body.optional_text("text").value_or(""),
      body.texts("new_items"), body.texts("changed_items")};
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{ledger::Command(std::move(command)), 201};
}

WriteResult deliver_assist(const Request& request, Services&) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  BodyReader body(request);
  ledger::DeliverAssist command{access.campaign().id, access.table().key, request.param("part"),
                                body.flag("nothing_to_report", false)};
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{ledger::Command(std::move(command))};
}

WriteResult decline_assist(const Request& request, Services&) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  BodyReader body(request);
  ledger::DeclineAssist command{access.campaign().id, access.table().key, request.param("part"),
                                body.text("reason")};
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{ledger::Command(std::move(command))};
}

}  // namespace countersign::api
