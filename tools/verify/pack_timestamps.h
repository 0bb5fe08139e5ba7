// The time stamps that a pack brings with it: that each is over a checkpoint of the same log, whose
// tree holds the pack's or is held by it, and, where the reader says whom they trust to vouch for a
// time-stamping authority, that no entry claims to have been received after a stamp that covers it.
//
// Thread safety: from any thread.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/base/result.h"
#include "ledger/base/zip_archive.h"
#include "ledger/merkle/log_keys.h"

#include <cstddef>
#include <map>
#include <string>

namespace countersign::tools {

struct PackTimestamps {
  std::size_t tokens = 0;
  bool judged = false;      // by somebody whom the reader trusts
  std::size_t covered = 0;  // entries of the pack that existed when the stamps say
};

// `files` are those of the archive, `under` the pack's checkpoint, `received` the header's
// `received_at` of each entry. `authorities`: PEM; empty: tokens are not judged, only what they are
// over.
//   Errc::unauthorized   something does not hold; the detail names the file
ledger::Result<PackTimestamps> judge_pack_timestamps(
    const ledger::ArchiveFiles& files, const ledger::LogKeys& keys,
    const ledger::Checkpoint& under, const std::map<ledger::LeafIndex, std::string>& received,
    const std::string& authorities);

}  // namespace countersign::tools
