// KeptTimestamps: the time-stamp tokens that an authority gave over a log's checkpoints, kept
// beside the published checkpoint, outside the database. Of token N, counted from 1:
//
//   DIRECTORY/N.checkpoint   the stamped note, exact bytes
//   DIRECTORY/N.tsq          the request, with its nonce
//   DIRECTORY/N.tsr          the reply with the token; written last: without it N is not there yet
//
// Nothing is ever removed: a token's worth grows with its age.
//
// Thread safety: all functions may be called from any thread; they wait for the disk.
#pragma once

#include "ledger/base/result.h"
#include "ledger/crypto/timestamp.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace countersign::ledger {

struct KeptTimestamp {
  std::uint64_t number = 0;
  std::string checkpoint;  // the note, exact bytes
  std::string request;     // DER
  std::string reply;       // DER
};

class KeptTimestamps {
 public:
  // Looks which tokens are there; a directory that is not there yet holds none.
  //   Errc::io
  static Result<std::unique_ptr<KeptTimestamps>> open(std::filesystem::path directory);

  // The next number; once this returns, all of it is on the disk.
  //   Errc::io, Errc::unavailable
  Result<std::uint64_t> add(const std::string& checkpoint, const std::string& request,
                            const std::string& reply);

  std::uint64_t count() const;
  //   Errc::not_found      Errc::corrupt, Errc::io
  Result<KeptTimestamp> token(std::uint64_t number) const;

 private:
  KeptTimestamps(std::filesystem::path directory, std::uint64_t count)
      : directory_(std::move(directory)), count_(count) {}
  std::filesystem::path file(std::uint64_t number, const char* kind) const;

  const std::filesystem::path directory_;
  mutable std::mutex mutex_;
  std::uint64_t count_;
};

}  // namespace countersign::ledger
