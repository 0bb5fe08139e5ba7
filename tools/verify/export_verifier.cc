#include "tools/verify/export_verifier.h"

#include "ledger/base/canonical_json.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/compact_range.h"
#include "ledger/merkle/tree_hash.h"
#include "tools/verify/item_leaves.h"

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
constexpr LeafIndex kProgressStep = 4096;

class ExportVerifier {
 public:
  ExportVerifier(VerifyReport& report, ledger::NoteVerifier key, const CosignedBy& cosigned)
      : report_(report), key_(std::move(key)), cosigned_(cosigned) {
    if (cosigned_.checkpoint.empty()) return;
    const auto opened = ledger::open_checkpoint(cosigned_.checkpoint, key_);
    if (!opened) {
      found(std::nullopt, "the cosigned checkpoint: " + opened.error().detail);
      return;
    }
    expected_ = *opened;
    meet_expected();
  }

  bool done() const { return report_.finding.has_value() || closed_; }

  void line(const std::string& text) {
    const auto parsed = ledger::parse_json(text);
    if (!parsed || !parsed->is_object()) return found(next_, "its line does not read");
    const json& object = *parsed;
    try {
      if (object.contains("index"))
        entry(object);
      else if (object.contains("tile"))
        tile(object);
      else if (object.contains("checkpoint"))
        checkpoint(object.at("checkpoint"));
      else
        found(next_, "a line is of no known kind");
    } catch (const json::exception&) {
      found(next_, "its line lacks a member or has one of another type");
    }
  }

  void finish() {
    if (done()) return;
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

  void entry(const json& object) {
    const auto index = object.at("index").get<LeafIndex>();
    if (index != next_) {
      return found(next_, "entry " + std::to_string(index) +
                              " stands in its place: entries were dropped or swapped");
    }
    const std::string header = object.at("header").get<std::string>();
    const Hash leaf = ledger::hash_leaf(ledger::as_bytes(header));
    if (ledger::to_hex(leaf) != object.at("leaf").get<std::string>()) {
      return found(index, "its header does not hash to its leaf");
    }
    const auto parsed = ledger::parse_canonical(header);
    if (!parsed || !parsed->contains("index") || parsed->at("index") != index) {
      return found(index, "its header is not canonical or names another index");
    }
    if (parsed->at("origin") != report_.origin)
      return found(index, "its header names another origin");
    items(index, object.at("items"), parsed->at("payload"));
    range_.append(leaf, completed_);
    completed_.clear();
    tile_leaves_.push_back(leaf);
    ++next_;
    meet_expected();
  }

  // Holds the entries so far against the checkpoint that witnesses cosigned.
  void meet_expected() {
    if (!expected_ || expected_->tree_size != next_) return;
    if (expected_->root_hash != range_.root()) {
      return found(std::nullopt, "the first " + std::to_string(next_) +
                                     " entries do not hash to the root that witnesses cosigned");
    }
    cosigned_by_witnesses(cosigned_.checkpoint);
  }

  void cosigned_by_witnesses(const std::string& note) {
    auto names = judge_cosignatures(note, cosigned_.demand);
    if (!names) return found(std::nullopt, names.error().detail);
    report_.witnesses = std::move(*names);
    report_.cosigned = next_;
  }

  void items(LeafIndex index, const json& list, const json& commitment) {
    const auto found_leaves = item_leaves(list, commitment);
    report_.items += list.size();
    if (const auto* wrong = std::get_if<std::string>(&found_leaves)) return found(index, *wrong);
    report_.withheld += std::get<ItemLeaves>(found_leaves).withheld;
  }

  void tile(const json& object) {
    if (tile_leaves_.empty() || object.at("width") != tile_leaves_.size() ||
        object.at("root") != ledger::to_hex(ledger::tree_root(tile_leaves_))) {
      return found(next_ - std::min<LeafIndex>(next_, tile_leaves_.size()),
                   "the " + std::to_string(tile_leaves_.size()) +
                       " entries from here on do not hash to their tile");
    }
    tile_leaves_.clear();
  }

  void checkpoint(const std::string& note) {
    closed_ = true;
    const auto opened = ledger::open_checkpoint(note, key_);
    if (!opened)
      return found(std::nullopt, "the checkpoint does not verify: " + opened.error().detail);
    if (opened->tree_size != next_) {
      return found(next_, "the signed checkpoint covers " + std::to_string(opened->tree_size) +
                              " entries, the file holds " + std::to_string(next_));
    }
    if (opened->root_hash != range_.root()) {
      return found(std::nullopt, "the entries do not hash to the signed root");
    }
    if (!cosigned_.demand.asked()) return;
    if (!expected_) return cosigned_by_witnesses(note);
    if (expected_->tree_size > next_) {
      found(std::nullopt, "the cosigned checkpoint covers " + std::to_string(expected_->tree_size) +
                              " entries, more than the file holds");
    }
  }

  VerifyReport& report_;
  const ledger::NoteVerifier key_;
  const CosignedBy& cosigned_;
  std::optional<ledger::Checkpoint> expected_;  // cosigned_.checkpoint
  LeafIndex next_ = 0;
  bool closed_ = false;
  ledger::CompactRange range_;
  std::vector<ledger::CompactRange::Completed> completed_;
  std::vector<Hash> tile_leaves_;
};

}  // namespace

Result<VerifyReport> verify_export(
    std::istream& file, const std::string& trusted_key,
    const std::function<void(std::uint64_t, std::uint64_t)>& progress, const CosignedBy& cosigned) {
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
  report.verifier_key = trusted_key.empty() ? text("verifier_key") : trusted_key;
  report.entries = head["entries"].get<ledger::TreeSize>();
  CS_TRY(auto key, ledger::NoteVerifier::from_vkey(report.verifier_key));
  ExportVerifier verifier(report, std::move(key), cosigned);
  std::uint64_t lines = 0;
  while (!verifier.done() && std::getline(file, line)) {
    verifier.line(line);
    if (progress && ++lines % kProgressStep == 0)
      progress(std::min(lines, report.entries), report.entries);
  }
  verifier.finish();
  if (progress) progress(report.entries, report.entries);
  return report;
}

}  // namespace countersign::tools
