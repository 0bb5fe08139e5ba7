// The time stamps that go into a pack: for every entry shown the first that covers it, or of very many
// a later one, so that the latest instant at which it can have been made stands beside it
// (ledger/FORMAT.md, "Pack as a ZIP").
//
// Thread safety: from any thread; reads from disk.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/base/result.h"
#include "ledger/base/zip_archive.h"

#include <set>

namespace countersign::ledger {
class KeptTimestamps;
class Reader;
}  // namespace countersign::ledger

namespace countersign::api {

// Of each token N the files timestamps/N.checkpoint, .tsq, .tsr and .consistency, which connects
// its checkpoint with the pack's, over `as_of` entries.
//   Errc::io, Errc::corrupt   a token or a node does not read
ledger::Result<ledger::ArchiveFiles> pack_timestamps(const ledger::KeptTimestamps& kept,
                                                     const ledger::Reader& reader,
                                                     ledger::TreeSize as_of,
                                                     const std::set<ledger::LeafIndex>& entries);

}  // namespace countersign::api
