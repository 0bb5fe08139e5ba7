// The smallest campaign that can be written to: one department, one table "notes" with columns
// "id" (its key) and "value", and the commands tests need. Accounts: "admin", "office" (assigns and
// opens), "filler".
#pragma once

#include "ledger/ledger.h"

#include <string>
#include <utility>
#include <vector>

namespace countersign::testing {

inline constexpr char kNotesOrigin[] = "test.example/log";

ledger::Founder notes_founder();

ledger::Envelope envelope(const ledger::Ledger& ledger, const std::string& account,
                          const std::string& command_id);
// Prepared and proposed once; a stale command is not tried again. What preparing refused is
// Errc::malformed.
ledger::Outcome propose(ledger::Ledger& ledger, const std::string& account, ledger::Command command,
                        const std::string& command_id);

// Defines the campaign, assigns its table and opens its phase.
ledger::Result<void> open_notes(ledger::Ledger& ledger);

using NotesRows = std::vector<std::pair<std::string, std::string>>;  // id, value
ledger::RowEdits notes_edits(const NotesRows& rows);
// As the filler; the body's hash is that of the rows.
ledger::Result<ledger::Prepared> prepare_notes(const ledger::Ledger& ledger,
                                               const std::string& command_id,
                                               ledger::RowEdits edits);
// Proposed, or the answer that preparing already found.
ledger::Outcome propose_prepared(ledger::Ledger& ledger, ledger::Result<ledger::Prepared> prepared);

}  // namespace countersign::testing
