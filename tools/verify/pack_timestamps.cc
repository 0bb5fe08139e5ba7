#include "tools/verify/pack_timestamps.h"

#include "ledger/merkle/verify_proof.h"
#include "tools/verify/timestamp_judge.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace countersign::tools {

using ledger::ArchiveFiles;
using ledger::Errc;
using ledger::Error;
using ledger::LeafIndex;
using ledger::Result;

namespace {

constexpr std::string_view kDirectory = "timestamps/";
constexpr std::string_view kSimulatedOrigin = "/simulated";

Error not_right(const std::string& file, const std::string& what) {
  return {Errc::unauthorized, file + ": " + what};
}

std::optional<std::vector<ledger::Hash>> path_in(std::string_view lines) {
  std::vector<ledger::Hash> path;
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    const auto bytes = ledger::from_base64(lines.substr(0, end));
    ledger::Hash hash{};
    if (end == std::string_view::npos || !bytes || bytes->size() != hash.size()) {
      return std::nullopt;
    }
    std::copy(bytes->begin(), bytes->end(), hash.begin());
    path.push_back(hash);
    lines.remove_prefix(end + 1);
  }
  return path;
}

// That one tree is the other's past.
bool connected(const ledger::Checkpoint& one, const ledger::Checkpoint& other,
               const std::vector<ledger::Hash>& path) {
  const bool first = one.tree_size <= other.tree_size;
  const ledger::Checkpoint& from = first ? one : other;
  const ledger::Checkpoint& to = first ? other : one;
  return ledger::verify_consistency(from.tree_size, to.tree_size, path, from.root_hash,
                                    to.root_hash)
      .has_value();
}

// Entries below the size existed at the latest at that instant.
struct Stamp {
  ledger::TreeSize size = 0;
  ledger::Timestamp latest;
  std::string name;
};

// How many are covered; an error for one that claims to be later than a stamp over it.
Result<std::size_t> hold_against(const std::map<LeafIndex, std::string>& received,
                                 const std::vector<Stamp>& stamps, bool simulated) {
  std::size_t covered = 0;
  for (const auto& [index, text] : received) {
    const Stamp* soonest = nullptr;
    for (const Stamp& one : stamps) {
      if (one.size > index && (soonest == nullptr || one.latest < soonest->latest)) soonest = &one;
    }
    if (soonest == nullptr) continue;
    ++covered;
    if (simulated) continue;  // its own times are none of the world's
    const auto at = ledger::parse_rfc3339(text);
    if (!at) return not_right("entry " + std::to_string(index), "its time of receipt does not read");
    if (*at > soonest->latest) {
      return not_right("entry " + std::to_string(index),
                       "it says that it was received at " + text + ", after the stamp " +
                           soonest->name + " that covers it");
    }
  }
  return covered;
}

}  // namespace

Result<PackTimestamps> judge_pack_timestamps(const ArchiveFiles& files, const ledger::LogKeys& keys,
                                             const ledger::Checkpoint& under,
                                             const std::map<LeafIndex, std::string>& received,
                                             const std::string& authorities) {
  PackTimestamps judged;
  judged.judged = !authorities.empty();
  std::vector<Stamp> stamps;
  std::size_t known = 0;
  std::size_t there = 0;
  for (const auto& [name, bytes] : files) {
    if (!name.starts_with(kDirectory)) continue;
    ++there;
    if (!name.ends_with(".tsr")) continue;
    const std::string stem = name.substr(0, name.size() - std::string_view(".tsr").size());
    const auto part = [&](const char* kind) {
      const auto found = files.find(stem + kind);
      known += found == files.end() ? 0u : 1u;
      return found == files.end() ? std::string() : found->second;
    };
    TimestampFiles token{name, part(".checkpoint"), part(".tsr")};
    if (files.contains(stem + ".tsq")) token.request = part(".tsq");
    const auto path = path_in(part(".consistency"));
    const auto checkpoint = keys.open(token.checkpoint);
    if (!checkpoint) return not_right(stem + ".checkpoint", checkpoint.error().detail);
    if (!path || !connected(*checkpoint, under, *path)) {
      return not_right(stem + ".consistency", "does not connect it with checkpoint.txt");
    }
    ++judged.tokens;
    if (!judged.judged) continue;
    const auto stamped = judge_timestamp(token, authorities, {});
    if (!stamped) return not_right(name, stamped.error().detail);
    stamps.push_back({checkpoint->tree_size, ledger::latest_of(stamped->info), name});
  }
  if (known != there || known != 4 * judged.tokens) {
    return not_right(std::string(kDirectory), "a token's file is missing, or one is of no token");
  }
  CS_TRY(judged.covered,
         hold_against(received, stamps, keys.origin().ends_with(kSimulatedOrigin)));
  return judged;
}

}  // namespace countersign::tools
