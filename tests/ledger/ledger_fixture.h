// A ledger over the memory engine with the notes campaign.
#pragma once

#include "ledger/crypto/ed25519.h"
#include "ledger/ledger.h"
#include "tests/ledger/watched_event_log.h"
#include "tests/support/notes_campaign.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {

class LedgerFixture : public ::testing::Test {
 protected:
  LedgerFixture();
  ~LedgerFixture() override;

  // Stops the ledger and opens it again over the same stored bytes, as the next process would.
  // `options` says what is to differ from the defaults.
  void reopen(LedgerOptions options = {});
  WatchedEventLog& log() { return *log_; }
  const Reader& reader() const { return ledger_->reader(); }

  Outcome propose(const std::string& account, Command command, const std::string& key) {
    return testing::propose(*ledger_, account, std::move(command), key);
  }
  // One row of table "notes".
  Result<Prepared> prepare_row(const std::string& key, const std::string& row,
                               const std::string& value,
                               std::optional<LeafIndex> if_match = {}) const;
  Outcome put_row(const std::string& key, const std::string& row, const std::string& value) {
    return testing::propose_prepared(*ledger_, prepare_row(key, row, value));
  }
  // Every receipt of a committed command verifies under the log's key.
  void expect_receipts(const Committed& committed) const;
  // Nothing in the log is wrong. Stops the ledger.
  void expect_sound();

  std::shared_ptr<const SigningKey> key_;
  std::unique_ptr<Ledger> ledger_;

 private:
  void open(std::unique_ptr<MemoryEventLog> log, LedgerOptions options);

  WatchedEventLog* log_ = nullptr;
};

// The committed outcome; fails the test if it is another.
Committed committed(const Outcome& outcome);
bool is_error(const Outcome& outcome, Errc code);
// The command to propose; fails the test if preparing gave another answer.
VerifiedCommand verified(Result<Prepared> prepared);

}  // namespace countersign::ledger
