// A person's keys: enrolled, replaced, revoked; and which one signs when.
#include "ledger/domain/state_codec.h"
#include "tests/domain/decider_spec.h"

namespace countersign::ledger {

namespace {

const PersonId kPerson("p-PO.filler");
const char* const kFiller = "PO.filler";

std::string key_named(const std::string& name, std::size_t bytes = 32) {
  std::string key = name;
  key.resize(bytes, '-');
  return key;
}

EnrolKey enrolment(const std::string& name, const std::string& replaces = {},
                   std::size_t bytes = 32) {
  return {key_named(name, bytes), replaces.empty() ? std::string() : key_named(replaces),
          "办公室电脑", "note by " + name};
}

}  // namespace

class PersonKeys : public DeciderSpec {
 protected:
  PersonKeys() { open_campaign(); }

  std::string present_key() const {
    const KeyRecord* key = state_.directory->current_key(kPerson);
    return key == nullptr ? std::string() : key->public_key;
  }
  RefusalCode refused(const EnrolKey& command, const std::string& account = kFiller) {
    return refuse(account, command, "10-08 11:00").code;
  }
  Command issue(const std::string& key) const {
    return SetCredential{AccountId(kFiller), {"verifier", key_named(key), "sealed"}};
  }
  // Of table units, as it is, by the filler.
  Command submit_with(const std::string& key) const {
    Command command = submit(kFiller, "units");
    std::get<SubmitTable>(command).sign_off.public_key = key_named(key);
    return command;
  }
  void enrol(const std::string& name, const std::string& replaces = {}) {
    accept(kFiller, enrolment(name, replaces), "10-08 10:00");
  }
  void revoke(const std::string& account) {
    accept(account, RevokeKey{kPerson, "遗失"}, "10-08 10:30");
  }
};

TEST_F(PersonKeys, AnEnrolledKeySignsInPlaceOfTheOneTheServiceHolds) {
  const std::string held = present_key();
  const auto event =
      std::get<KeyEnrolled>(accept_stored(kFiller, enrolment("device"), "10-08 10:00"));
  EXPECT_EQ(event.account.value, kFiller);
  EXPECT_EQ(event.person, kPerson);
  EXPECT_EQ(event.public_key, key_named("device"));
  EXPECT_EQ(event.label, "办公室电脑");
  EXPECT_EQ(event.note, "note by device");
  EXPECT_TRUE(event.replaces.empty());
  EXPECT_EQ(present_key(), key_named("device"));
  EXPECT_FALSE(state_.directory->current_key(kPerson)->service_held);
  accept(kFiller, change("units"), "10-08 10:05");
  EXPECT_EQ(refuse(kFiller, submit_with(held), "10-08 10:10").code,
            RefusalCode::signature_not_valid);
  accept(kFiller, submit_with("device"), "10-08 10:10");
}

TEST_F(PersonKeys, AKeyOfSm2ComesBackFromWhatIsStored) {
  const auto event =
      std::get<KeyEnrolled>(accept_stored(kFiller, enrolment("sm2", "", 65), "10-08 10:00"));
  EXPECT_EQ(event.public_key, key_named("sm2", 65));
}

TEST_F(PersonKeys, AReplacementIsCoSignedByThePresentDeviceKey) {
  enrol("first");
  EXPECT_EQ(refused(enrolment("second")), RefusalCode::key_not_cosigned);
  EXPECT_EQ(refused(enrolment("second", "other")), RefusalCode::key_not_cosigned);
  const auto event =
      std::get<KeyEnrolled>(accept_stored(kFiller, enrolment("second", "first"), "10-08 11:00"));
  EXPECT_EQ(event.replaces, key_named("first"));
  EXPECT_EQ(present_key(), key_named("second"));
}

TEST_F(PersonKeys, NoKeyIsReplacedThatIsNotThere) {
  EXPECT_EQ(refused(enrolment("second", "first")), RefusalCode::key_not_proved);
}

TEST_F(PersonKeys, AKeyIsEnrolledOnceAndForOnePerson) {
  enrol("first");
  EXPECT_EQ(refused(enrolment("first"), "HR.filler"), RefusalCode::key_known);
  revoke("admin");
  EXPECT_EQ(refused(enrolment("first")), RefusalCode::key_known);
  enrol("second");
}

TEST_F(PersonKeys, AfterAnAdministratorsRevocationANewKeyNeedsNoCoSignature) {
  enrol("first");
  revoke("admin");
  EXPECT_TRUE(present_key().empty());
  enrol("second");
  EXPECT_EQ(present_key(), key_named("second"));
}

TEST_F(PersonKeys, AfterTheHoldersOwnRevocationAnAdministratorGoesFirst) {
  enrol("first");
  revoke(kFiller);
  EXPECT_TRUE(present_key().empty());
  EXPECT_EQ(refused(enrolment("second")), RefusalCode::key_needs_administrator);
  // Nor does a password of one's own bring a key of the service back.
  const auto own = std::get<CredentialSet>(accept_stored(kFiller, issue("own"), "10-08 11:00"));
  EXPECT_FALSE(own.enrols);
  EXPECT_TRUE(present_key().empty());
  EXPECT_EQ(refused(enrolment("second")), RefusalCode::key_needs_administrator);
  const auto issued =
      std::get<CredentialSet>(accept_stored("admin", issue("issued"), "10-08 12:00"));
  EXPECT_TRUE(issued.enrols);
  EXPECT_EQ(present_key(), key_named("issued"));
  accept(kFiller, enrolment("second"), "10-08 13:00");
}

TEST_F(PersonKeys, APasswordDoesNotReplaceADeviceKey) {
  enrol("first");
  for (const char* account : {"admin", kFiller}) {
    const auto event =
        std::get<CredentialSet>(accept_stored(account, issue("reset"), "10-08 11:00"));
    EXPECT_FALSE(event.enrols);
    EXPECT_EQ(present_key(), key_named("first"));
  }
  EXPECT_EQ(state_.directory->account(AccountId(kFiller))->sealed_key, "sealed");
}

TEST_F(PersonKeys, OnlyTheHolderOrAnAdministratorRevokesAndSaysWhy) {
  enrol("first");
  EXPECT_EQ(refuse("HR.filler", RevokeKey{kPerson, "x"}, "10-08 11:00").code,
            RefusalCode::right_missing);
  EXPECT_EQ(refuse("centre", RevokeKey{kPerson, "x"}, "10-08 11:00").code,
            RefusalCode::right_missing);
  EXPECT_EQ(refuse(kFiller, RevokeKey{kPerson, ""}, "10-08 11:00").code,
            RefusalCode::reason_missing);
  revoke(kFiller);
  EXPECT_EQ(refuse(kFiller, RevokeKey{kPerson, "x"}, "10-08 11:00").code,
            RefusalCode::unknown_subject);
}

TEST_F(PersonKeys, ARevokedKeySignsNothingAndWhatItSignedBeforeStands) {
  enrol("device");
  accept(kFiller, change("units"), "10-08 10:05");
  accept(kFiller, submit_with("device"), "10-08 10:10");
  const LeafIndex statement = state_.size - 1;
  revoke("admin");
  EXPECT_EQ(task("units").status, TaskStatus::submitted);
  accept(kFiller, change("units"), "10-08 11:00");
  EXPECT_EQ(refuse(kFiller, submit_with("device"), "10-08 11:10").code,
            RefusalCode::signature_not_valid);
  const KeyRecord* key = state_.directory->key_at(kPerson, statement);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->public_key, key_named("device"));
  EXPECT_TRUE(key->revoked_by);
}

TEST_F(PersonKeys, ASignatureIsJudgedByTheKeyOfItsTime) {
  const std::string held = present_key();
  const LeafIndex first = state_.size;
  enrol("one");
  const LeafIndex second = state_.size;
  enrol("two", "one");
  const LeafIndex revocation = state_.size;
  revoke("admin");
  const auto key_at = [&](LeafIndex index) {
    const KeyRecord* key = state_.directory->key_at(kPerson, index);
    return key == nullptr ? std::string() : key->public_key;
  };
  EXPECT_EQ(key_at(0), "");
  EXPECT_EQ(key_at(first), held);
  EXPECT_EQ(key_at(first + 1), key_named("one"));
  EXPECT_EQ(key_at(second), key_named("one"));
  EXPECT_EQ(key_at(second + 1), key_named("two"));
  EXPECT_EQ(key_at(revocation), key_named("two"));
  EXPECT_EQ(key_at(revocation + 1), "");
  EXPECT_EQ(state_.directory->key_at(PersonId("nobody"), 9), nullptr);
}

TEST_F(PersonKeys, TheLogsKeyIsReplacedByAnAdministratorWhoSaysWhy) {
  const RotateLogKey command{"old key", "new key", state_.size, "note", "每年一次"};
  EXPECT_EQ(refuse(kFiller, command, "10-08 11:00").code, RefusalCode::right_missing);
  RotateLogKey wrong = command;
  wrong.reason.clear();
  EXPECT_EQ(refuse("admin", wrong, "10-08 11:00").code, RefusalCode::reason_missing);
  wrong = command;
  ++wrong.after;
  EXPECT_EQ(refuse("admin", wrong, "10-08 11:00").code, RefusalCode::key_not_proved);
  EXPECT_TRUE(state_.log_keys.empty());

  const auto event = std::get<LogKeyRotated>(accept_stored("admin", command, "10-08 11:00"));
  EXPECT_EQ(event.retires, "old key");
  EXPECT_EQ(event.verifier_key, "new key");
  EXPECT_EQ(event.note, "note");
  EXPECT_EQ(event.reason, "每年一次");
  const std::vector<LogKeyRotation> wanted{{state_.size - 1, "old key", "new key"}};
  EXPECT_EQ(state_.log_keys, wanted);
  EXPECT_EQ(decode_state(encode_state(state_), definitions_of(state_)).value().log_keys, wanted);
}

}  // namespace countersign::ledger
