// A ledger over the memory engine with one campaign, and the few commands its tests need.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "ledger/crypto/ed25519.h"
#include "ledger/ledger.h"
#include "ledger/log/memory_event_log.h"

namespace countersign::ledger {

class LedgerFixture : public ::testing::Test {
 protected:
  LedgerFixture();
  ~LedgerFixture() override;

  // The ledger over `log`, which it takes; recovers as a restarted process would.
  void open(std::unique_ptr<MemoryEventLog> log);
  // Stops the ledger and opens it again over the same stored bytes.
  void reopen();
  MemoryEventLog& log() { return *log_; }
  const Reader& reader() const { return ledger_->reader(); }

  // Prepared and proposed once; a stale command is not tried again.
  Outcome propose(const std::string& account, Command command, const std::string& key);
  // One row of table "notes".
  Result<Prepared> prepare_row(const std::string& key, const std::string& row,
                               const std::string& value,
                               std::optional<LeafIndex> if_match = {}) const;
  Outcome put_row(const std::string& key, const std::string& row, const std::string& value);
  // Every receipt of a committed command verifies under the log's key.
  void expect_receipts(const Committed& committed) const;

  std::shared_ptr<const SigningKey> key_;
  std::unique_ptr<Ledger> ledger_;
  std::uint64_t snapshot_every_ = 1'000'000;

 private:
  Envelope envelope(const std::string& account, const std::string& key) const;
  MemoryEventLog* log_ = nullptr;
};

// The committed outcome; fails the test if it is another.
Committed committed(const Outcome& outcome);
bool is_error(const Outcome& outcome, Errc code);

}  // namespace countersign::ledger
