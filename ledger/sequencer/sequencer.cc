#include "ledger/sequencer/sequencer.h"

#include "ledger/base/diagnostics.h"
#include "ledger/base/this_thread.h"
#include "ledger/domain/decide.h"
#include "ledger/domain/event_codec.h"
#include "ledger/log/log_nodes.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/tree_hash.h"
#include "ledger/sequencer/load_state.h"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace countersign::ledger {

namespace {

constexpr std::size_t kHeaderBytesMax = 65535;  // an entry of a C2SP bundle
// What one group holds in memory at a time besides its last command.
constexpr std::size_t kGroupBytesMax = 64 << 20;

// Rows stand behind the texts of their payload.
std::uint32_t first_row_item(const PayloadRecord& payload, std::size_t rows) {
  return payload.count - static_cast<std::uint32_t>(rows);
}

// For so many more: a sheet's rows move no more than once, and those of many commands no oftener
// than a vector moves them by itself.
template <typename T>
void make_room(std::vector<T>& values, std::size_t more) {
  const std::size_t wanted = values.size() + more;
  if (wanted > values.capacity()) values.reserve(std::max(wanted, 2 * values.capacity()));
}

}  // namespace

// One group commit in the making: what is to be written. What it changes in the sequencer's own
// state is changed at once; rewind() takes that back when nothing was written.
struct Sequencer::Group {
  AppendBatch batch;
  std::size_t payload_bytes = 0;
  std::vector<CompactRange::Completed> nodes;
  bool rotates = false;  // its one command replaces the log's key
};

Sequencer::Sequencer(EventLog& log, const Clock& clock, LogSigner signer, SequencerStart start,
                     Options options)
    : log_(log),
      clock_(clock),
      options_(std::move(options)),
      queue_(options_.queue_commands_max),
      signer_(std::move(signer)),
      state_(std::move(start.state)),
      range_(std::move(start.range)),
      recent_(range_.size()),
      last_sequenced_(start.last_sequenced),
      epoch_(start.epoch),
      snapshot_size_(start.snapshot_size),
      simulated_start_(range_.size() == 0 ? state_.simulated_now : std::nullopt),
      thread_([this] { run(); }) {}

Sequencer::~Sequencer() { stop(); }

void Sequencer::stop() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

std::optional<Error> Sequencer::failure() const {
  const std::lock_guard lock(failure_mutex_);
  return failure_;
}

void Sequencer::run() {
  name_this_thread("sequencer");
  while (true) {
    auto commands = queue_.take();
    if (commands.empty()) return;
    // A group is cut where it is large enough; the rest make the next one.
    for (std::span<QueuedCommand> rest(commands); !rest.empty();) {
      rest = rest.subspan(commit(rest));
    }
  }
}

Result<std::optional<CommandRecord>> Sequencer::known(const VerifiedCommand& command,
                                                       const Group& group) const {
  // What was made up for this command alone is not looked for.
  const std::string& id = command.envelope_.command_id.value;
  if (command.envelope_.fresh_id || !recent_.came(id, command.prepared_at_)) {
    return std::optional<CommandRecord>();
  }
  for (const CommandRecord& record : group.batch.commands) {
    if (record.command_id == id) return std::optional<CommandRecord>(record);
  }
  return log_.command(id);
}

std::optional<Outcome> Sequencer::known_or_stale(const VerifiedCommand& command,
                                                 const Group& group) const {
  if (command.prepared_at_ < recent_.floor()) {
    return Error{Errc::stale, "prepared too long ago"};
  }
  const auto found = known(command, group);
  if (!found) return found.error();
  if (const std::optional<CommandRecord>& record = *found) {
    if (record->body_hash != command.body_hash_) {
      return Error{Errc::conflict, "the command id was used with another body"};
    }
    return Committed{record->first, record->count, record->tree_size, true, nullptr};
  }
  for (std::size_t i = 0; i < command.rows_.size(); ++i) {
    const auto row_changed =
        changed(command.rows_[i], command.previous_[i], command.prepared_at_, group);
    if (!row_changed) return row_changed.error();
    if (*row_changed) return Error{Errc::stale, "a row changed since the command was prepared"};
  }
  for (const StoredRowHead& head : command.erased_heads_) {
    const std::optional<LeafIndex> last = head.head.index;
    const auto row_changed = changed({&head, 1}, {&last, 1}, command.prepared_at_, group);
    if (!row_changed) return row_changed.error();
    if (*row_changed) return Error{Errc::stale, "the row changed since its erasure was prepared"};
  }
  return std::nullopt;
}

Result<bool> Sequencer::changed(std::span<const StoredRowHead> rows,
                                std::span<const std::optional<LeafIndex>> previous,
                                TreeSize prepared_at, const Group& group) const {
  if (rows.empty()) return false;
  if (recent_.many_changed(rows.front(), prepared_at)) return true;
  std::unique_ptr<EventLog::RowView> view;
  for (std::size_t i = recent_.find_changed(rows, previous, prepared_at); i < rows.size();
       i = recent_.find_changed(rows, previous, prepared_at, i + 1)) {
    const auto& pending = group.batch.row_heads;
    const bool in_group = std::ranges::any_of(pending, [&row = rows[i]](const StoredRowHead& one) {
      return one.key == row.key && one.table == row.table && one.campaign == row.campaign;
    });
    if (in_group) return true;
    if (view == nullptr) view = log_.row_view();
    CS_TRY(const auto head, view->row(rows[i].campaign, rows[i].table, rows[i].key));
    if (previous[i] != (head ? std::optional(head->index) : std::nullopt)) return true;
  }
  return false;
}

bool Sequencer::replaces_key(const RotateLogKey& command) const {
  return options_.next_key && command.retires == signer_.verifier().vkey() &&
         command.verifier_key == options_.next_key->verifier().vkey();
}

std::optional<Outcome> Sequencer::admit(VerifiedCommand& command, Group& group) {
  if (auto outcome = known_or_stale(command, group)) return outcome;
  const auto* rotation = std::get_if<RotateLogKey>(&command.command_);
  if (rotation != nullptr && !replaces_key(*rotation)) {
    return Error{Errc::unavailable, "this ledger was not opened to replace its key"};
  }
  const Timestamp now = std::max(last_sequenced_, clock_.now());
  auto decided = decide(state_, command.command_, command.envelope_, now);
  if (auto* refusal = std::get_if<Refusal>(&decided)) {
    // Nobody named the heads of an attestation, or where a person stands, so they are looked up
    // again and not refused.
    const bool looked_up = std::holds_alternative<AttestTable>(command.command_) ||
                           std::holds_alternative<ErasePerson>(command.command_);
    if (looked_up && refusal->code == RefusalCode::version_moved_on) {
      return Error{Errc::stale, "what it was prepared from has changed since"};
    }
    return std::move(*refusal);
  }
  const Decision& decision = std::get<Decision>(decided);

  // Headers first, so that one that is too long leaves the group untouched.
  static const PayloadRecord kNoItems = record_of(seal({}));
  const LeafIndex first = range_.size();
  std::vector<RecordedEvent> events;
  std::vector<std::string> headers;
  for (const DecidedEvent& one : decision.events) {
    RecordedEvent event;
    event.index = first + events.size();
    event.actor = one.consequence
                      ? Actor{PersonId("system"), AccountId("system"), {Role::system, {}}, {}}
                      : decision.actor;
    event.received_at = command.envelope_.received_at;
    event.sequenced_at = now;
    event.claimed_at = command.envelope_.claimed_at;
    event.command_id = command.envelope_.command_id;
    event.correlation_id = command.envelope_.correlation_id;
    if (one.consequence) event.caused_by = first;
    event.event = one.event;
    const PayloadRecord& payload = one.payload ? command.payloads_[*one.payload] : kNoItems;
    headers.push_back(encode_header(event, signer_.name(), {payload.count, payload.root}));
    if (headers.back().size() > kHeaderBytesMax) {
      return Error{Errc::malformed, "the event's header would be too long"};
    }
    events.push_back(std::move(event));
  }

  std::size_t row_count = 0;
  for (const auto& rows : command.rows_) row_count += rows.size();
  make_room(group.batch.row_heads, row_count);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const DecidedEvent& one = decision.events[i];
    const PayloadRecord& payload = one.payload ? command.payloads_[*one.payload] : kNoItems;
    if (one.payload && *one.payload < command.rows_.size()) {
      auto& rows = command.rows_[*one.payload];
      std::uint32_t item = first_row_item(payload, rows.size());
      for (StoredRowHead& row : rows) {
        row.head.index = events[i].index;
        row.head.item = item++;
      }
      recent_.add_rows(rows);
      group.batch.row_heads.insert(group.batch.row_heads.end(),
                                   std::make_move_iterator(rows.begin()),
                                   std::make_move_iterator(rows.end()));
    }
    range_.append(hash_leaf(as_bytes(headers[i])), group.nodes);
    group.batch.entries.push_back({std::move(headers[i]), payload.record});
    group.payload_bytes += group.batch.entries.back().payload.size();
    evolve(state_, events[i]);
  }
  group.batch.erased.insert(group.batch.erased.end(), command.erased_.begin(),
                            command.erased_.end());
  group.batch.row_heads.insert(group.batch.row_heads.end(), command.erased_heads_.begin(),
                               command.erased_heads_.end());
  const CommandRecord record{command.envelope_.command_id.value, command.body_hash_, first,
                             static_cast<std::uint32_t>(events.size()), 0};
  if (!command.envelope_.fresh_id) recent_.add_command(record);
  group.batch.commands.push_back(record);
  last_sequenced_ = now;
  group.rotates = rotation != nullptr;
  return std::nullopt;
}

Result<void> Sequencer::rewind() {
  CS_TRY(FoldedState folded, load_state(log_, simulated_start_));
  CS_TRY(range_, CompactRange::restore(log_.size(), LogNodes(log_)));
  state_ = std::move(folded.state);
  last_sequenced_ = folded.last_sequenced;
  encoder_ = {};  // an entry of the same index may be another now
  // What was prepared before is prepared again: the window no longer knows what lies between.
  recent_ = RecentWindow(range_.size());
  return {};
}

void Sequencer::refuse_group(std::span<QueuedCommand> commands, Error error) {
  if (options_.observer != nullptr) options_.observer->failed(error.code);
  // Out of space wrote nothing, and space may come back. Everything else is final.
  if (error.code == Errc::unavailable) {
    if (const auto rewound = rewind(); !rewound) {
      fail(rewound.error());
      error = rewound.error();
    }
  } else {
    fail(error);
    error = {Errc::io, "what became of the write is unknown: " + error.detail};
  }
  // Also to those that were refused or repeated: they were judged by a group that may not be.
  for (QueuedCommand& one : commands) one.done(error);
}

Result<std::shared_ptr<const CommittedGroup>> Sequencer::append(Group& group,
                                                                std::size_t commands) {
  AppendBatch& batch = group.batch;
  const TreeSize size = range_.size();
  batch.expected_size = size - batch.entries.size();
  batch.epoch = epoch_;
  for (CommandRecord& record : batch.commands) record.tree_size = size;
  for (const auto& node : group.nodes) batch.nodes.push_back({dense_id(node.id), node.hash});
  batch.checkpoint = signer_.sign(Checkpoint{signer_.name(), size, range_.root()}.text(),
                                  group.rotates ? &*options_.next_key : nullptr);
  // With an erasure at once: an earlier one may hold what is erased.
  const bool snapshot_due =
      size - snapshot_size_ >= options_.snapshot_every || !batch.erased.empty();
  if (snapshot_due) batch.snapshot = StateSnapshot{size, encoder_.encode(state_)};

  const auto before = std::chrono::steady_clock::now();
  CS_CHECK(log_.append(batch));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
  if (group.rotates) signer_.succeed(*options_.next_key);
  if (snapshot_due) snapshot_size_ = size;
  if (options_.observer != nullptr) {
    options_.observer->committed(commands, batch.entries.size(), took.count());
  }
  if (options_.published) options_.published(batch.checkpoint, state_);

  auto committed = std::make_shared<CommittedGroup>();
  committed->first = batch.expected_size;
  committed->checkpoint = std::move(batch.checkpoint);
  committed->headers.reserve(batch.entries.size());
  for (StoredEntry& entry : batch.entries) committed->headers.push_back(std::move(entry.header));
  return std::shared_ptr<const CommittedGroup>(std::move(committed));
}

std::size_t Sequencer::commit(std::span<QueuedCommand> commands) {
  if (const auto failed = failure()) {
    for (QueuedCommand& one : commands) one.done(*failed);
    return commands.size();
  }
  if (const auto room = log_.has_room(); !room) {
    if (options_.observer != nullptr) options_.observer->failed(room.error().code);
    for (QueuedCommand& one : commands) one.done(room.error());
    return commands.size();
  }
  Group group;
  std::vector<std::optional<Outcome>> outcomes;
  std::vector<std::size_t> record_of;  // which record of the batch a command became
  for (QueuedCommand& one : commands) {
    if (group.batch.entries.size() >= options_.batch_entries_max ||
        group.payload_bytes >= kGroupBytesMax || group.rotates) {
      break;
    }
    // The checkpoint that both keys sign ends with this very entry, and no other is under it anew.
    if (std::holds_alternative<RotateLogKey>(one.command.command_) && !outcomes.empty()) break;
    record_of.push_back(group.batch.commands.size());
    outcomes.push_back(admit(one.command, group));
  }
  commands = commands.first(outcomes.size());

  std::shared_ptr<const CommittedGroup> committed;
  if (!group.batch.entries.empty()) {
    auto appended = append(group, commands.size());
    if (!appended) {
      refuse_group(commands, appended.error());
      return commands.size();
    }
    committed = std::move(*appended);
  }

  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (outcomes[i]) {
      const auto* refusal = std::get_if<Refusal>(&*outcomes[i]);
      if (refusal != nullptr && options_.observer != nullptr) {
        options_.observer->refused(refusal->code);
      }
      // A repetition of a command of this very group learns its size only now.
      if (auto* repeated = std::get_if<Committed>(&*outcomes[i]);
          repeated != nullptr && repeated->tree_size == 0) {
        repeated->tree_size = range_.size();
      }
      commands[i].done(std::move(*outcomes[i]));
      continue;
    }
    const CommandRecord& record = group.batch.commands[record_of[i]];
    commands[i].done(Committed{record.first, record.count, record.tree_size, false, committed});
  }
  return commands.size();
}

void Sequencer::fail(Error error) {
  diag::error("sequencer.failed", {{"why", error.detail}});
  const std::lock_guard lock(failure_mutex_);
  failure_ = std::move(error);
}

}  // namespace countersign::ledger
