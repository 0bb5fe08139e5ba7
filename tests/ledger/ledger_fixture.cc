#include "tests/ledger/ledger_fixture.h"

#include "ledger/crypto/sha256.h"
#include "ledger/domain/campaign_codec.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"

namespace countersign::ledger {

namespace {

constexpr const char* kOrigin = "test.example/log";

constexpr const char* kDefinition = R"({"format":1,"id":"c","edition":"1",
 "name":{"zh":"名","en":"n"},"institution":{"zh":"名","en":"n"},"notice":"1",
 "calendar":{"utc_offset":"+08:00"},
 "phases":[{"id":"p","name":{"zh":"名","en":"n"},"opens":"2020-01-01T00:00:00Z","closes":"2040-01-01T00:00:00Z"}],
 "departments":[{"id":"D","name":{"zh":"名","en":"n"},"kind":"office"}],
 "persons":[{"id":"p-1","name":"甲"},{"id":"p-2","name":"乙"}],
 "accounts":[{"id":"office","person":"p-1","hats":[{"role":"centre_office"}]},
  {"id":"filler","person":"p-2","hats":[{"role":"filler","department":"D"}]}],
 "submission_meaning":{"zh":"名","en":"n"},
 "approval_chain":[{"id":"r","name":{"zh":"名","en":"n"},"meaning":{"zh":"名","en":"n"},"state":{"zh":"名","en":"n"},"verb":"pass","role":"reviewer"}],
 "tables":[{"key":"notes","printed_no":"1","name":{"zh":"名","en":"n"},"owner":"D","phase":"p",
  "due":"2040-01-01T00:00:00Z","columns":[{"key":"id","name":{"zh":"号","en":"id"},"type":"text"},
  {"key":"value","name":{"zh":"值","en":"value"},"type":"integer"}],"key_columns":["id"]}]})";

}  // namespace

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

LedgerFixture::LedgerFixture()
    : key_(std::make_shared<const SigningKey>(SigningKey::generate())) {
  open(std::make_unique<MemoryEventLog>());
  const auto definition = parse_campaign(kDefinition).value();
  committed(propose("admin", CreateLedger{kOrigin, {}, {PersonId("p-0"), "管理员", {}}, AccountId("admin"),
                                          {"v", std::string(32, 'k'), "s"}},
                    "create"));
  committed(propose("admin", DefineCampaign{definition, {}, 0}, "define"));
  committed(propose("office", AssignTasks{CampaignId("c"), {}}, "assign"));
  committed(propose("office", OpenPhase{CampaignId("c"), PhaseId("p")}, "open"));
}

LedgerFixture::~LedgerFixture() = default;

void LedgerFixture::open(std::unique_ptr<MemoryEventLog> log) {
  ledger_.reset();
  LedgerOptions options;
  log_ = log.get();
  options.log = std::move(log);
  options.log_key = key_;
  options.origin = kOrigin;
  options.snapshot_every = snapshot_every_;
  auto opened = Ledger::open(std::move(options));
  ASSERT_TRUE(opened) << opened.error().detail;
  ledger_ = std::move(*opened);
}

void LedgerFixture::reopen() {
  ledger_->stop();
  open(log_->reopen());
}

Envelope LedgerFixture::envelope(const std::string& account, const std::string& key) const {
  Envelope made;
  made.account = AccountId(account);
  made.command_id = CommandId(key);
  made.correlation_id = "test";
  made.received_at = ledger_->clock().now();
  return made;
}

Outcome LedgerFixture::propose(const std::string& account, Command command,
                               const std::string& key) {
  auto prepared = ledger_->preparer().prepare(*ledger_->directory(), envelope(account, key),
                                              sha256(as_bytes(key)), std::move(command));
  if (!prepared) return prepared.error();
  if (auto* verified = std::get_if<VerifiedCommand>(&*prepared)) {
    return ledger_->propose_and_wait(std::move(*verified));
  }
  if (const auto* known = std::get_if<Committed>(&*prepared)) return *known;
  return Error{Errc::malformed, "not prepared"};
}

Result<Prepared> LedgerFixture::prepare_row(const std::string& key, const std::string& row,
                                            const std::string& value,
                                            std::optional<LeafIndex> if_match) const {
  RowEdits edits;
  edits.campaign = CampaignId("c");
  edits.table = TableKey("notes");
  RowEdit edit;
  edit.cells = {{"id", row}, {"value", value}};
  edit.if_match = if_match;
  edits.rows.push_back(std::move(edit));
  return ledger_->preparer().prepare_rows(*ledger_->directory(), envelope("filler", key),
                                          sha256(as_bytes(row + value)), std::move(edits));
}

Outcome LedgerFixture::put_row(const std::string& key, const std::string& row,
                               const std::string& value) {
  auto prepared = prepare_row(key, row, value);
  if (!prepared) return prepared.error();
  if (auto* verified = std::get_if<VerifiedCommand>(&*prepared)) {
    return ledger_->propose_and_wait(std::move(*verified));
  }
  if (const auto* known = std::get_if<Committed>(&*prepared)) return *known;
  return Error{Errc::malformed, "not prepared"};
}

void LedgerFixture::expect_receipts(const Committed& done) const {
  const auto key = NoteVerifier::from_vkey(ledger_->verifier_key()).value();
  const auto receipts = reader().receipts(done);
  ASSERT_TRUE(receipts) << receipts.error().detail;
  ASSERT_EQ(receipts->size(), done.count);
  for (const Receipt& receipt : *receipts) {
    const auto verified =
        verify_tlog_proof(receipt.proof, hash_leaf(as_bytes(receipt.header)), key);
    EXPECT_TRUE(verified) << verified.error().detail;
  }
}

}  // namespace countersign::ledger
