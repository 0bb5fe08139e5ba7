// Preparing row edits: from a wish to items, by comparison with the rows as they are.
#include "ledger/base/parallel.h"
#include "ledger/domain/edit_rights.h"
#include "ledger/domain/event_codec.h"
#include "ledger/domain/table_layout.h"
#include "ledger/row_comparison.h"
#include "ledger/row_reading.h"
#include "ledger/table_layouts.h"
#include "ledger/verified_command.h"

#include <algorithm>
#include <span>

namespace countersign::ledger {

namespace {

// One entry holds at most this many rows and bytes, so that a reader never loads much at once.
constexpr std::size_t kChunkRowsMax = 1000;
constexpr std::size_t kChunkBytesMax = 2 << 20;

// What preparing by itself answers, where the edits do not become a command.
std::optional<Prepared> answer_of(RowsRejected rejected) {
  if (rejected.problems.empty()) return std::nullopt;
  return Prepared(std::move(rejected));
}

void reject(RowsRejected& rejected, std::uint64_t line, CellProblem problem) {
  if (rejected.problems.size() < RowsRejected::kProblemsMax) {
    rejected.problems.push_back({line, std::move(problem)});
  } else {
    rejected.more = true;
  }
}

// What cannot be read of a sheet, as many places as a person can mend at once.
RowsRejected unread_of(std::vector<RowsPart>& parts) {
  RowsRejected rejected;
  for (RowsPart& part : parts) {
    for (RowProblem& problem : part.unread) {
      reject(rejected, problem.line, std::move(problem.cell));
    }
    if (part.more_unread) rejected.more = true;
    if (part.broken) break;
  }
  return rejected;
}

// The rows that change, in the order in which they came, and how many do not.
struct Plan {
  std::vector<WantedRow*> rows;
  std::uint64_t wanted = 0;
  std::uint64_t identical = 0;
};

// Judges row by row in the order in which they came; nothing is planned after a row that the
// account may not speak of, or a precondition that does not hold.
Result<std::optional<Prepared>> judge(std::vector<RowsPart>& parts, Plan& plan,
                                      RowsRejected& rejected) {
  using Fate = WantedRow::Fate;
  for (RowsPart& part : parts) {
    for (WantedRow& row : part.rows) {
      ++plan.wanted;
      if (rejected.problems.size() >= RowsRejected::kProblemsMax) {
        rejected.more = true;
        return answer_of(std::move(rejected));
      }
      switch (row.fate) {
        case Fate::open:
        case Fate::damaged:
          return Error{Errc::corrupt, "the stored cells of a row cannot be read"};
        case Fate::wrong:
          for (CellProblem& problem : row.problems) reject(rejected, row.line, std::move(problem));
          break;
        case Fate::forbidden:
          return std::optional<Prepared>(Refusal{RefusalCode::right_missing, {}});
        case Fate::failed: {
          if (!rejected.problems.empty()) return answer_of(std::move(rejected));
          const bool shown = row.existed;
          return std::optional<Prepared>(PreconditionFailed{shown ? row.prev : std::nullopt});
        }
        case Fate::identical:
          ++plan.identical;
          break;
        case Fate::planned:
          plan.rows.push_back(&row);
          break;
      }
    }
  }
  return answer_of(std::move(rejected));
}

CellProblem lost_zeros(const TableDefinition& table) {
  return {table.key_columns.front(),
          "has lost its leading zeros: there is a row of this number with them; keep the "
          "column as text, or add the row by itself if it is another one",
          "前导零丢失：已有带前导零的同号行；请将该列设为文本格式，确为另一行的请单独新增"};
}

// Consecutive planned rows that make one entry.
struct Chunk {
  std::span<WantedRow*> rows;
  std::size_t bytes = 0;
};

std::vector<Chunk> chunks_of(std::span<WantedRow*> rows) {
  constexpr std::size_t kItemBytes = 64;  // of an item besides its key and cells, about
  std::vector<Chunk> chunks;
  while (!rows.empty()) {
    Chunk chunk;
    std::size_t count = 0;
    while (count < std::min(rows.size(), kChunkRowsMax) && chunk.bytes < kChunkBytesMax) {
      chunk.bytes += rows[count]->key.size() + rows[count]->cells.size() + kItemBytes;
      ++count;
    }
    chunk.rows = rows.first(count);
    rows = rows.subspan(count);
    chunks.push_back(chunk);
  }
  return chunks;
}

}  // namespace

void Preparer::write_chunk(const RowEdits& edits, std::span<WantedRow* const> rows,
                           std::size_t bytes, VerifiedCommand& verified, std::size_t place) const {
  const bool reasoned = !edits.reason.empty();
  std::vector<StoredRowHead>& heads = verified.rows_[place];
  std::vector<std::optional<LeafIndex>>& previous = verified.previous_[place];
  RowCounts& counts = std::get<ChangeRows>(verified.command_).chunks[place];
  heads.reserve(rows.size());
  previous.reserve(rows.size());
  PayloadWriter writer(static_cast<std::uint32_t>(rows.size() + (reasoned ? 1 : 0)),
                       bytes + edits.reason.size());
  if (reasoned && !edits.dry_run) writer.add(text_item("reason", edits.reason));
  std::string item;
  for (WantedRow* row : rows) {
    ++(row->remove ? counts.removed : row->existed ? counts.changed : counts.added);
    StoredRowHead& stored = heads.emplace_back(
        StoredRowHead{edits.campaign.value, edits.table.value, std::move(row->key), {}});
    previous.push_back(row->prev);
    stored.head.removed = row->remove;
    stored.head.cells = std::move(row->cells);
    if (edits.dry_run) continue;
    item.clear();
    append_row_item(item, edits.table, stored.key, row->prev,
                    row->remove ? std::nullopt : std::optional<std::string_view>(stored.head.cells));
    stored.head.leaf = writer.add(item);
  }
  if (edits.dry_run) return;
  PayloadRecord payload = writer.finish();
  payload.record = reader_.log().prepare_payload(std::move(payload.record));
  verified.payloads_[place] = std::move(payload);
  reader_.log().prepare_heads(heads);
}

Result<Prepared> Preparer::prepare_rows(const Directory& directory, Envelope envelope,
                                        Hash body_hash, const RowEdits& edits) const {
  const auto view = reader_.log().row_view();
  VerifiedCommand verified;
  verified.prepared_at_ = view->size();
  CS_TRY(auto answered, known(envelope, body_hash));
  if (answered) return std::move(*answered);

  const auto campaign = directory.campaigns.find(edits.campaign);
  if (campaign == directory.campaigns.end()) {
    return Prepared(Refusal{RefusalCode::unknown_campaign, {}});
  }
  const TableDefinition* table = campaign->second.definition->table(edits.table);
  if (table == nullptr) {
    return Prepared(Refusal{RefusalCode::unknown_table, {{"table", edits.table.value}}});
  }
  const EditRights rights(directory, envelope.account, edits.campaign, *table,
                          envelope.received_at, edits.carried.has_value());
  if (!rights.any()) return Prepared(Refusal{RefusalCode::right_missing, {}});
  const auto held_layout = layouts_->of(campaign->second.definition, *table);
  const TableLayout& layout = *held_layout;
  const RowReading reading(layout, edits, !rights.all());
  std::vector<RowsPart> parts = reading.read();
  if (auto unread = answer_of(unread_of(parts))) return std::move(*unread);
  RowComparison comparison(layout, reading, rights, edits, *view, parts);
  CS_CHECK(comparison.run());
  Plan plan;
  RowsRejected rejected;
  CS_TRY(auto judged, judge(parts, plan, rejected));
  if (judged) return std::move(*judged);
  if (edits.import) {
    CS_CHECK(comparison.find_lost_zeros(
        [&](std::uint64_t line) { reject(rejected, line, lost_zeros(*table)); }));
    if (auto lost = answer_of(std::move(rejected))) return std::move(*lost);
  }
  std::vector<WantedRow> removals;
  if (edits.remove_missing) {
    CS_TRY(removals, comparison.removals());
    for (WantedRow& row : removals) plan.rows.push_back(&row);
  }
  if (plan.rows.empty() && !edits.import && !edits.carried) {
    return Prepared(NothingChanged{plan.wanted});
  }
  const TouchedParts& touched = comparison.touched();

  ChangeRows command;
  command.campaign = edits.campaign;
  command.table = edits.table;
  command.definition_revision = campaign->second.revision;
  command.columns = layout.keys_of(touched.changed);
  command.row_units.assign(touched.units.begin(), touched.units.end());
  command.whole_rows = touched.whole_rows;
  command.reason = edits.reason;
  command.import = edits.import;
  command.carried = edits.carried;
  if (command.import) {
    command.import->rows = plan.wanted;
    command.import->identical = plan.identical;
  }

  const std::vector<Chunk> chunks = chunks_of(plan.rows);
  command.chunks.resize(chunks.size());
  verified.payloads_.resize(chunks.size());
  verified.rows_.resize(chunks.size());
  verified.previous_.resize(chunks.size());
  verified.command_ = std::move(command);
  verified.envelope_ = std::move(envelope);
  verified.body_hash_ = body_hash;
  in_parallel(chunks.size(), [&](std::size_t i) {
    write_chunk(edits, chunks[i].rows, chunks[i].bytes, verified, i);
  });
  return Prepared(std::move(verified));
}

}  // namespace countersign::ledger
