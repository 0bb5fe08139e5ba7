// VerifiedCommand: the only thing that can be proposed. Preparing one does all the work that needs
// no order: known command ids, comparison with the current rows, checks of cells and signatures,
// salting and hashing of items. It happens on the caller's thread and may read from disk; the
// sequencer then needs memory only.
#pragma once

#include "ledger/content/payload.h"
#include "ledger/domain/actor.h"
#include "ledger/domain/commands.h"
#include "ledger/domain/directory.h"
#include "ledger/domain/refusal.h"
#include "ledger/log/event_log.h"
#include "ledger/reader.h"
#include "ledger/sheet_source.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace countersign::ledger {

struct WantedRow;
class TableLayouts;

// One wanted row edit, before comparison with what is there.
struct RowEdit {
  std::optional<RowKey> key;  // none: from the key cells (import, insert)
  bool remove = false;
  bool patch = false;  // cells not named keep their value; otherwise cells are the whole row
  Cells cells;         // texts as given; normalised here
  std::optional<LeafIndex> if_match;  // the ETag the writer saw: index of the row's last change
  bool must_not_exist = false;        // If-None-Match: *
  std::uint64_t line = 0;             // of the sheet, for error reports; 0: none
};

struct RowEdits {
  CampaignId campaign;
  TableKey table;
  std::vector<RowEdit> rows;
  // The rows are a sheet's, and `rows` is empty. Such rows have no conditions.
  std::shared_ptr<const SheetSource> sheet{};
  std::string reason;
  bool remove_missing = false;          // whole-sheet import: rows not named are removed
  std::optional<ImportSummary> import;  // counts are filled in here
  // Set: last year's rows. Required cells may be missing in them; who may bring them is asked.
  std::optional<CarrySource> carried{};
  // Only what would change is asked: the command cannot be proposed.
  bool dry_run = false;
};

// A problem of the input, by line or row position, without the value.
struct RowProblem {
  std::uint64_t line = 0;
  CellProblem cell;
};
struct RowsRejected {
  std::vector<RowProblem> problems;  // at most kProblemsMax
  bool more = false;
  static constexpr std::size_t kProblemsMax = 100;
};
// A row whose If-Match does not hold; current is none when the row does not exist.
struct PreconditionFailed {
  std::optional<LeafIndex> current;
};
// The edits equal what is there: nothing is appended, and nothing needs a receipt.
struct NothingChanged {
  std::uint64_t rows = 0;
};
// The command id was used before with another body.
struct CommandIdReused {};

class VerifiedCommand {
 public:
  const Command& command() const { return command_; }
  const Envelope& envelope() const { return envelope_; }
  // The rows as they would stand after it, by entry; their index and item are not known yet.
  const std::vector<std::vector<StoredRowHead>>& rows() const { return rows_; }

 private:
  friend class Preparer;
  friend class Sequencer;
  VerifiedCommand() = default;

  Command command_;
  Envelope envelope_;
  Hash body_hash_{};
  std::vector<PayloadRecord> payloads_;           // by DecidedEvent::payload; prepared by the log
  std::vector<std::vector<StoredRowHead>> rows_;  // per payload; index and item set by sequencer
  std::vector<std::vector<std::optional<LeafIndex>>> previous_;  // heads the rows were built on
  // Of an erasure: what goes, and the row's head without its cells; it must still be the head.
  std::vector<Erasing> erased_;
  std::vector<StoredRowHead> erased_heads_;
  TreeSize prepared_at_ = 0;
};

using Prepared = std::variant<VerifiedCommand, Committed, NothingChanged, Refusal, RowsRejected,
                              PreconditionFailed, CommandIdReused>;

// Thread safety: one Preparer may be used from any number of threads.
class Preparer {
 public:
  // `reader` must outlive the preparer.
  explicit Preparer(const Reader& reader);
  ~Preparer();

  // `body_hash` identifies the request for idempotency: same id and hash give the first answer.
  // Sign-offs are checked here: the note verifies under its key and says what the command says.
  Result<Prepared> prepare(const Directory& directory, Envelope envelope, Hash body_hash,
                           Command command) const;

  // Compares the edits with the rows as they are, drops no-ops, and cuts the rest into chunks.
  Result<Prepared> prepare_rows(const Directory& directory, Envelope envelope, Hash body_hash,
                                const RowEdits& edits) const;

 private:
  // What the log still holds of the row, into the command.
  Result<void> find_erased(EraseRow& command, VerifiedCommand& verified) const;
  // Which items of the entry hold words, and what it is about.
  Result<void> find_erased(EraseTexts& command, VerifiedCommand& verified) const;
  // Every item that registers the person. Reads every header, which takes seconds a million.
  Result<void> find_erased(ErasePerson& command, VerifiedCommand& verified) const;
  // The last changes of the table's rows as they are now, into the command.
  Result<void> find_heads(AttestTable& command) const;
  // One entry of rows: its payload, its heads and what they were built on, at their place in the
  // command, which has room for them. Takes key and cells out of the rows.
  void write_chunk(const RowEdits& edits, std::span<WantedRow* const> rows, std::size_t bytes,
                   VerifiedCommand& verified, std::size_t place) const;
  // The answer to a command id that was used before, if it was.
  Result<std::optional<Prepared>> known(const Envelope& envelope, const Hash& body_hash) const;

  const Reader& reader_;
  const std::unique_ptr<TableLayouts> layouts_;
};

// The text a person signs for a version, in Chinese and English; every line is fixed by the
// arguments, so that anyone can make it again.
struct SignOffText {
  std::string origin;
  BilingualText institution;
  CampaignId campaign;
  TableKey table;
  BilingualText table_name;
  VersionRef version;
  BilingualText meaning;
  std::string person_name;
  PersonId person;
  Hat hat;
  BilingualText hat_department;
  Timestamp at;
  int utc_offset_minutes = 480;
  bool service_held = true;
};
std::string sign_off_text(const SignOffText& text);

}  // namespace countersign::ledger
