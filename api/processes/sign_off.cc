#include "api/processes/sign_off.h"

#include "api/routes/handlers.h"
#include "ledger/crypto/ed25519.h"
#include "ledger/crypto/signed_note.h"
#include "ledger/ledger.h"
#include "ledger/person_keys.h"

namespace countersign::api {

namespace {

// The hat this account would sign under: the level's, or the filler's for the submission.
std::optional<ledger::Hat> signing_hat(const Request& request, const SignOffSubject& subject) {
  const ledger::Role role = subject.level == nullptr ? ledger::Role::filler : subject.level->role;
  const bool school_wide = subject.level != nullptr && subject.level->school_wide;
  for (const auto& usable : ledger::usable_hats(*request.directory, *request.account,
                                                subject.campaign->id, request.received_at)) {
    if (usable.hat.role == role && (school_wide || usable.hat.department == subject.table->owner)) {
      return usable.hat;
    }
  }
  return std::nullopt;
}

}  // namespace

std::variant<ledger::SignOffText, Problem> sign_off_statement(const Request& request,
                                                              const Services& services,
                                                              const SignOffSubject& subject) {
  const auto hat = signing_hat(request, subject);
  if (!hat) return problem_of(ledger::Refusal{ledger::RefusalCode::right_missing, {}});
  const auto& person = request.account->account.person;
  const auto* department = subject.campaign->department(hat->department);
  return ledger::SignOffText{
      services.ledger.reader().origin(),
      subject.campaign->institution,
      subject.campaign->id,
      subject.table->key,
      subject.table->name,
      subject.version,
      subject.level == nullptr ? subject.campaign->submission_meaning : subject.level->meaning,
      request.directory->persons.at(person).name,
      person,
      *hat,
      department == nullptr ? ledger::BilingualText{} : department->name,
      request.received_at,
      subject.campaign->calendar.utc_offset_minutes,
      true};
}

std::variant<ledger::SignOff, Problem> sign_with_password(const Request& request,
                                                          Services& services,
                                                          const SignOffSubject& subject,
                                                          const std::string& password) {
  auto statement = sign_off_statement(request, services, subject);
  if (auto* problem = std::get_if<Problem>(&statement)) return std::move(*problem);
  const auto& account = *request.account;
  const std::string& id = account.account.id.value;
  const auto* key = request.directory->current_key(account.account.person);
  const bool held = key != nullptr && key->service_held && !account.sealed_key.empty();
  // Opening the key proves the password, for both come of one credential; comparing it before
  // would double what this costs.
  std::shared_ptr<const ledger::SigningKey> signing_key;
  const auto opens = [&] {
    auto opened = ledger::open_sealed_key(account.sealed_key, password);
    if (opened) signing_key = std::move(*opened);
    return signing_key != nullptr;
  };
  auto refused = held ? refuse_password(services.session_guard, id, opens)
                      : refuse_password(services.session_guard, id, &account, password);
  if (refused) {
    if (refused->status == 401) refused->status = 403;  // the session stands
    return std::move(*refused);
  }
  if (request.directory->device_key(account.account.person) != nullptr) {
    return problem_of(ledger::Refusal{ledger::RefusalCode::device_key_signs, {}});
  }
  if (!held) {
    return problem_of(ledger::Refusal{ledger::RefusalCode::signature_not_valid,
                                      {{"why", "the service holds no key for this account"}}});
  }
  const auto& text = std::get<ledger::SignOffText>(statement);
  const ledger::NoteSigner signer(ledger::person_key_name(text.origin, text.person), signing_key);
  ledger::SignOff sign_off;
  sign_off.note = signer.sign(ledger::sign_off_text(text)).serialize();
  sign_off.public_key = signer.verifier().public_key();
  return sign_off;
}

}  // namespace countersign::api
