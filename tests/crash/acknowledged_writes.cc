#include "tests/crash/acknowledged_writes.h"

#include "ledger/domain/event_codec.h"
#include "ledger/fsck.h"

#include <iterator>
#include <optional>
#include <sstream>

namespace countersign::testing {

using namespace ledger;

namespace {

constexpr std::size_t kFounding = 4;  // commands: create, define, assign, open

Error wrong(const std::string& what) { return {Errc::corrupt, what}; }

Result<ReceiptJudge> judge_of(const Ledger& ledger) {
  CS_TRY(const auto key, NoteVerifier::from_vkey(ledger.verifier_key()));
  const Reader& reader = ledger.reader();
  CS_TRY(const std::string checkpoint, reader.latest_checkpoint());
  return ReceiptJudge::make(key, checkpoint, [&reader](TreeSize from, TreeSize to) {
    return reader.consistency_proof(from, to);
  });
}

}  // namespace

AcknowledgedWrites::AcknowledgedWrites(unsigned writers) : next_(writers, 1) {}

Result<void> AcknowledgedWrites::keep(const std::string& lines) {
  std::map<std::pair<unsigned, std::uint64_t>, std::vector<KeptReceipt>> commands;
  std::istringstream in(lines.substr(0, lines.rfind('\n') + 1));
  CrashCommand command;
  KeptReceipt receipt;
  std::string header, proof;
  while (in >> command.writer >> command.number >> receipt.index >> header >> proof) {
    receipt.command_id = command.id();
    CS_TRY(receipt.header, from_base64(header));
    CS_TRY(receipt.proof, from_base64(proof));
    commands[{command.writer, command.number}].push_back(receipt);
  }
  for (auto& [key, receipts] : commands) {
    const CrashCommand whole{key.first, key.second};
    if (receipts.size() == whole.entries()) CS_CHECK(keep(whole, std::move(receipts)));
  }
  return {};
}

Result<void> AcknowledgedWrites::keep(const CrashCommand& command,
                                      std::vector<KeptReceipt> receipts) {
  const std::lock_guard lock(mutex_);
  if (receipts.size() != command.entries()) return wrong(command.id() + " lacks a receipt");
  if (command.number != next_.at(command.writer)) {
    return wrong(command.id() + " was acknowledged out of order");
  }
  ++next_[command.writer];
  std::move(receipts.begin(), receipts.end(), std::back_inserter(kept_));
  return {};
}

Result<void> AcknowledgedWrites::judge(const Ledger& ledger, std::size_t first) const {
  CS_TRY(ReceiptJudge judge, judge_of(ledger));
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    const KeptReceipt& receipt = kept_[i];
    const auto header = ledger.reader().log().header(receipt.index);
    if (!header) return wrong("entry " + std::to_string(receipt.index) + " is lost");
    if (*header != receipt.header) {
      return wrong("entry " + std::to_string(receipt.index) + " is not what was acknowledged");
    }
    if (i < first) continue;
    if (const auto holds = judge.judge(receipt); !holds) {
      return wrong(receipt.command_id + ": " + holds.error().detail);
    }
  }
  return {};
}

Result<Judgement> AcknowledgedWrites::judge_whole(Ledger& ledger) {
  Judgement judgement;
  judgement.receipts = kept_.size();
  for (unsigned writer = 0; writer < next_.size(); ++writer) {
    const CrashCommand command{writer, next_[writer]};
    ++judgement.unknown;
    CS_TRY(const auto known, ledger.reader().log().command(command.id()));
    if (known) ++judgement.settled;
    CS_TRY(auto receipts, send(ledger, command));
    if (known && (receipts.empty() || receipts.front().index != known->first)) {
      return wrong(command.id() + " was not given its first receipt");
    }
    CS_CHECK(keep(command, std::move(receipts)));
  }
  CS_CHECK(judge(ledger, 0));
  CS_CHECK(judge_entries(ledger));
  ledger.stop();
  CS_TRY(const FsckReport report, fsck(ledger.reader().log(), ledger.verifier_key(), nullptr));
  if (!report.findings.empty()) return wrong("fsck: " + report.findings.front().what);
  judgement.entries = report.entries;
  return judgement;
}

// Every command up to each writer's next one is in the log once, whole, in entries that follow each
// other; nothing else is.
Result<void> AcknowledgedWrites::judge_entries(const Ledger& ledger) const {
  std::map<std::string, std::vector<LeafIndex>> entries;
  std::map<std::string, LeafIndex> rows;
  LeafIndex expected = 0;
  std::optional<Error> found;
  const auto visit = [&](LeafIndex index, const StoredEntry& stored) -> Result<void> {
    if (index != expected++) return wrong("a gap before entry " + std::to_string(index));
    CS_TRY(const DecodedHeader header, decode_header(stored.header));
    if (header.event.index != index) return wrong("an entry of another index");
    entries[header.event.command_id.value].push_back(index);
    if (!std::holds_alternative<RowsChanged>(header.event.event)) return {};
    CS_TRY(const Payload payload, decode_payload(stored.payload));
    for (const PayloadItem& item : payload.items) {
      CS_TRY(const RowChange row, decode_row_item(item.text));
      if (row.prev || !rows.emplace(row.key.value, index).second) {
        return wrong(row.key.value + " was written twice");
      }
    }
    return {};
  };
  CS_CHECK(ledger.reader().log().scan(0, ledger.reader().size(),
                                      [&](LeafIndex index, const StoredEntry& stored) {
                                        const auto good = visit(index, stored);
                                        if (!good) found = good.error();
                                        return good.has_value();
                                      }));
  if (found) return *found;
  if (expected != ledger.reader().size()) return wrong("entries are missing at the end");
  std::size_t commands = 0;
  std::size_t wanted_rows = 0;
  for (unsigned writer = 0; writer < next_.size(); ++writer) {
    for (CrashCommand command{writer, 1}; command.number < next_[writer]; ++command.number) {
      const auto& its = entries[command.id()];
      if (its.size() != command.entries()) {
        return wrong(command.id() + " has " + std::to_string(its.size()) + " entries");
      }
      if (its.back() - its.front() + 1 != its.size()) return wrong(command.id() + " has a gap");
      for (const auto& [row, value] : command.rows()) {
        if (!rows.contains(row)) return wrong(row + " is missing");
        ++wanted_rows;
      }
      ++commands;
    }
  }
  if (rows.size() != wanted_rows) return wrong("rows that nobody was told of");
  if (entries.size() != commands + kFounding) return wrong("a command that nobody sent");
  return {};
}

}  // namespace countersign::testing
