#include "ledger/verified_command.h"

#include "ledger/base/key_algorithm.h"
#include "ledger/crypto/signed_note.h"
#include "ledger/domain/event_codec.h"
#include "ledger/merkle/log_keys.h"
#include "ledger/person_keys.h"
#include "ledger/table_layouts.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

// A statement may be read, and typed a password for, before it arrives.
constexpr Duration kSignOffAgeMax = Duration::seconds(300);

Refusal not_signed(const char* why) { return {RefusalCode::signature_not_valid, {{"why", why}}}; }

// What a sign-off must say, from the command that carries it.
struct Stated {
  const SignOff* sign_off = nullptr;
  CampaignId campaign;
  TableKey table;
  const VersionRef* version = nullptr;
  const LevelId* level = nullptr;  // null: submission
};

std::optional<Stated> statement_of(const Command& command) {
  if (const auto* submit = std::get_if<SubmitTable>(&command)) {
    return Stated{&submit->sign_off, submit->campaign, submit->table, &submit->version, nullptr};
  }
  if (const auto* approve = std::get_if<ApproveTable>(&command)) {
    return Stated{&approve->sign_off, approve->campaign, approve->table, &approve->version,
                  &approve->level};
  }
  return std::nullopt;
}

// The instant of the statement's "at" line, which only its signer knows.
std::optional<Timestamp> instant_of(const std::string& text) {
  const auto line = text.find("\nat ");
  const auto equals = text.find(" = ", line);
  if (line == std::string::npos || equals == std::string::npos) return std::nullopt;
  const auto end = text.find('\n', equals);
  auto instant = parse_rfc3339(std::string_view(text).substr(equals + 3, end - equals - 3));
  if (!instant) return std::nullopt;
  return *instant;
}

// The note must be the enrolment text of the command's own facts, signed by the key it enrols and
// by the one that this replaces.
std::optional<Refusal> check_enrolment(const Directory& directory, const std::string& origin,
                                       const Envelope& envelope, const EnrolKey& command) {
  const auto not_proved = [](const char* why) {
    return Refusal{RefusalCode::key_not_proved, {{"why", why}}};
  };
  const AccountRecord* record = directory.account(envelope.account);
  if (record == nullptr) return Refusal{RefusalCode::unknown_account, {}};
  const PersonId& person = record->account.person;
  if (!key_algorithm_of(command.public_key)) {
    return not_proved("a public key has 32 bytes (ed25519) or 65 (sm2-sm3)");
  }
  const std::string name = person_key_name(origin, person);
  const NoteVerifier enrolled(name, command.public_key);
  const auto note = open_note(command.note, {&enrolled, 1});
  if (!note) return not_proved("the text is not signed by the key itself");
  if (note->text != key_enrolment_text({origin, envelope.account, person, command.public_key,
                                        command.replaces, command.label})) {
    return not_proved("the text is another's, or names another key, label or ledger");
  }
  if (command.replaces.empty()) return std::nullopt;
  const NoteVerifier replaced(name, command.replaces);
  if (!key_algorithm_of(command.replaces) || !open_note(command.note, {&replaced, 1})) {
    return Refusal{RefusalCode::key_not_cosigned, {}};
  }
  return std::nullopt;
}

// Both keys must have signed that one takes over from the other.
std::optional<Refusal> check_rotation(const std::string& origin, const RotateLogKey& command) {
  const auto checked = check_log_key_note(
      command.note, {origin, command.after, command.retires, command.verifier_key});
  if (checked) return std::nullopt;
  return Refusal{RefusalCode::key_not_proved, {{"why", checked.error().detail}}};
}

// The note must be the statement made of the command's own facts, signed by the person's own key.
std::optional<Refusal> check_sign_off(const Directory& directory, const std::string& origin,
                                      const Envelope& envelope, const Stated& stated) {
  const AccountRecord* record = directory.account(envelope.account);
  if (record == nullptr) return Refusal{RefusalCode::unknown_account, {}};
  const PersonId& person = record->account.person;
  const CampaignDefinition* campaign = directory.campaign(stated.campaign);
  const TableDefinition* table = campaign == nullptr ? nullptr : campaign->table(stated.table);
  const ApprovalLevel* level =
      stated.level == nullptr || campaign == nullptr ? nullptr : campaign->level(*stated.level);
  // What does not exist is refused by decide(), in its own words.
  if (table == nullptr || (stated.level != nullptr && level == nullptr)) return std::nullopt;

  const KeyRecord* key = directory.current_key(person);
  if (key == nullptr) return not_signed("no key is enrolled");
  if (key->service_held != stated.sign_off->service_held) {
    return not_signed("the statement does not say where the key that signs is held");
  }
  const NoteVerifier verifier(person_key_name(origin, person), key->public_key);
  const auto note = open_note(stated.sign_off->note, {&verifier, 1});
  if (!note) return not_signed("the note is not signed by the person's present key");
  const auto at = instant_of(note->text);
  if (!at || *at > envelope.received_at + kSignOffAgeMax ||
      envelope.received_at > *at + kSignOffAgeMax) {
    return not_signed("the statement's time is not near the time it was received");
  }
  SignOffText wanted{origin,
                     campaign->institution,
                     stated.campaign,
                     stated.table,
                     table->name,
                     *stated.version,
                     level == nullptr ? campaign->submission_meaning : level->meaning,
                     directory.persons.at(person).name,
                     person,
                     {},
                     {},
                     *at,
                     campaign->calendar.utc_offset_minutes,
                     stated.sign_off->service_held};
  for (const UsableHat& usable :
       usable_hats(directory, *record, stated.campaign, envelope.received_at)) {
    wanted.hat = usable.hat;
    const Department* department = campaign->department(usable.hat.department);
    wanted.hat_department = department == nullptr ? BilingualText{} : department->name;
    if (sign_off_text(wanted) == note->text) return std::nullopt;
  }
  return not_signed("the statement does not say what is asked");
}

}  // namespace

Preparer::Preparer(const Reader& reader)
    : reader_(reader), layouts_(std::make_unique<TableLayouts>()) {}
Preparer::~Preparer() = default;

Result<void> Preparer::find_heads(AttestTable& command) const {
  CS_TRY(const TableContent heads,
         reader_.table_heads(command.campaign.value, command.table.value));
  command.heads = {heads.hash, heads.rows};
  command.computed_at = heads.size;
  return {};
}

Result<std::optional<Prepared>> Preparer::known(const Envelope& envelope,
                                                const Hash& body_hash) const {
  if (envelope.fresh_id) return std::optional<Prepared>();
  CS_TRY(const auto record, reader_.log().command(envelope.command_id.value));
  if (!record) return std::optional<Prepared>();
  if (record->body_hash != body_hash) return std::optional<Prepared>(CommandIdReused{});
  return std::optional<Prepared>(Committed{record->first, record->count, record->tree_size, true});
}

Result<Prepared> Preparer::prepare(const Directory& directory, Envelope envelope, Hash body_hash,
                                   Command command) const {
  VerifiedCommand verified;
  // Taken before anything is looked up: what comes later is in the sequencer's window.
  verified.prepared_at_ = reader_.size();
  CS_TRY(auto answered, known(envelope, body_hash));
  if (answered) return std::move(*answered);
  if (const auto stated = statement_of(command)) {
    if (auto refusal = check_sign_off(directory, reader_.origin(), envelope, *stated)) {
      return Prepared(std::move(*refusal));
    }
  }
  if (auto* erasure = std::get_if<EraseRow>(&command)) CS_CHECK(find_erased(*erasure, verified));
  if (auto* erasure = std::get_if<EraseTexts>(&command)) CS_CHECK(find_erased(*erasure, verified));
  if (auto* erasure = std::get_if<ErasePerson>(&command)) CS_CHECK(find_erased(*erasure, verified));
  if (auto* attestation = std::get_if<AttestTable>(&command)) CS_CHECK(find_heads(*attestation));
  if (const auto* enrolment = std::get_if<EnrolKey>(&command)) {
    if (auto refusal = check_enrolment(directory, reader_.origin(), envelope, *enrolment)) {
      return Prepared(std::move(*refusal));
    }
  }
  if (const auto* rotation = std::get_if<RotateLogKey>(&command)) {
    if (auto refusal = check_rotation(reader_.origin(), *rotation)) {
      return Prepared(std::move(*refusal));
    }
  }
  for (auto& items : payload_items(command)) {
    PayloadRecord payload = record_of(seal(std::move(items)));
    payload.record = reader_.log().prepare_payload(std::move(payload.record));
    verified.payloads_.push_back(std::move(payload));
  }
  verified.command_ = std::move(command);
  verified.envelope_ = std::move(envelope);
  verified.body_hash_ = body_hash;
  return Prepared(std::move(verified));
}

}  // namespace countersign::ledger
