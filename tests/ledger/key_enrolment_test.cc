// A key is enrolled only with a proof that is for this key, this account and this ledger.
#include "ledger/crypto/device_key.h"
#include "ledger/crypto/signed_note.h"
#include "ledger/domain/events.h"
#include "ledger/person_keys.h"
#include "tests/ledger/ledger_fixture.h"

namespace countersign::ledger {

class KeyEnrolments : public LedgerFixture, public ::testing::WithParamInterface<KeyAlgorithm> {
 protected:
  KeyEnrolments()
      : key_on_device_(DeviceKey::generate(GetParam())),
        text_{testing::kNotesOrigin, AccountId("filler"), PersonId("p-2"),
              key_on_device_.public_key(), {}, "办公室"} {}

  std::string name() const { return person_key_name(text_.origin, text_.person); }
  EnrolKey command(const KeyEnrolmentText& said,
                   const std::vector<const DeviceKey*>& signers) const {
    SignedNote note{key_enrolment_text(said), {}};
    for (const DeviceKey* key : signers) note.signatures.push_back(key->sign(name(), note.text));
    return {text_.public_key, text_.replaces, text_.label, note.serialize()};
  }
  RefusalCode refused(const EnrolKey& command, const std::string& account = "filler") {
    const TreeSize size = reader().size();
    const Outcome outcome = propose(account, command, "key" + std::to_string(++asked_));
    EXPECT_EQ(reader().size(), size);
    const auto* refusal = std::get_if<Refusal>(&outcome);
    EXPECT_NE(refusal, nullptr);
    return refusal == nullptr ? RefusalCode::ledger_exists : refusal->code;
  }
  void enrol() { committed(propose("filler", command(text_, {&key_on_device_}), "enrolled")); }

  const DeviceKey key_on_device_;
  KeyEnrolmentText text_;
  int asked_ = 0;
};

TEST_P(KeyEnrolments, TheProofIsKeptWithTheKey) {
  const EnrolKey enrolled = command(text_, {&key_on_device_});
  const Committed done = committed(propose("filler", enrolled, "enrolled"));
  expect_receipts(done);
  const auto event = std::get<KeyEnrolled>(reader().event(done.first).value().event);
  EXPECT_EQ(event.public_key, key_on_device_.public_key());
  const NoteVerifier verifier(name(), event.public_key);
  EXPECT_TRUE(open_note(event.note, {&verifier, 1}));
  reopen();
  EXPECT_EQ(ledger_->directory()->device_key(PersonId("p-2"))->public_key, event.public_key);
  expect_sound();
}

TEST_P(KeyEnrolments, AProofIsOfThisKeyAccountLabelAndLedger) {
  const DeviceKey other = DeviceKey::generate(GetParam());
  EXPECT_EQ(refused(command(text_, {&other})), RefusalCode::key_not_proved);
  EXPECT_EQ(refused({text_.public_key, "", "", "no note"}), RefusalCode::key_not_proved);
  EXPECT_EQ(refused({"short", "", "", command(text_, {&key_on_device_}).note}),
            RefusalCode::key_not_proved);
  KeyEnrolmentText said = text_;
  said.account = AccountId("admin");
  EXPECT_EQ(refused(command(said, {&key_on_device_})), RefusalCode::key_not_proved);
  said = text_;
  said.origin = "other.example/log";
  EXPECT_EQ(refused(command(said, {&key_on_device_})), RefusalCode::key_not_proved);
  said = text_;
  said.label = "another";
  EXPECT_EQ(refused(command(said, {&key_on_device_})), RefusalCode::key_not_proved);
  said = text_;
  said.public_key = other.public_key();
  EXPECT_EQ(refused(command(said, {&key_on_device_})), RefusalCode::key_not_proved);
}

TEST_P(KeyEnrolments, AProofIsNotPlayedAgainForAnotherAccount) {
  const EnrolKey enrolled = command(text_, {&key_on_device_});
  EXPECT_EQ(refused(enrolled, "admin"), RefusalCode::key_not_proved);
}

TEST_P(KeyEnrolments, AReplacementNeedsTheSignatureOfTheKeyItNames) {
  enrol();
  const DeviceKey next = DeviceKey::generate(KeyAlgorithm::ed25519);
  const DeviceKey stranger = DeviceKey::generate(GetParam());
  text_.public_key = next.public_key();
  EXPECT_EQ(refused(command(text_, {&next})), RefusalCode::key_not_cosigned);
  text_.replaces = key_on_device_.public_key();
  EXPECT_EQ(refused(command(text_, {&next})), RefusalCode::key_not_cosigned);
  EXPECT_EQ(refused(command(text_, {&next, &stranger})), RefusalCode::key_not_cosigned);
  EXPECT_EQ(refused(command(text_, {&key_on_device_})), RefusalCode::key_not_proved);
  committed(propose("filler", command(text_, {&next, &key_on_device_}), "replaced"));
  EXPECT_EQ(ledger_->directory()->device_key(PersonId("p-2"))->public_key, next.public_key());
}

INSTANTIATE_TEST_SUITE_P(Algorithms, KeyEnrolments,
                         ::testing::Values(KeyAlgorithm::ed25519, KeyAlgorithm::sm2_sm3));

}  // namespace countersign::ledger
