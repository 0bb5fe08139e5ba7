#include "ledger/log_key_rotation.h"

#include "ledger/crypto/password.h"
#include "ledger/crypto/signed_note.h"
#include "ledger/key_directory.h"
#include "ledger/ledger.h"
#include "ledger/merkle/log_keys.h"
#include "ledger/verifier_file.h"

namespace countersign::ledger {

namespace {

Error refused(const Refusal& refusal) {
  return {Errc::conflict, refusal.guard().en + ": " + refusal.cure().en};
}

Result<void> check_password(const Directory& directory, const RotateLogKeyOptions& options) {
  const AccountRecord* record = directory.account(options.account);
  if (record != nullptr && !record->closed && !record->verifier.empty() &&
      password_matches(record->verifier, options.password)) {
    return {};
  }
  return Error{Errc::unauthorized, "the account or the password is wrong"};
}

// One text with the lines of both.
std::string signed_by_both(const std::string& text, const NoteSigner& old, const NoteSigner& next) {
  SignedNote note = old.sign(text);
  note.signatures.push_back(next.sign(text).signatures.front());
  return note.serialize();
}

}  // namespace

Result<std::string> rotate_log_key(const RotateLogKeyOptions& options) {
  const KeyDirectory keys(options.directory, options.key_passphrase);
  CS_TRY(const auto prepared_before, keys.next_log_key());
  LedgerOptions ledger_options;
  ledger_options.directory = options.directory;
  ledger_options.key_passphrase = options.key_passphrase;
  const auto fresh = std::make_shared<const SigningKey>(SigningKey::generate());
  ledger_options.next_log_key = fresh;
  CS_TRY(const auto ledger, Ledger::open(std::move(ledger_options)));
  if (prepared_before) {
    CS_TRY(const auto left, keys.next_log_key());
    if (!left) return ledger->verifier_key();  // the open has finished an earlier attempt
    CS_CHECK(keys.remove_next_log_key());
  }
  CS_CHECK(check_password(*ledger->directory(), options));

  CS_TRY(const NoteSigner present, keys.log_key());
  const NoteSigner next(present.name(), fresh);
  const LogKeyStatement statement{present.name(), ledger->reader().size(),
                                  present.verifier().vkey(), next.verifier().vkey()};
  RotateLogKey command{statement.retires, statement.verifier_key, statement.after,
                       signed_by_both(statement.text(), present, next), options.reason};
  Envelope envelope;
  envelope.account = options.account;
  envelope.command_id = CommandId("log-key-" + std::to_string(statement.after));
  envelope.correlation_id = envelope.command_id.value;
  envelope.received_at = ledger->clock().now();
  CS_TRY(auto prepared, ledger->preparer().prepare(*ledger->directory(), envelope, {},
                                                   Command(std::move(command))));
  if (const auto* refusal = std::get_if<Refusal>(&prepared)) return refused(*refusal);
  CS_CHECK(keys.write_next_log_key(next));
  const Outcome outcome = ledger->propose_and_wait(std::move(std::get<VerifiedCommand>(prepared)));
  const auto* error = std::get_if<Error>(&outcome);
  // The key may sign already: the next open knows.
  if (error != nullptr && error->code == Errc::io) return *error;
  if (!std::holds_alternative<Committed>(outcome)) {
    CS_CHECK(keys.remove_next_log_key());
    return error != nullptr ? *error : refused(std::get<Refusal>(outcome));
  }
  ledger->stop();  // publishes the checkpoint that both signed
  CS_CHECK(write_verifier_file(options.directory, next.verifier()));
  CS_CHECK(keys.promote_next_log_key());
  return statement.verifier_key;
}

}  // namespace countersign::ledger
