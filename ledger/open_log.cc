#include "ledger/open_log.h"

#include "ledger/content/payload_vault.h"
#include "ledger/key_directory.h"

namespace countersign::ledger {

Result<std::unique_ptr<EventLog>> open_log(const std::filesystem::path& ledger,
                                           const KeyDirectory& keys, RocksOptions options) {
  const std::filesystem::path database = ledger / "db";
  CS_TRY(options.vault, keys.payload_key());
  if (options.vault == nullptr) {
    auto unsealed = open_rocks_event_log(database, options);
    if (!unsealed && unsealed.error().code == Errc::unauthorized) {
      return Error{Errc::not_found, keys.payload_key_file().string() +
                                        " is not there, and without it no value of this ledger "
                                        "can be read. Restore it from your copy of keys/."};
    }
    if (!unsealed || options.read_only) return unsealed;
    unsealed->reset();
    CS_TRY(options.vault, keys.make_payload_key());
  }
  auto log = open_rocks_event_log(database, options);
  if (log || log.error().code != Errc::unauthorized) return log;
  return Error{Errc::corrupt, keys.payload_key_file().string() +
                                  " is not the key that this ledger's values are sealed with. "
                                  "Restore it from your copy of keys/."};
}

}  // namespace countersign::ledger
