#include "ledger/fsck.h"

#include "ledger/content/payload.h"
#include "ledger/crypto/sha256.h"
#include "ledger/domain/decide.h"
#include "ledger/domain/event_codec.h"
#include "ledger/domain/state_codec.h"
#include "ledger/erasure_check.h"
#include "ledger/log_key_history.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/node_id.h"
#include "ledger/merkle/tree_hash.h"
#include "ledger/reader.h"
#include "ledger/sequencer/recorded_definitions.h"
#include "ledger/statement_check.h"

#include <array>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace countersign::ledger {

namespace {

constexpr std::size_t kFindingsMax = 1000;

class Findings {
 public:
  explicit Findings(std::vector<Finding>& out) : out_(out) {}

  void add(std::optional<LeafIndex> index, std::string what) {
    if (out_.size() < kFindingsMax) {
      out_.push_back({index, std::move(what)});
    } else if (out_.size() == kFindingsMax) {
      out_.push_back({std::nullopt, "There are more findings than are listed."});
    }
  }
  bool none() const { return out_.empty(); }

 private:
  std::vector<Finding>& out_;
};

// The stored tree and its checkpoints. Each node is held against the stored nodes below it, so
// that one damaged node is found near its place and not in everything above.
class TreeCheck {
 public:
  TreeCheck(const EventLog& log, const LogKeys& keys, Findings& findings)
      : log_(log), keys_(keys), findings_(findings) {}

  // `leaf` is of the header as stored; none if there is no header to hash.
  Result<void> add(LeafIndex index, const std::optional<Hash>& leaf) {
    const TreeSize size = index + 1;
    std::optional<Hash> expected = leaf;
    for (unsigned level = 0; (size >> level << level) == size; ++level) {
      const NodeId id{level, (size >> level) - 1};
      const auto stored = log_.node(dense_id(id));
      if (!stored) {
        if (stored.error().code == Errc::io) return stored.error();
        findings_.add(index, name_of(id) + " is missing or not readable.");
      } else if (expected && *stored != *expected) {
        findings_.add(index, level == 0 ? "The header does not hash to the leaf stored for it."
                                        : name_of(id) + " is not the hash of the nodes below it.");
      }
      auto& pair = last_[level];
      pair[id.index & 1] = stored ? *stored : expected.value_or(Hash{});
      expected = hash_children(pair[0], pair[1]);
    }
    return {};
  }

  // REQUIRES: add() was called for all entries below `size`, and for no other.
  Result<void> check_checkpoint(TreeSize size, bool required) {
    const auto note = log_.checkpoint(size);
    const LeafIndex last = size - 1;
    if (!note) {
      if (note.error().code == Errc::io) return note.error();
      if (required) findings_.add(last, "There is no checkpoint over the whole log.");
      return {};
    }
    const auto opened = keys_.open(*note);
    if (!opened) {
      findings_.add(last, "The checkpoint over " + std::to_string(size) +
                              " entries is not signed by the log's key of its time.");
    } else if (opened->tree_size != size) {
      findings_.add(last, "The checkpoint stored for " + std::to_string(size) +
                              " entries is over another number of them.");
    } else if (opened->root_hash != root(size)) {
      findings_.add(last, "The checkpoint over " + std::to_string(size) +
                              " entries has another root than the stored tree.");
    }
    return {};
  }

 private:
  static std::string name_of(NodeId id) {
    return "The tree node at level " + std::to_string(id.level) + ", place " +
           std::to_string(id.index) + ",";
  }

  // A set bit of the size is a complete subtree; it is the last one of its level, and a left one.
  Hash root(TreeSize size) const {
    std::optional<Hash> root;
    for (unsigned level = 0; level < last_.size(); ++level) {
      if ((size >> level & 1) == 0) continue;
      root = root ? hash_children(last_[level][0], *root) : last_[level][0];
    }
    return root.value_or(hash_empty());
  }

  const EventLog& log_;
  const LogKeys& keys_;
  Findings& findings_;
  std::array<std::array<Hash, 2>, 64> last_{};  // by level: the last left and right node
};

// The command records, from the entries they point at.
class CommandCheck {
 public:
  CommandCheck(const EventLog& log, Findings& findings) : log_(log), findings_(findings) {}

  // Entries in order; the entries of a command follow one another.
  Result<void> add(LeafIndex index, const std::string& command_id) {
    if (count_ > 0 && command_id == command_id_ && index == first_ + count_) {
      ++count_;
      return {};
    }
    CS_CHECK(finish());
    command_id_ = command_id;
    first_ = index;
    count_ = 1;
    return {};
  }

  // An entry whose command is not known: where its neighbours' commands begin and end is not
  // either, so they are not compared.
  void add_unknown() {
    count_ = 0;
    after_unknown_ = true;
  }

  Result<void> finish() {
    if (count_ == 0) return {};
    ++commands_;
    const std::uint32_t count = std::exchange(count_, 0);
    if (std::exchange(after_unknown_, false)) return {};
    const auto record = log_.command(command_id_);
    if (!record) {
      if (record.error().code == Errc::io) return record.error();
      findings_.add(first_, "The record of the entry's command is not readable.");
      return {};
    }
    if (!*record) {
      findings_.add(first_, "The entry's command has no record.");
      return {};
    }
    const CommandRecord& found = **record;
    if (found.first != first_ || found.count != count) {
      findings_.add(first_, "The record of the entry's command points at other entries.");
    } else if (!names_first_checkpoint(found.tree_size, first_ + count)) {
      findings_.add(first_,
                    "The record of the entry's command does not name the first checkpoint that "
                    "covers it.");
    }
    return {};
  }

  std::uint64_t commands() const { return commands_; }

 private:
  // The receipt was given against the checkpoint that ended the command's own group commit.
  bool names_first_checkpoint(TreeSize named, TreeSize end) const {
    if (named < end || !log_.checkpoint(named)) return false;
    for (TreeSize size = end; size < named; ++size) {
      if (log_.checkpoint(size)) return false;
    }
    return true;
  }

  const EventLog& log_;
  Findings& findings_;
  std::string command_id_;
  LeafIndex first_ = 0;
  std::uint32_t count_ = 0;
  bool after_unknown_ = false;
  std::uint64_t commands_ = 0;
};

// The row heads, from the row items.
class RowCheck {
 public:
  explicit RowCheck(Findings& findings) : findings_(findings) {}

  void add(LeafIndex index, const RowsChanged& event, const Payload& payload) {
    for (std::uint32_t i = 0; i < payload.items.size(); ++i) {
      const PayloadItem& item = payload.items[i];
      if (!item.present && !item.text.empty()) continue;  // a reason
      if (!item.present) {
        erased_.emplace(ErasedItem{index, i}, item.leaf);
        with_erased_.insert(index);
        continue;
      }
      const auto change = decode_row_item(item.text);
      if (!change) continue;  // a reason; decode_items() has accepted the whole
      Rows& rows = tables_[{event.campaign.value, event.table.value}];
      const auto [row, first] = rows.try_emplace(change->key.value);
      const bool follows = first ? !change->prev : change->prev == row->second.index;
      if (!follows && !(change->prev && (unread_.contains(*change->prev) ||
                                         with_erased_.contains(*change->prev)))) {
        findings_.add(index, "Item " + std::to_string(i) +
                                 " does not follow the previous change of its row.");
      }
      row->second = {index, i, item.leaf, change->removed,
                     change->removed ? Hash{} : sha256(as_bytes(encode_cells(change->cells)))};
    }
  }

  // An entry whose rows are not known; what points at it cannot be compared.
  void add_unread(LeafIndex index) { unread_.insert(index); }
  const std::set<LeafIndex>& unread() const { return unread_; }

  Result<void> compare(const EventLog::RowView& view) {
    for (auto& [name, rows] : tables_) {
      CS_CHECK(compare_table(view, name.first, name.second, rows));
      for (const auto& [key, last] : rows) {
        findings_.add(last.index, "Item " + std::to_string(last.item) +
                                      " is the last change of a row that has no row head.");
      }
    }
    return {};
  }

  std::uint64_t rows() const { return rows_; }
  // After compare(): the row heads whose item is erased.
  const ErasedChanges& erased_heads() const { return erased_heads_; }

 private:
  struct Last {
    LeafIndex index = 0;
    std::uint32_t item = 0;
    Hash leaf{};
    bool removed = false;
    Hash cells{};  // SHA-256 of the text, to keep rows out of memory
  };
  using Rows = std::unordered_map<std::string, Last>;

  // Takes the rows that have a head out of `rows`.
  Result<void> compare_table(const EventLog::RowView& view, const std::string& campaign,
                             const std::string& table, Rows& rows) {
    const auto scanned = view.scan(campaign, table, [&](std::string_view key, const RowHead& head) {
      ++rows_;
      const auto found = rows.find(std::string(key));
      if (unread_.contains(head.index)) {
        if (found != rows.end()) rows.erase(found);
        return true;
      }
      if (const auto erased = erased_.find({head.index, head.item}); erased != erased_.end()) {
        if (head.leaf != erased->second || (!head.cells.empty() && head.cells != "{}")) {
          findings_.add(head.index, "The row head of item " + std::to_string(head.item) +
                                        " is not what its erasure leaves.");
        }
        erased_heads_[erased->first] = {std::string(key), head.removed};
        if (found != rows.end()) rows.erase(found);
        return true;
      }
      if (found == rows.end()) {
        findings_.add(head.index, "A row head points at the entry, which has no such row.");
        return true;
      }
      const Last& last = found->second;
      if (head.index != last.index || head.item != last.item || head.leaf != last.leaf) {
        findings_.add(last.index, "The row head of item " + std::to_string(last.item) +
                                      " is not the last change of its row.");
      } else if (head.removed != last.removed ||
                 (head.removed ? !head.cells.empty()
                               : sha256(as_bytes(head.cells)) != last.cells)) {
        findings_.add(last.index, "The row head of item " + std::to_string(last.item) +
                                      " has other cells than the item.");
      }
      rows.erase(found);
      return true;
    });
    if (scanned || scanned.error().code == Errc::io) return scanned;
    findings_.add(std::nullopt,
                  "The row heads of a table are not readable: " + scanned.error().detail + ".");
    rows.clear();
    return {};
  }

  Findings& findings_;
  std::set<LeafIndex> unread_;
  std::set<LeafIndex> with_erased_;      // entries of rows of which an item is erased
  std::map<ErasedItem, Hash> erased_;    // their leaves
  ErasedChanges erased_heads_;
  std::map<std::pair<std::string, std::string>, Rows> tables_;  // by campaign and table
  std::uint64_t rows_ = 0;
};

class Check {
 public:
  Check(const EventLog& log, const LogKeys& keys,
        const std::function<void(TreeSize, TreeSize)>& progress)
      : log_(log),
        keys_(keys),
        progress_(progress),
        findings_(report_.findings),
        tree_(log, keys, findings_),
        commands_(log, findings_),
        rows_(findings_),
        erasures_([this](LeafIndex index, std::string what) { findings_.add(index, std::move(what)); }),
        statements_(found_statement()) {}

  Result<FsckReport> run() {
    // The snapshot first and the view second: neither is then beyond the entries that are read.
    const auto snapshot = log_.snapshot();
    const auto view = log_.row_view();
    const TreeSize total = view->size();
    log_.wait_for(total, std::chrono::seconds(1));  // a batch may be written and not yet announced
    CS_CHECK(check_entries(total));
    report_.entries = total;
    report_.commands = commands_.commands();
    erasures_.compare(rows_.unread());
    const bool entries_whole = findings_.none();
    CS_CHECK(rows_.compare(*view));
    report_.rows = rows_.rows();
    report_.statements = statements_.compared();
    report_.statements_unjudged = statements_.unjudged();
    if (entries_whole) CS_CHECK(check_statements_again(total));
    CS_CHECK(check_snapshot(snapshot, total, entries_whole));
    for (Finding& one : false_statements_) findings_.add(one.index, std::move(one.what));
    return std::move(report_);
  }

 private:
  Result<void> check_entries(TreeSize total) {
    LeafIndex next = 0;
    while (next < total) {
      Result<void> failure;
      const auto scanned = log_.scan(next, total, [&](LeafIndex index, const StoredEntry& entry) {
        failure = check_entry(index, entry);
        next = index + 1;
        if (failure) failure = finish_entry(next, total);
        return failure.has_value();
      });
      CS_CHECK(std::move(failure));
      if (scanned && next < total) return Error{Errc::io, "the log ended while it was read"};
      if (scanned) break;
      if (scanned.error().code != Errc::corrupt) return scanned.error();
      findings_.add(next, "The entry is not readable: " + scanned.error().detail + ".");
      commands_.add_unknown();
      rows_.add_unread(next);
      statements_.add_unread();
      CS_CHECK(tree_.add(next, std::nullopt));
      CS_CHECK(finish_entry(++next, total));
    }
    return commands_.finish();
  }

  Result<void> finish_entry(TreeSize size, TreeSize total) {
    constexpr TreeSize kProgressEvery = 1024;
    CS_CHECK(tree_.check_checkpoint(size, size == total));
    if (progress_ && (size % kProgressEvery == 0 || size == total)) progress_(size, total);
    return {};
  }

  Result<void> check_entry(LeafIndex index, const StoredEntry& entry) {
    CS_CHECK(tree_.add(index, hash_leaf(as_bytes(entry.header))));
    auto payload = decode_payload(entry.payload);
    if (!payload) findings_.add(index, "The payload is not a payload record.");
    auto header = decode_header(entry.header);
    if (!header) {
      findings_.add(index, "The header is not readable: " + header.error().detail + ".");
      commands_.add_unknown();
      rows_.add_unread(index);
      statements_.add_unread();
      return {};
    }
    check_header(index, *header);
    CS_CHECK(commands_.add(index, header->event.command_id.value));
    if (!payload || !check_payload(index, *header, *payload)) {
      rows_.add_unread(index);
      statements_.add_unread();
    }
    return {};
  }

  void check_header(LeafIndex index, const DecodedHeader& header) {
    if (header.event.index != index) findings_.add(index, "The header names another index.");
    if (header.origin != keys_.origin()) findings_.add(index, "The header names another origin.");
    if (const auto* rotation = std::get_if<LogKeyRotated>(&header.event.event)) {
      const auto checked = check_log_key_rotation(index, keys_.origin(), *rotation,
                                                  log_key_ ? &*log_key_ : nullptr);
      if (!checked) {
        findings_.add(index, "The log's key was not replaced rightly: " + checked.error().detail +
                                 ".");
      }
      log_key_ = rotation->verifier_key;
    }
    if (header.event.sequenced_at < sequenced_at_) {
      findings_.add(index, "The entry was sequenced before the one in front of it.");
    } else {
      sequenced_at_ = header.event.sequenced_at;
    }
  }

  // Whether the items are the entry's and readable.
  bool check_payload(LeafIndex index, DecodedHeader& header, const Payload& payload) {
    report_.items += payload.items.size();
    if (payload.items.size() != header.commitment.count || payload.root != header.commitment.root) {
      findings_.add(index, "The payload is not the one that the header commits to.");
      return false;
    }
    std::vector<std::string_view> items;
    for (const PayloadItem& item : payload.items) items.push_back(item.text);
    if (const auto filled = decode_items(header.event, items); !filled) {
      findings_.add(index, "An item is not readable: " + filled.error().detail + ".");
      return false;
    }
    erasures_.add(index, header.event.event, payload);
    if (const auto* changed = std::get_if<RowsChanged>(&header.event.event)) {
      rows_.add(index, *changed, payload);
    }
    statements_.add(index, header.event.event, payload);
    return true;
  }

  // Kept apart until the end: an entry that states what is not so is itself whole.
  StatementCheck::Found found_statement() {
    return [this](LeafIndex index, std::string what) {
      if (false_statements_.size() <= kFindingsMax) {
        false_statements_.push_back({index, std::move(what)});
      }
    };
  }

  // A second pass, only where rows were erased: by now it is known whose they were.
  Result<void> check_statements_again(TreeSize total) {
    const ErasedChanges erased = erasures_.changes(rows_.erased_heads());
    if (statements_.unjudged() == 0 || erased.empty()) return {};
    StatementCheck again(found_statement(), statements_, erased);
    Result<void> failure;
    CS_CHECK(log_.scan(0, total, [&](LeafIndex index, const StoredEntry& entry) {
      failure = add_again(again, index, entry);
      return failure.has_value();
    }));
    CS_CHECK(std::move(failure));
    report_.statements += again.compared();
    report_.statements_unjudged = again.unjudged();
    return {};
  }

  static Result<void> add_again(StatementCheck& again, LeafIndex index, const StoredEntry& entry) {
    CS_TRY(DecodedHeader header, decode_header(entry.header));
    CS_TRY(const Payload payload, decode_payload(entry.payload));
    std::vector<std::string_view> items;
    for (const PayloadItem& item : payload.items) items.push_back(item.text);
    CS_CHECK(decode_items(header.event, items));
    again.add(index, header.event.event, payload);
    return {};
  }

  // Folds in a pass of its own: evolve() trusts its events, so it must see none that the signed
  // tree has not vouched for.
  Result<void> check_snapshot(const Result<std::optional<StateSnapshot>>& snapshot, TreeSize total,
                              bool entries_whole) {
    if (!snapshot) {
      if (snapshot.error().code == Errc::io) return snapshot.error();
      findings_.add(std::nullopt, "The state snapshot is not readable.");
      return {};
    }
    if (!*snapshot) return {};
    const TreeSize size = (*snapshot)->size;
    if (size == 0 || size > total) {
      findings_.add(std::nullopt, "The state snapshot is of a size that the log does not have.");
      return {};
    }
    if (!entries_whole) {
      findings_.add(std::nullopt,
                    "The state snapshot was not compared, because entries are damaged.");
      return {};
    }
    const Reader reader(log_, keys_.origin());
    State state;
    while (state.size < size) {
      CS_TRY(const RecordedEvent event, reader.event(state.size));
      evolve(state, event);
    }
    // By what it says: one of an earlier version may say it at greater length.
    const auto said = decode_state((*snapshot)->bytes, recorded_definitions(log_));
    if (!said || encode_state(state) != encode_state(*said)) {
      findings_.add(size - 1,
                    "The state snapshot taken after the entry is not what the entries say.");
    }
    return {};
  }

  const EventLog& log_;
  const LogKeys& keys_;
  const std::function<void(TreeSize, TreeSize)>& progress_;
  FsckReport report_;
  Findings findings_;
  TreeCheck tree_;
  CommandCheck commands_;
  RowCheck rows_;
  ErasureCheck erasures_;
  StatementCheck statements_;
  std::vector<Finding> false_statements_;
  Timestamp sequenced_at_{INT64_MIN};
  std::optional<std::string> log_key_;  // since the last rotation that was seen; none: none was
};

}  // namespace

Result<FsckReport> fsck(const EventLog& log, const std::string& verifier_key,
                        const std::function<void(TreeSize, TreeSize)>& progress) {
  CS_TRY(const NoteVerifier verifier, NoteVerifier::from_vkey(verifier_key));
  CS_TRY(const auto rotations, find_log_key_rotations(log));
  const auto keys = log_keys_of(rotations, verifier);
  if (keys) return Check(log, *keys, progress).run();
  // Judged under the key given alone, so that what else is wrong is named too.
  CS_TRY(FsckReport report, Check(log, LogKeys(verifier), progress).run());
  report.findings.insert(report.findings.begin(), {std::nullopt, keys.error().detail});
  return report;
}

}  // namespace countersign::ledger
