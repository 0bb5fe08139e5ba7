// The event log on RocksDB. One WriteBatch with one sync for each append is the commit point.
// Nothing is ever deleted or repaired here: what does not read is reported.
#pragma once

#include <filesystem>
#include <memory>

#include "ledger/log/event_log.h"

namespace countersign::ledger {

struct RocksOptions {
  bool read_only = false;                             // for fsck beside a running service
  std::uint64_t space_reserve_bytes = 256ull << 20;   // append refuses when less is free
};

//   Errc::io        the directory cannot be opened, or another process holds it
//   Errc::corrupt   RocksDB finds its files damaged
Result<std::unique_ptr<EventLog>> open_rocks_event_log(const std::filesystem::path& directory,
                                                       const RocksOptions& options);

}  // namespace countersign::ledger
