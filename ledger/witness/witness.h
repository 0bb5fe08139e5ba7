// Witness: cosigns checkpoints of the logs it knows, each only when it continues what it cosigned
// of that log before (c2sp.org/tlog-witness). A log that shows two histories, or goes back, does
// not get past it.
//
//   DIRECTORY/key          its signing key, mode 0600
//   DIRECTORY/origins      the logs it knows (origins.h)
//   DIRECTORY/state/ID     per origin: the last checkpoint it cosigned, with both signatures
//   DIRECTORY/evidence/    what shows that a log has two histories: NAME.cosigned is what was
//                          cosigned before, NAME.request what was then sent; of each log
//                          by itself up to a thousand of a kind
//
// Guarantees: no cosignature leaves it before the checkpoint is durable in state/; of two
// concurrent requests from one size at most one is cosigned with another root; with damaged state
// it does not start.
//
// Thread safety: all functions but open() may be called from any thread; they wait for the disk.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/base/time.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/cosignature.h"
#include "ledger/witness/origins.h"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::ledger {

class FileHandle;  // ledger/evidence/file_io.h

class Witness {
 public:
  // Makes the directory with a fresh key of this name, and an `origins` file that names none.
  // Returns the witness's vkey.
  //   Errc::malformed   not a name      Errc::conflict   there is a key already      Errc::io
  static Result<std::string> create(const std::filesystem::path& directory,
                                    const std::string& name);

  // `clock` must outlive the witness.
  //   Errc::unauthorized   the key file is another user's, or open to others
  //   Errc::malformed      the key or the origins do not read
  //   Errc::corrupt        a file in state/ is not what this witness wrote there
  //   Errc::conflict       another process runs with this directory
  //   Errc::not_found, Errc::io
  static Result<std::unique_ptr<Witness>> open(const std::filesystem::path& directory,
                                               const Clock& clock);
  ~Witness();

  struct Reply {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
  };
  // In this order: 404 unknown origin, 403 no key of the log signed, 400 malformed, 409 not from
  // the size cosigned last (which the body tells), 422 the checkpoint does not continue it, 200
  // with the cosignature line. 500: it could not be kept, so it was not cosigned.
  Reply add_checkpoint(std::string_view request);
  // What was cosigned last of the origin with this id; 404: nothing.
  Reply checkpoint(std::string_view origin_id) const;

  std::string vkey() const { return cosigner_.verifier().vkey(); }

  struct Counts {
    std::uint64_t cosigned = 0;
    std::uint64_t refused = 0;
    // Same size, another root. Kept as evidence, once each; one for which there is no more room is
    // counted whenever it is shown.
    std::uint64_t forks = 0;
    std::uint64_t unproved = 0;  // kept as evidence: signed, and no proof that it continues
  };
  Counts counts() const;

 private:
  struct Log {
    std::string origin;
    std::vector<NoteVerifier> keys;
    std::filesystem::path file;
    mutable std::mutex mutex;  // guards what follows, and is held while it is made durable
    std::optional<Checkpoint> cosigned;
    std::string note;
  };

  Witness(std::filesystem::path directory, const Clock& clock, Cosigner cosigner, FileHandle lock);
  Result<void> load(Log& log) const;
  Reply decide(std::string_view request);
  // REQUIRES: log.mutex is held.
  Reply step(Log& log, const SignedNote& note, std::string_view head, std::string_view request);
  Reply keep_evidence(const Log& log, const Checkpoint& shown, std::string_view request, bool fork);

  const std::filesystem::path directory_;
  const Clock& clock_;
  const Cosigner cosigner_;
  const std::unique_ptr<FileHandle> lock_;
  std::map<std::string, std::unique_ptr<Log>, std::less<>> logs_;  // by id; fixed after open()
  std::atomic<std::uint64_t> cosigned_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> forks_{0};
  std::atomic<std::uint64_t> unproved_{0};
};

}  // namespace countersign::ledger
