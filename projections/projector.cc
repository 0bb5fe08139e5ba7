#include "projections/projector.h"

#include "ledger/base/bytes.h"
#include "ledger/base/diagnostics.h"
#include "ledger/domain/decide.h"
#include "ledger/domain/event_codec.h"
#include "ledger/domain/state_codec.h"
#include "projections/accountability/apply.h"
#include "projections/accountability/schema.h"
#include "projections/bulletins/apply.h"
#include "projections/bulletins/schema.h"
#include "projections/cases/apply.h"
#include "projections/cases/schema.h"
#include "projections/carry_forward/apply.h"
#include "projections/carry_forward/schema.h"
#include "projections/deadlines/schema.h"
#include "projections/entries/schema.h"
#include "projections/erased_texts.h"
#include "projections/evidence/apply.h"
#include "projections/evidence/schema.h"
#include "projections/indicators/apply.h"
#include "projections/indicators/schema.h"
#include "projections/proceedings/apply.h"
#include "projections/proceedings/schema.h"
#include "projections/rules/apply.h"
#include "projections/rules/schema.h"
#include "projections/reminders/apply.h"
#include "projections/reminders/schema.h"
#include "projections/step.h"
#include "projections/subjects/apply.h"
#include "projections/subjects/schema.h"
#include "projections/tables/schema.h"

#include <algorithm>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::LeafIndex;
using ledger::RecordedEvent;
using ledger::Result;
using ledger::TreeSize;

namespace {

// Grows with every change of a schema or of what an apply function writes.
constexpr std::int64_t kViewsVersion = 10;
constexpr TreeSize kSnapshotEvery = 10'000;
// A batch ends early when its entries carried this many rows, so that readers see progress.
constexpr std::size_t kBatchRowsMax = 50'000;

// name: version, origin, applied, tasks_moved (deadlines/apply.h), last_header (header of entry applied-1: two histories of one
// origin never share it), state and state_size (snapshot of the folded state).
constexpr char kProgressSchema[] =
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;";

Result<std::optional<std::string>> meta(Database& store, std::string_view name) {
  auto query = store.query("SELECT value FROM meta WHERE name = ?");
  CS_TRY(const bool found, query.bind(name).step());
  if (!found) return std::optional<std::string>();
  return std::optional(query.string(0));
}

Result<std::uint64_t> meta_number(Database& store, std::string_view name) {
  auto query = store.query("SELECT value FROM meta WHERE name = ?");
  CS_TRY(const bool found, query.bind(name).step());
  return found ? query.index(0) : 0;
}

template <typename Value>
Result<void> put_meta(Database& store, std::string_view name, const Value& value) {
  return store.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", name, value);
}

ledger::DefinitionsOf definitions_of(const ledger::Reader& reader) {
  return [&reader](const auto& indexes) { return reader.definitions(indexes); };
}

struct Subject {
  std::string campaign;
  std::string table;
};

Subject subject_of(const ledger::Event& event) {
  return std::visit(
      []<typename E>(const E& e) {
        Subject subject;
        if constexpr (requires { e.campaign; }) subject.campaign = e.campaign.value;
        if constexpr (requires { e.table; }) subject.table = e.table.value;
        return subject;
      },
      event);
}

// What folding and applying rely on; a recorded event that breaks it parks the views.
Result<void> check(const ledger::State& state, const RecordedEvent& event, const Subject& subject) {
  if (event.index != state.size) return Error{Errc::corrupt, "entry names another index"};
  if (const auto* defined = std::get_if<ledger::CampaignDefined>(&event.event)) {
    if (defined->definition != nullptr) return {};
    return Error{Errc::malformed, "campaign definition is missing"};
  }
  if (subject.campaign.empty()) return {};
  const auto* definition = state.directory->campaign(ledger::CampaignId(subject.campaign));
  if (definition == nullptr) return Error{Errc::malformed, "campaign is not defined"};
  if (!subject.table.empty() && definition->table(ledger::TableKey(subject.table)) == nullptr) {
    return Error{Errc::malformed, "table is not defined"};
  }
  return {};
}

}  // namespace

std::string Projector::schema() {
  return std::string(kProgressSchema) + kEntriesSchema + kTablesSchema + kProceedingsSchema +
         kDeadlinesSchema + kRulesSchema + kAccountabilitySchema + kBulletinsSchema +
         kEvidenceSchema + kRemindersSchema + kCasesSchema + kIndicatorsSchema +
         kCarryForwardSchema + kSubjectsSchema;
}

Result<std::unique_ptr<Projector>> Projector::resume(
    const ledger::Reader& reader, ViewStore& store,
    std::shared_ptr<BackgroundThreads> background) {
  std::unique_ptr<Projector> projector(new Projector(reader, store, std::move(background)));
  Database& database = store.writer();
  CS_TRY(const auto origin, meta(database, "origin"));
  if (!origin) {
    CS_CHECK(put_meta(database, "version", kViewsVersion));
    CS_CHECK(put_meta(database, "origin", reader.origin()));
    CS_CHECK(put_meta(database, "applied", 0));
    return projector;
  }
  CS_TRY(const auto version, meta_number(database, "version"));
  CS_TRY(const auto applied, meta_number(database, "applied"));
  if (version != static_cast<std::uint64_t>(kViewsVersion)) {
    return Error{Errc::stale, "views of another version"};
  }
  if (*origin != reader.origin()) return Error{Errc::stale, "views of another origin"};
  if (applied > reader.size()) return Error{Errc::stale, "views are ahead of the ledger"};
  if (applied > 0) {
    CS_TRY(const auto header, meta(database, "last_header"));
    CS_TRY(const auto recorded, reader.log().header(applied - 1));
    if (header != recorded) return Error{Errc::stale, "views of another history"};
  }

  CS_CHECK(projector->load_state(applied));
  if (applied > 0) {
    CS_TRY(projector->last_header_, reader.log().header(applied - 1));
    CS_TRY(const auto last, ledger::decode_header(projector->last_header_));
    CS_CHECK(projector->entries_.resume(last.event.command_id));
  }
  projector->feed_.seek(applied);
  projector->applied_ = applied;
  return projector;
}

Projector::Projector(const ledger::Reader& reader, ViewStore& store,
                     std::shared_ptr<BackgroundThreads> background)
    : reader_(reader),
      store_(store),
      feed_(reader, std::move(background)),
      entries_(store.writer()),
      tables_(store.writer()) {}

// The state after `applied` entries: the snapshot in the store, and what came after it.
Result<void> Projector::load_state(TreeSize applied) {
  state_ = {};
  encoder_ = {};  // an entry of the same index may be another now
  CS_TRY(const auto snapshot, meta(store_.writer(), "state"));
  if (snapshot) {
    CS_TRY(const auto bytes, ledger::from_base64(*snapshot));
    CS_TRY(state_, ledger::decode_state(bytes, definitions_of(reader_)));
  }
  saved_ = state_.size;
  if (state_.size > applied) return Error{Errc::corrupt, "state is ahead of the views"};
  Result<void> folded;
  CS_CHECK(reader_.each_event(state_.size, applied, [&](ledger::StoredEvent&& entry) {
    folded = check(state_, entry.event, subject_of(entry.event.event));
    if (folded) ledger::evolve(state_, entry.event);
    return folded.has_value();
  }));
  CS_CHECK(folded);
  if (state_.size < applied) return Error{Errc::corrupt, "entries that were applied are missing"};
  return {};
}

Result<void> Projector::apply(const ledger::StoredEvent& entry) {
  const RecordedEvent& event = entry.event;
  Subject subject = subject_of(event.event);
  CS_CHECK(check(state_, event, subject));
  std::optional<TaskBefore> before;
  if (const auto* task =
          state_.task(ledger::CampaignId(subject.campaign), ledger::TableKey(subject.table))) {
    before = TaskBefore{task->status, task->approvals_in_force, task->ever_submitted, task->due};
  }
  Database& store = store_.writer();
  const bool changes_rows = std::holds_alternative<ledger::RowsChanged>(event.event);
  if (!TaskWriter::is_apart_from_tasks(event.event)) CS_CHECK(tasks_.write_rest(store, state_));
  ledger::evolve(state_, event);
  bool ends = true;
  if (changes_rows) {
    CS_TRY(ends, ends_command(event));
  }
  const Step step{store,
                  event,
                  entry.rows,
                  std::move(subject.campaign),
                  std::move(subject.table),
                  before,
                  state_,
                  ends};
  CS_CHECK(entries_.apply(step));
  CS_CHECK(tables_.apply(step));
  CS_CHECK(apply_carry_forward(step));
  CS_CHECK(apply_proceedings(step));
  CS_CHECK(apply_reminders(step));
  CS_CHECK(tasks_.apply(step));
  CS_CHECK(apply_rules(step));
  CS_CHECK(apply_accountability(step));
  CS_CHECK(apply_bulletins(step));
  CS_CHECK(apply_evidence(step));
  CS_CHECK(apply_cases(step));
  CS_CHECK(apply_indicators(step));
  CS_CHECK(apply_subjects(step));
  if (const auto* erased = std::get_if<ledger::TextsErased>(&event.event)) {
    CS_TRY(const RecordedEvent left, reader_.event(erased->entry));
    CS_CHECK(apply_erased_texts(store, left));
  }
  return {};
}

// Entries of one command are committed together, so the next one tells.
Result<bool> Projector::ends_command(const RecordedEvent& event) {
  const auto next = feed_.peek();
  if (next) return *next == nullptr || (*next)->event.command_id != event.command_id;
  // It cannot be applied itself; that is told when its turn comes.
  CS_TRY(const auto text, reader_.log().header(event.index + 1));
  CS_TRY(const auto header, ledger::decode_header(text));
  return header.event.command_id != event.command_id;
}

Result<void> Projector::record_progress(TreeSize applied, bool with_state) {
  Database& store = store_.writer();
  CS_CHECK(put_meta(store, "applied", applied));
  CS_CHECK(put_meta(store, "last_header", last_header_));
  if (with_state) CS_CHECK(record_state());
  return {};
}

Result<void> Projector::record_state() {
  return put_meta(store_.writer(), "state",
                  ledger::to_base64(ledger::as_bytes(encoder_.encode(state_))));
}

Result<TreeSize> Projector::apply_batch(LeafIndex first, LeafIndex end) {
  Database& store = store_.writer();
  CS_CHECK(store.script("BEGIN IMMEDIATE"));
  std::size_t rows = 0;
  LeafIndex index = first;
  while (index < end && rows < kBatchRowsMax) {
    trying_ = index;
    CS_TRY(const ledger::StoredEvent* entry, feed_.take());
    if (entry == nullptr && index >= reader_.size()) break;  // announced, and withdrawn
    if (entry == nullptr) return Error{Errc::corrupt, "the entry is missing"};
    CS_CHECK(apply(*entry));
    rows += entry->rows.size();
    last_header_ = entry->header;
    ++index;
  }
  trying_ = first;  // from here on a failure is no single entry's
  if (index == first) {
    CS_CHECK(store.script("ROLLBACK"));
    return first;
  }
  CS_CHECK(tasks_.write_rest(store, state_));
  const bool with_state = index - saved_ >= kSnapshotEvery;
  CS_CHECK(record_progress(index, with_state));
  if (!feed_.all_written()) return Error{Errc::unavailable, "announced entries were not written"};
  CS_CHECK(store.script("COMMIT"));
  if (with_state) saved_ = index;
  return index;
}

// Everything as it was after `applied` entries.
Result<void> Projector::put_back(TreeSize applied, EntryWriter::Memory memory) {
  // A failed COMMIT leaves the transaction open; after other failures it may be gone already.
  static_cast<void>(store_.writer().script("ROLLBACK"));
  entries_.put_back(std::move(memory));
  tables_.forget();
  tasks_.forget();
  feed_.seek(applied);
  return load_state(applied);
}

bool Projector::apply_next(std::size_t entries_max) {
  if (parked()) return false;
  const LeafIndex first = applied();
  LeafIndex end = std::min(reader_.foreseen(), first + std::max<std::size_t>(entries_max, 1));
  const EntryWriter::Memory memory = entries_.memory();
  while (first < end) {
    const auto done = apply_batch(first, end);
    if (done && *done == first) return false;
    if (done) {
      {
        const std::lock_guard lock(mutex_);
        applied_ = *done;
      }
      moved_.notify_all();
      return true;
    }
    const bool early = feed_.is_early();
    const bool written = feed_.all_written();
    const auto restored = put_back(first, memory);
    // What comes in the place of entries that never came to be has its own turn; what was written
    // meanwhile is judged by what the log says of it.
    if (restored && !written) return false;
    if (restored && early) continue;
    if (trying_ == first || !restored) {
      park(first, trying_ == first ? done.error() : restored.error());
      return false;
    }
    // Once more without the entry that failed: what stands before it belongs to the views.
    end = std::min(end - 1, trying_);
  }
  return false;
}

void Projector::park(LeafIndex index, const Error& error) {
  ledger::diag::error("views.parked", {{"index", std::to_string(index)},
                                       {"code", std::string(ledger::to_string(error.code))},
                                       {"why", error.detail}});
  {
    const std::lock_guard lock(mutex_);
    parked_ = Views::Parked{index, error.detail};
  }
  moved_.notify_all();
}

bool Projector::wait_for(TreeSize at_least, std::chrono::milliseconds timeout) const {
  if (applied_ >= at_least) return true;
  std::unique_lock lock(mutex_);
  ++waiting_;
  asked_.notify_all();
  moved_.wait_for(lock, timeout, [&] { return applied_ >= at_least || parked_ || retired_; });
  --waiting_;
  return applied_ >= at_least;
}

void Projector::gather(std::chrono::milliseconds at_most) const {
  std::unique_lock lock(mutex_);
  asked_.wait_for(lock, at_most, [&] { return waiting_ > 0; });
}

std::optional<Views::Parked> Projector::parked() const {
  const std::lock_guard lock(mutex_);
  return parked_;
}

void Projector::retire() {
  {
    const std::lock_guard lock(mutex_);
    retired_ = true;
  }
  moved_.notify_all();
}

void Projector::save() {
  const TreeSize size = applied();
  if (size == 0 || size == saved_ || state_.size != size) return;
  // A snapshot that is not written costs time at the next start, nothing else.
  if (record_state()) saved_ = size;
}

}  // namespace countersign::projections
