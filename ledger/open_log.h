// Opening the log that stands in a ledger's directory, with the key its values are sealed under.
//
// Thread safety: from any thread; a directory is opened for writing once.
#pragma once

#include "ledger/base/result.h"
#include "ledger/log/rocks_event_log.h"

#include <filesystem>
#include <memory>

namespace countersign::ledger {

class KeyDirectory;

// The database in `ledger`/db. One older than the encryption of values gets its payload key here,
// unless `options` say read-only; from then on what is written is sealed. `options.vault` is set
// here.
//   Errc::not_found   the log is sealed and its payload key is not there
//   Errc::corrupt     the payload key is another log's
//   as KeyDirectory::payload_key() and open_rocks_event_log()
Result<std::unique_ptr<EventLog>> open_log(const std::filesystem::path& ledger,
                                           const KeyDirectory& keys, RocksOptions options);

}  // namespace countersign::ledger
