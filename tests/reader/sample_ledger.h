// A small whole ledger without a sequencer: real events, encoded, folded, hashed and signed, as the
// batches that make it. A test may change a batch before it is written.
#pragma once

#include "ledger/content/payload.h"
#include "ledger/content/table_heads.h"
#include "ledger/crypto/signed_note.h"
#include "ledger/domain/decide.h"
#include "ledger/log/event_log.h"
#include "ledger/merkle/compact_range.h"

#include <map>
#include <string>
#include <vector>

namespace countersign::ledger {

class SampleLedger {
 public:
  static constexpr char kOrigin[] = "test.example/sample";

  // Entries 0 to 2 create ledger, campaign "2020" and its tasks, for tables "staff" and "books".
  SampleLedger();

  // One command that changes rows of a table in one entry with a reason item in front; a row whose
  // value is empty is removed. Ends the group commit when `commit`.
  LeafIndex change(const std::string& table, const std::map<std::string, std::string>& rows,
                   bool commit = true);
  // An erasure of one item, with a group commit of its own; its writer should carry it out.
  LeafIndex erase(LeafIndex entry, std::uint32_t item);
  // An erasure of the words of an entry, likewise.
  LeafIndex erase_texts(LeafIndex entry);
  // An attestation, or a submission, of the table as it is, with a group commit of its own; unless
  // `truly` it states the rows of the other table.
  LeafIndex attest(const std::string& table, bool truly = true);
  LeafIndex submit(const std::string& table, bool truly = true);
  // A state snapshot goes with the next group commit.
  void take_snapshot() { snapshot_wanted_ = true; }
  void commit();

  std::vector<AppendBatch>& batches() { return batches_; }
  // Takes over and appends all batches. Fails the test unless it succeeds.
  void write(EventLog& log) const;

  TreeSize size() const { return tree_.size(); }
  const NoteSigner& signer() const { return signer_; }
  std::string vkey() const { return signer_.verifier().vkey(); }

 private:
  Payload payload_of(LeafIndex entry) const;
  void record(Event event, std::vector<std::string> items);
  void begin_command();

  NoteSigner signer_;
  CompactRange tree_;
  State state_;
  std::string command_id_;
  bool snapshot_wanted_ = false;
  AppendBatch open_;
  std::vector<AppendBatch> batches_;
  std::map<std::string, LeafIndex> heads_;  // "table/key"
  std::map<std::string, TableHeads> rows_;  // by table
};

}  // namespace countersign::ledger
