// PackStore: the bytes of sealed packs, by their SHA-256, in DATA/packs. A pack is durable before
// the entry that names it is proposed; nothing is believed when it is read: bytes that do not hash
// to their name are damaged. Files are for their owner alone (0600, the directory 0700).
//
// Thread safety: all functions may be called from any thread; they take as long as the disk does.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/result.h"

#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

namespace countersign::api {

class PackStore {
 public:
  // The directory is made with the first pack.
  explicit PackStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // Durable when it returns. What is there already is kept, unless it is damaged.
  //   Errc::io
  ledger::Result<ledger::Hash> keep(std::string_view pack);
  //   Errc::not_found   there is none      Errc::corrupt   its bytes do not hash to its name
  //   Errc::io
  ledger::Result<std::string> read(const ledger::Hash& hash) const;

 private:
  ledger::Result<void> make_directory() const;

  const std::filesystem::path directory_;
  std::mutex writing_;
};

}  // namespace countersign::api
