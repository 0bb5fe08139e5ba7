#include "ledger/sequencer/sequencer.h"

#include "ledger/base/diagnostics.h"
#include "ledger/domain/decide.h"
#include "ledger/domain/event_codec.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/tree_hash.h"

#include <algorithm>
#include <chrono>

namespace countersign::ledger {

namespace {

constexpr std::size_t kHeaderBytesMax = 65535;  // an entry of a C2SP bundle
// What one group holds in memory at a time besides its last command.
constexpr std::size_t kGroupBytesMax = 64 << 20;

// Rows stand behind the texts of their payload.
std::uint32_t first_row_item(const Payload& payload, std::size_t rows) {
  return static_cast<std::uint32_t>(payload.items.size() - rows);
}

}  // namespace

// One group commit in the making. Kept apart from the sequencer's own state until it is durable,
// so that a full disk leaves everything as it was.
struct Sequencer::Group {
  State state;
  CompactRange range;
  Timestamp last_sequenced;
  RecentWindow recent;  // what this group itself has changed
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
  while (true) {
    auto commands = queue_.take();
    if (commands.empty()) return;
    // A group is cut where it is large enough; the rest make the next one.
    for (std::span<QueuedCommand> rest(commands); !rest.empty();) {
      rest = rest.subspan(commit(rest));
    }
  }
}

std::optional<Outcome> Sequencer::known_or_stale(const VerifiedCommand& command,
                                                 const Group& group) const {
  const std::string& id = command.envelope_.command_id.value;
  const CommandRecord* known = group.recent.command(id);
  if (known == nullptr) known = recent_.command(id);
  if (known != nullptr) {
    if (known->body_hash != command.body_hash_) {
      return Error{Errc::conflict, "the command id was used with another body"};
    }
    return Committed{known->first, known->count, known->tree_size, true};
  }
  if (command.prepared_at_ < recent_.floor()) {
    return Error{Errc::stale, "prepared too long ago"};
  }
  for (std::size_t i = 0; i < command.rows_.size(); ++i) {
    for (std::size_t k = 0; k < command.rows_[i].size(); ++k) {
      auto changed = group.recent.row(command.rows_[i][k]);
      if (!changed) changed = recent_.row(command.rows_[i][k]);
      if (changed && command.previous_[i][k] != changed) {
        return Error{Errc::stale, "a row changed since the command was prepared"};
      }
    }
  }
  for (const StoredRowHead& head : command.erased_heads_) {
    auto changed = group.recent.row(head);
    if (!changed) changed = recent_.row(head);
    if (changed && *changed != head.head.index) {
      return Error{Errc::stale, "the row changed since its erasure was prepared"};
    }
  }
  return std::nullopt;
}

bool Sequencer::replaces_key(const RotateLogKey& command) const {
  return options_.next_key && command.retires == signer_.verifier().vkey() &&
         command.verifier_key == options_.next_key->verifier().vkey();
}

std::optional<Outcome> Sequencer::admit(const VerifiedCommand& command, Group& group) {
  if (auto outcome = known_or_stale(command, group)) return outcome;
  const auto* rotation = std::get_if<RotateLogKey>(&command.command_);
  if (rotation != nullptr && !replaces_key(*rotation)) {
    return Error{Errc::unavailable, "this ledger was not opened to replace its key"};
  }
  const Timestamp now = std::max(group.last_sequenced, clock_.now());
  auto decided = decide(group.state, command.command_, command.envelope_, now);
  if (auto* refusal = std::get_if<Refusal>(&decided)) {
    // Nobody named the heads of an attestation, so they are computed again and not refused.
    if (std::holds_alternative<AttestTable>(command.command_) &&
        refusal->code == RefusalCode::version_moved_on) {
      return Error{Errc::stale, "a row of the table changed since its heads were read"};
    }
    return std::move(*refusal);
  }
  const Decision& decision = std::get<Decision>(decided);

  // Headers first, so that one that is too long leaves the group untouched.
  static const Payload kNoItems = seal({});
  const LeafIndex first = group.range.size();
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
    const Payload& payload = one.payload ? command.payloads_[*one.payload] : kNoItems;
    headers.push_back(encode_header(
        event, signer_.name(), {static_cast<std::uint32_t>(payload.items.size()), payload.root}));
    if (headers.back().size() > kHeaderBytesMax) {
      return Error{Errc::malformed, "the event's header would be too long"};
    }
    events.push_back(std::move(event));
  }

  for (std::size_t i = 0; i < events.size(); ++i) {
    const DecidedEvent& one = decision.events[i];
    const Payload& payload = one.payload ? command.payloads_[*one.payload] : kNoItems;
    if (one.payload && *one.payload < command.rows_.size()) {
      const auto& rows = command.rows_[*one.payload];
      std::uint32_t item = first_row_item(payload, rows.size());
      for (StoredRowHead row : rows) {
        row.head.index = events[i].index;
        row.head.item = item++;
        group.recent.add_row(row);
        group.batch.row_heads.push_back(std::move(row));
      }
    }
    group.range.append(hash_leaf(as_bytes(headers[i])), group.nodes);
    group.batch.entries.push_back({std::move(headers[i]), encode_payload(payload)});
    group.payload_bytes += group.batch.entries.back().payload.size();
    evolve(group.state, events[i]);
  }
  group.batch.erased.insert(group.batch.erased.end(), command.erased_.begin(),
                            command.erased_.end());
  group.batch.row_heads.insert(group.batch.row_heads.end(), command.erased_heads_.begin(),
                               command.erased_heads_.end());
  const CommandRecord record{command.envelope_.command_id.value, command.body_hash_, first,
                             static_cast<std::uint32_t>(events.size()), 0};
  group.recent.add_command(record);
  group.batch.commands.push_back(record);
  group.last_sequenced = now;
  group.rotates = rotation != nullptr;
  return std::nullopt;
}

std::size_t Sequencer::commit(std::span<QueuedCommand> commands) {
  if (const auto failed = failure()) {
    for (QueuedCommand& one : commands) one.done(*failed);
    return commands.size();
  }
  Group group{state_, range_, last_sequenced_, RecentWindow(range_.size()), {}, 0, {}, false};
  std::vector<std::optional<Outcome>> outcomes;
  std::vector<std::size_t> record_of;  // which record of the batch a command became
  for (const QueuedCommand& one : commands) {
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

  if (!group.batch.entries.empty()) {
    const TreeSize size = group.range.size();
    for (CommandRecord& record : group.batch.commands) record.tree_size = size;
    for (const auto& node : group.nodes) {
      group.batch.nodes.push_back({dense_id(node.id), node.hash});
    }
    group.batch.expected_size = range_.size();
    group.batch.epoch = epoch_;
    group.batch.checkpoint =
        signer_.sign(Checkpoint{signer_.name(), size, group.range.root()}.text(),
                     group.rotates ? &*options_.next_key : nullptr);
    const bool snapshot_due = size - snapshot_size_ >= options_.snapshot_every;
    if (snapshot_due) group.batch.snapshot = StateSnapshot{size, encoder_.encode(group.state)};

    const auto before = std::chrono::steady_clock::now();
    const auto appended = log_.append(group.batch);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
    if (!appended) {
      if (options_.observer != nullptr) options_.observer->failed(appended.error().code);
      Error error = appended.error();
      // Out of space wrote nothing, and space may come back. Everything else is final.
      if (error.code != Errc::unavailable) {
        fail(error);
        error = {Errc::io, "what became of the write is unknown: " + error.detail};
      }
      // Also to those that were refused or repeated: they were judged by a group that may not be.
      for (QueuedCommand& one : commands) one.done(error);
      return commands.size();
    }
    state_ = std::move(group.state);
    range_ = std::move(group.range);
    last_sequenced_ = group.last_sequenced;
    if (group.rotates) signer_.succeed(*options_.next_key);
    if (snapshot_due) snapshot_size_ = size;
    for (const CommandRecord& record : group.batch.commands) recent_.add_command(record);
    for (const StoredRowHead& row : group.batch.row_heads) {
      if (row.head.index >= group.batch.expected_size) recent_.add_row(row);
    }
    recent_.trim();
    if (options_.observer != nullptr) {
      options_.observer->committed(commands.size(), group.batch.entries.size(), took.count());
    }
    if (options_.published) options_.published(group.batch.checkpoint, state_);
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
    commands[i].done(Committed{record.first, record.count, record.tree_size, false});
  }
  return commands.size();
}

void Sequencer::fail(Error error) {
  diag::error("sequencer.failed", {{"why", error.detail}});
  const std::lock_guard lock(failure_mutex_);
  failure_ = std::move(error);
}

}  // namespace countersign::ledger
