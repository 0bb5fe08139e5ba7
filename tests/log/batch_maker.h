// Batches as a sequencer makes them, over entries without meaning: a real tree, real checkpoints.
#pragma once

#include "ledger/crypto/signed_note.h"
#include "ledger/log/event_log.h"
#include "ledger/merkle/compact_range.h"

#include <string>
#include <vector>

namespace countersign::ledger {

inline constexpr char kTestOrigin[] = "test.example/log";

class BatchMaker {
 public:
  explicit BatchMaker(std::uint64_t epoch = 0);

  // The next batch: `entries` entries under one command, one row head each. A batch that was not
  // appended must not be followed by another of the same maker.
  AppendBatch next(std::size_t entries);
  // next() appended; fails the test unless it succeeds.
  void append(EventLog& log, std::size_t entries, int batches = 1);

  static std::string header(LeafIndex index);
  static std::string payload(LeafIndex index);
  static std::string command_id(LeafIndex first);
  static RowHead row_head(LeafIndex index);

  void set_epoch(std::uint64_t epoch) { epoch_ = epoch; }
  TreeSize size() const { return tree_.size(); }
  Hash root() const { return tree_.root(); }
  const NoteVerifier& verifier() const { return signer_.verifier(); }
  const NoteSigner& signer() const { return signer_; }

 private:
  std::uint64_t epoch_;
  CompactRange tree_;
  NoteSigner signer_;
};

}  // namespace countersign::ledger
