// A sign-off counts only if the person's own present key signed exactly what the command says.
#include "ledger/crypto/signed_note.h"
#include "ledger/domain/events.h"
#include "tests/ledger/ledger_fixture.h"

namespace countersign::ledger {

namespace {

constexpr char kPassword[] = "correct horse battery";

}  // namespace

class SignOffs : public LedgerFixture {
 protected:
  SignOffs() : credential_(make_credential(kPassword)) {
    committed(propose("admin", SetCredential{AccountId("filler"), credential_}, "credential"));
    committed(put_row("k1", "a", "1"));
    const TableContent content = reader().table_content("c", "notes").value();
    submit_.campaign = CampaignId("c");
    submit_.table = TableKey("notes");
    submit_.version = {1, content.hash, content.rows};
    submit_.computed_at = content.size;
    submit_.sign_off.public_key = credential_.public_key;
    text_ = {testing::kNotesOrigin, {"名", "n"},
             submit_.campaign,      submit_.table,
             {"名", "n"},           submit_.version,
             {"名", "n"},           "乙",
             PersonId("p-2"),       {Role::filler, DepartmentId("D")},
             {"名", "n"},           ledger_->clock().now()};
  }

  std::shared_ptr<const SigningKey> own_key() const {
    return open_sealed_key(credential_.sealed_key, kPassword).value();
  }
  std::string note(const SignOffText& text, std::shared_ptr<const SigningKey> key,
                   const std::string& person = "p-2") const {
    const NoteSigner signer(std::string(testing::kNotesOrigin) + "/persons/" + person,
                            std::move(key));
    return signer.sign(sign_off_text(text)).serialize();
  }
  Outcome submit(const std::string& with_note) {
    submit_.sign_off.note = with_note;
    return propose("filler", submit_, "submit");
  }
  void expect_not_valid(const std::string& with_note) {
    const TreeSize size = reader().size();
    const Outcome outcome = submit(with_note);
    ASSERT_TRUE(std::holds_alternative<Refusal>(outcome));
    EXPECT_EQ(std::get<Refusal>(outcome).code, RefusalCode::signature_not_valid);
    EXPECT_EQ(reader().size(), size);
  }

  const Credential credential_;
  SubmitTable submit_;
  SignOffText text_;
};

TEST_F(SignOffs, TheStatementOfTheCommandsOwnFactsIsAccepted) {
  const std::string signed_note = note(text_, own_key());
  const Committed done = committed(submit(signed_note));
  expect_receipts(done);
  const auto event = reader().event(done.first).value();
  EXPECT_EQ(std::get<TableSubmitted>(event.event).sign_off.note, signed_note);
}

TEST_F(SignOffs, AnotherVersionOrTableOrMeaningIsNotWhatWasSigned) {
  SignOffText other = text_;
  other.version.hash[0] ^= 1;
  expect_not_valid(note(other, own_key()));
  other = text_;
  other.version.rows += 1;
  expect_not_valid(note(other, own_key()));
  other = text_;
  other.meaning.en = "seen";
  expect_not_valid(note(other, own_key()));
  other = text_;
  other.hat.role = Role::unit_head;
  expect_not_valid(note(other, own_key()));
}

TEST_F(SignOffs, OnlyThePersonsOwnKeyUnderThePersonsNameSigns) {
  expect_not_valid(note(text_, std::make_shared<const SigningKey>(SigningKey::generate())));
  expect_not_valid(note(text_, own_key(), "p-1"));
  expect_not_valid("no note at all");
}

TEST_F(SignOffs, ASignatureOfLongAgoOrOfTheFutureIsNotValid) {
  SignOffText other = text_;
  other.at = text_.at + Duration::seconds(-3600);
  expect_not_valid(note(other, own_key()));
  other.at = text_.at + Duration::seconds(3600);
  expect_not_valid(note(other, own_key()));
  other.at = text_.at + Duration::seconds(-60);
  committed(submit(note(other, own_key())));
}

TEST_F(SignOffs, AReplacedKeySignsNoMore) {
  const auto old_key = own_key();
  committed(
      propose("admin", SetCredential{AccountId("filler"), make_credential(kPassword)}, "replaced"));
  expect_not_valid(note(text_, old_key));
}

TEST_F(SignOffs, ASealedKeyOpensWithItsPasswordOnly) {
  EXPECT_EQ(own_key()->public_key(), credential_.public_key);
  EXPECT_EQ(open_sealed_key(credential_.sealed_key, "another password").error().code,
            Errc::unauthorized);
}

}  // namespace countersign::ledger
