#include "tests/ledger/ledger_fixture.h"

#include "ledger/fsck.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"

namespace countersign::ledger {

Committed committed(const Outcome& outcome) {
  if (const auto* done = std::get_if<Committed>(&outcome)) return *done;
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    ADD_FAILURE() << "refused: " << to_string(refusal->code);
  } else {
    ADD_FAILURE() << "failed: " << std::get<Error>(outcome).detail;
  }
  return {};
}

bool is_error(const Outcome& outcome, Errc code) {
  const auto* error = std::get_if<Error>(&outcome);
  return error != nullptr && error->code == code;
}

VerifiedCommand verified(Result<Prepared> prepared) {
  return std::get<VerifiedCommand>(std::move(prepared).value());
}

LedgerFixture::LedgerFixture() : key_(std::make_shared<const SigningKey>(SigningKey::generate())) {
  open(std::make_unique<MemoryEventLog>(), {});
  const Founder founder = testing::notes_founder();
  // A credential nobody can log in with: deriving a real one costs more than the test.
  committed(propose("admin",
                    CreateLedger{testing::kNotesOrigin,
                                 {},
                                 founder.person,
                                 founder.account,
                                 {"v", std::string(32, 'k'), "s"}},
                    "create"));
  const auto opened = testing::open_notes(*ledger_);
  EXPECT_TRUE(opened) << opened.error().detail;
}

LedgerFixture::~LedgerFixture() = default;

void LedgerFixture::open(std::unique_ptr<MemoryEventLog> log, LedgerOptions options) {
  auto watched = std::make_unique<WatchedEventLog>(std::move(log));
  ledger_.reset();
  log_ = watched.get();
  options.log = std::move(watched);
  options.log_key = key_;
  options.origin = testing::kNotesOrigin;
  auto opened = Ledger::open(std::move(options));
  ASSERT_TRUE(opened) << opened.error().detail;
  ledger_ = std::move(*opened);
}

void LedgerFixture::reopen(LedgerOptions options) {
  ledger_->stop();
  open(log_->engine().reopen(), std::move(options));
}

Result<Prepared> LedgerFixture::prepare_row(const std::string& key, const std::string& row,
                                            const std::string& value,
                                            std::optional<LeafIndex> if_match) const {
  RowEdits edits = testing::notes_edits({{row, value}});
  edits.rows.front().if_match = if_match;
  return testing::prepare_notes(*ledger_, key, std::move(edits));
}

void LedgerFixture::expect_receipts(const Committed& done) const {
  const auto key = NoteVerifier::from_vkey(ledger_->verifier_key()).value();
  const auto receipts = reader().receipts(done);
  ASSERT_TRUE(receipts) << receipts.error().detail;
  ASSERT_EQ(receipts->size(), done.count);
  for (const Receipt& receipt : *receipts) {
    const auto holds = verify_tlog_proof(receipt.proof, hash_leaf(as_bytes(receipt.header)), key);
    EXPECT_TRUE(holds) << holds.error().detail;
  }
}

void LedgerFixture::expect_sound() {
  ledger_->stop();
  const auto report = fsck(*log_, ledger_->verifier_key(), nullptr);
  ASSERT_TRUE(report) << report.error().detail;
  for (const Finding& finding : report->findings) ADD_FAILURE() << finding.what;
}

}  // namespace countersign::ledger
