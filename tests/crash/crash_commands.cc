#include "tests/crash/crash_commands.h"

#include <thread>

namespace countersign::testing {

using namespace ledger;

std::string CrashCommand::id() const {
  return "w" + std::to_string(writer) + "-" + std::to_string(number);
}

NotesRows CrashCommand::rows() const {
  NotesRows rows{{id(), std::to_string(number)}};
  if (import()) {
    rows.emplace_back(id() + "-2", "2");
    rows.emplace_back(id() + "-3", "3");
  }
  return rows;
}

Result<std::vector<KeptReceipt>> send(Ledger& ledger, const CrashCommand& command) {
  while (true) {
    RowEdits edits = notes_edits(command.rows());
    if (command.import()) edits.import = ImportSummary{"csv", {}, 0, 0, false};
    const Outcome outcome =
        propose_prepared(ledger, prepare_notes(ledger, command.id(), std::move(edits)));
    if (const auto* done = std::get_if<Committed>(&outcome)) {
      CS_TRY(auto receipts, ledger.reader().receipts(*done));
      std::vector<KeptReceipt> kept;
      for (Receipt& receipt : receipts) {
        kept.push_back(
            {command.id(), receipt.index, std::move(receipt.header), std::move(receipt.proof)});
      }
      return kept;
    }
    if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
      return Error{Errc::conflict, "refused: " + std::string(to_string(refusal->code))};
    }
    const Error& error = std::get<Error>(outcome);
    if (error.code != Errc::overloaded && error.code != Errc::stale) return error;
    std::this_thread::yield();
  }
}

}  // namespace countersign::testing
