// The numbered commands that writers send to a ledger that is being killed: what each writes
// follows from its writer and number, so that it can be sent again and looked for afterwards.
#pragma once

#include "tests/support/notes_campaign.h"
#include "tests/support/receipt_judge.h"

#include <cstdint>
#include <string>
#include <vector>

namespace countersign::testing {

struct CrashCommand {
  unsigned writer = 0;
  std::uint64_t number = 0;

  std::string id() const;
  NotesRows rows() const;
  // Every seventh is an import: its rows and its receipt are entries of their own.
  bool import() const { return number % 7 == 0; }
  std::uint32_t entries() const { return import() ? 2 : 1; }
};

// Until it is committed; a full queue is waited out. One receipt for each entry.
//   the ledger's error   outcome unknown
ledger::Result<std::vector<KeptReceipt>> send(ledger::Ledger& ledger, const CrashCommand& command);

}  // namespace countersign::testing
