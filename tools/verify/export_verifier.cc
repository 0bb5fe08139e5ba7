#include "tools/verify/export_verifier.h"

#include "ledger/base/canonical_json.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/compact_range.h"
#include "ledger/merkle/tree_hash.h"
#include "tools/verify/block_judges.h"
#include "tools/verify/key_history.h"
#include "tools/verify/line_blocks.h"
#include "tools/verify/log_key_chain.h"

#include <algorithm>
#include <deque>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Hash;
using ledger::LeafIndex;
using ledger::Result;
using nlohmann::json;

namespace {

constexpr std::string_view kFormat = "countersign-export-1";
constexpr std::string_view kSimulated = "/simulated";  // ends the origin of such a ledger
constexpr unsigned kTileHeight = 8;
constexpr std::size_t kTileWidth = 1 << kTileHeight;
// How many blocks a thread may be ahead of the one that puts them together.
constexpr std::size_t kBlocksAhead = 2;

// The same demand; of what was kept, the checkpoint in it.
CosignedBy note_of(CosignedBy cosigned) {
  if (cosigned.checkpoint) cosigned.checkpoint = checkpoint_in(*cosigned.checkpoint);
  return cosigned;
}

// The keys that sign checkpoints of at most so many entries, each with the smallest that it signs.
std::vector<std::pair<ledger::TreeSize, std::string>> keys_up_to(const ledger::LogKeys& keys,
                                                                 ledger::TreeSize size) {
  std::vector<std::pair<ledger::TreeSize, std::string>> list;
  for (std::size_t i = 0; i < keys.all().size() && keys.from()[i] <= size; ++i) {
    list.emplace_back(keys.from()[i], keys.all()[i].vkey());
  }
  return list;
}

class ExportVerifier {
 public:
  ExportVerifier(VerifyReport& report, ledger::NoteVerifier key, const TrustedKeys& trusted,
                 const CosignedBy& cosigned, const TimestampDemand& timestamps)
      : report_(report),
        key_(std::move(key)),
        trusted_(trusted),
        cosigned_{note_of(cosigned)},
        timestamps_(timestamps),
        chain_(report.origin) {
    expect_stamped();
    if (!cosigned_.checkpoint) return;
    // Which key of the log must have signed it, is known once all entries are.
    const auto parsed = ledger::parse_checkpoint_note(*cosigned_.checkpoint);
    if (!parsed) {
      found(std::nullopt, "the checkpoint given: " + parsed.error().detail);
      return;
    }
    expected_ = *parsed;
    meet_expected();
  }

  bool failed() const { return report_.finding.has_value(); }

  void take(ExportLine line) {
    if (closed_) return found(std::nullopt, "a line stands after the checkpoint");
    if (auto* entry = std::get_if<EntryLine>(&line)) return take_entry(*entry);
    if (const auto* tile = std::get_if<TileLine>(&line)) return take_tile(*tile);
    if (const auto* checkpoint = std::get_if<CheckpointLine>(&line))
      return take_checkpoint(checkpoint->note);
    auto& wrong = std::get<WrongLine>(line);
    if (!wrong.index || in_its_place(*wrong.index)) found(next_, std::move(wrong.what));
  }

  LeafIndex entries() const { return next_; }

  void finish() {
    report_.statements = statements_.compared();
    report_.statements_unjudged = statements_.unjudged();
    if (failed() || closed_) return;
    if (next_ < report_.entries) {
      found(next_, "the file ends here; " + std::to_string(report_.entries - next_) +
                       " entries are missing");
    } else {
      found(std::nullopt, "the file ends without its checkpoint");
    }
  }

 private:
  void found(std::optional<LeafIndex> index, std::string what) {
    if (!report_.finding) report_.finding = {index, std::move(what)};
  }

  void expect_stamped() {
    std::vector<StampedCheckpoint> stamped;
    for (const TimestampFiles& files : timestamps_.tokens) {
      auto one = judge_timestamp(files, timestamps_.authorities, {});
      if (!one) return found(std::nullopt, files.name + ": " + one.error().detail);
      stamped.push_back(std::move(*one));
    }
    if (stamped.empty()) return;
    times_.emplace(std::move(stamped));
    report_.times_compared = !report_.origin.ends_with(kSimulated);
    meet_stamped();
  }

  // Holds the entries so far against the stamped checkpoints of so many.
  void meet_stamped() {
    if (!times_) return;
    for (; met_ < times_->stamped().size(); ++met_) {
      const StampedCheckpoint& stamp = times_->stamped()[met_];
      if (stamp.checkpoint.tree_size != next_) return;
      if (stamp.checkpoint.root_hash != range_.root()) {
        return found(std::nullopt, "the first " + std::to_string(next_) +
                                       " entries do not hash to the root that was stamped (" +
                                       stamp.name + ")");
      }
      report_.stamped.push_back(stamp);
    }
  }

  bool in_its_place(LeafIndex index) {
    if (index == next_) return true;
    found(next_, "entry " + std::to_string(index) +
                     " stands in its place: entries were dropped or swapped");
    return false;
  }

  void take_entry(EntryLine& entry) {
    if (!in_its_place(entry.index)) return;
    report_.items += entry.items;
    report_.withheld += entry.withheld;
    report_.erased += entry.erased;
    completed_.clear();
    range_.append(entry.leaf, completed_);
    tile_leaves_.push_back(entry.leaf);
    if (report_.times_compared) {
      if (auto wrong = times_->judge(entry.received_at)) return found(next_, std::move(*wrong));
    }
    if (!entry.replaces_key.empty()) {
      if (auto wrong = chain_.take(next_, entry.replaces_key)) return found(next_, std::move(*wrong));
    }
    if (entry.key_act) take_key_act(*entry.key_act);
    if (failed()) return;
    if (entry.table) {
      if (auto wrong = statements_.take(std::move(*entry.table)))
        return found(next_, std::move(*wrong));
    }
    ++next_;
    meet_expected();
    meet_stamped();
  }

  void take_key_act(const KeyAct& act) {
    if (auto wrong = persons_.take(act)) return found(next_, std::move(*wrong));
    if (act.kind != KeyAct::Kind::signs) return;
    ++(act.sign_off_shown ? report_.sign_offs : report_.sign_offs_withheld);
  }

  // Holds the entries so far against the checkpoint that was given with the file.
  void meet_expected() {
    if (!expected_ || expected_->tree_size != next_) return;
    if (expected_->root_hash != range_.root()) {
      return found(std::nullopt, "the first " + std::to_string(next_) +
                                     " entries are not those of the checkpoint given: it is of "
                                     "another history of this log");
    }
    cosigned_by_witnesses(*cosigned_.checkpoint);
  }

  void cosigned_by_witnesses(const std::string& note) {
    auto names = judge_cosignatures(note, cosigned_.demand);
    if (!names) return found(std::nullopt, names.error().detail);
    report_.witnesses = std::move(*names);
    report_.cosigned = next_;
  }

  void take_tile(const TileLine& tile) {
    if (tile_leaves_.empty() || tile.number != (next_ - 1) / kTileWidth ||
        tile.width != tile_leaves_.size() || tile.root != tile_root()) {
      return found(next_ - std::min<LeafIndex>(next_, tile_leaves_.size()),
                   "the " + std::to_string(tile_leaves_.size()) +
                       " entries from here on do not hash to their tile");
    }
    tile_leaves_.clear();
  }

  // Over the leaves since the tile before. That of a whole tile was just completed in the range.
  Hash tile_root() const {
    const bool whole = tile_leaves_.size() == kTileWidth && next_ % kTileWidth == 0;
    return whole ? completed_[kTileHeight].hash : ledger::tree_root(tile_leaves_);
  }

  void take_checkpoint(const std::string& note) {
    closed_ = true;
    auto keys = chain_.keys(key_);
    if (!keys) return found(std::nullopt, keys.error().detail);
    for (const ledger::NoteVerifier& one : keys->all()) report_.log_keys.push_back(one.vkey());
    const auto opened = trusted_.history() ? trusted_.open(note, key_) : keys->open(note);
    if (!opened)
      return found(std::nullopt, "the checkpoint does not verify: " + opened.error().detail);
    if (trusted_.history()) {
      // It may know of a replacement that comes after these entries, and of no other that they lack.
      if (keys_up_to(*trusted_.history(), next_) != keys_up_to(*keys, next_)) {
        return found(std::nullopt,
                     "the entries do not replace the log's key where the file of its keys says");
      }
      keys = *trusted_.history();
    }
    report_.checkpoint = note;
    if (opened->tree_size != next_) {
      return found(next_, "the signed checkpoint covers " + std::to_string(opened->tree_size) +
                              " entries, the file holds " + std::to_string(next_));
    }
    if (report_.entries != next_) {
      return found(next_, "the file says that it holds " + std::to_string(report_.entries) +
                              " entries, and holds " + std::to_string(next_));
    }
    if (opened->root_hash != range_.root()) {
      return found(std::nullopt, "the entries do not hash to the signed root");
    }
    if (auto wrong = signed_by_another(*keys)) return found(std::nullopt, std::move(*wrong));
    if (times_ && met_ < times_->stamped().size()) {
      const StampedCheckpoint& stamp = times_->stamped()[met_];
      return found(std::nullopt, "the stamped checkpoint (" + stamp.name + ") covers " +
                                     std::to_string(stamp.checkpoint.tree_size) +
                                     " entries, more than the file holds");
    }
    if (expected_ && expected_->tree_size > next_) {
      return found(std::nullopt, "the checkpoint given covers " +
                                     std::to_string(expected_->tree_size) +
                                     " entries, more than the file holds");
    }
    if (cosigned_.demand.asked() && !expected_) cosigned_by_witnesses(note);
  }

  // Of the checkpoints given with the file, one that the log's key of its time did not sign.
  std::optional<std::string> signed_by_another(const ledger::LogKeys& keys) const {
    if (expected_) {
      const auto opened = keys.open(*cosigned_.checkpoint);
      if (!opened) return "the checkpoint given: " + opened.error().detail;
    }
    for (const TimestampFiles& files : timestamps_.tokens) {
      const auto opened = keys.open(files.checkpoint);
      if (!opened) return files.name + ": its checkpoint: " + opened.error().detail;
    }
    return std::nullopt;
  }

  VerifyReport& report_;
  const ledger::NoteVerifier key_;
  const TrustedKeys& trusted_;
  const CosignedBy cosigned_;
  const TimestampDemand& timestamps_;
  LogKeyChain chain_;
  KeyHistory persons_;
  std::optional<ledger::Checkpoint> expected_;  // cosigned_.checkpoint
  std::optional<ReceiptTimes> times_;  // none: no tokens were given
  std::size_t met_ = 0;                // of its stamped checkpoints
  TableStatements statements_;
  LeafIndex next_ = 0;
  bool closed_ = false;
  ledger::CompactRange range_;
  std::vector<ledger::CompactRange::Completed> completed_;
  std::vector<Hash> tile_leaves_;
};

}  // namespace

Result<VerifyReport> verify_export(
    std::istream& file, const TrustedKeys& trusted,
    const std::function<void(std::uint64_t, std::uint64_t)>& progress, const CosignedBy& cosigned,
    const TimestampDemand& timestamps) {
  std::string line;
  std::getline(file, line);
  CS_TRY(const json head, ledger::parse_json(line));
  const auto text = [&head](const char* name) {
    return head.contains(name) && head[name].is_string() ? head[name].get<std::string>() : "";
  };
  if (text("format") != kFormat || !head.contains("entries") ||
      !head["entries"].is_number_unsigned()) {
    return Error{Errc::malformed, "not a log export"};
  }
  VerifyReport report;
  report.origin = text("origin");
  report.verifier_key = trusted.key_for(text("verifier_key"));
  report.entries = head["entries"].get<ledger::TreeSize>();
  CS_TRY(auto key, ledger::NoteVerifier::from_vkey(report.verifier_key));
  ExportVerifier verifier(report, std::move(key), trusted, cosigned, timestamps);
  // Blocks are judged side by side and put together in order; a few at a time, so that memory does
  // not grow with the file.
  const std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
  LineBlocks blocks(file, ExportLineReader::kPadding);
  BlockJudges judges(report.origin, report.times_compared, threads);
  std::deque<std::future<std::vector<ExportLine>>> judged;
  for (bool more = true; !verifier.failed() && (more || !judged.empty());) {
    while (more && judged.size() < kBlocksAhead * threads) {
      LineBlock block = blocks.next();
      more = block.size > 0;
      if (more) judged.push_back(judges.judge(std::move(block)));
    }
    if (judged.empty()) break;
    for (ExportLine& one : judged.front().get()) {
      if (verifier.failed()) break;
      verifier.take(std::move(one));
    }
    judged.pop_front();
    if (progress) progress(verifier.entries(), report.entries);
  }
  verifier.finish();
  return report;
}

}  // namespace countersign::tools
