// EvidenceStore: the files that entries name by hash, in DATA/evidence: what departments registered,
// and sealed packs.
//
//   evidence/ab/abcdef…      a file by the SHA-256 of its bytes, in hexadecimal; never written again
//   evidence/incoming/…      on their way here; what is left of an earlier process goes at open()
//
// Identical content is stored once. A file has its name only when it and its directory are durable,
// so a lost power supply leaves the whole file or none. Nothing is believed when it is read: bytes
// that do not hash to the name are damaged. Files are for their owner alone (0600, directories 0700).
//
// Thread safety: all functions may be called from any thread; they take as long as the disk does.
#pragma once

#include "ledger/evidence/incoming_file.h"
#include "ledger/evidence/media_type.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

// A stored file whose bytes were found to hash to its name.
struct StoredFile {
  FileHandle file;  // at its beginning
  std::uint64_t size = 0;
  MediaType media_type;
};

struct EvidenceCheck {
  std::uint64_t files = 0;  // sound ones
  std::uint64_t bytes = 0;
  std::vector<std::string> damaged;  // names, below the directory, of files that do not hash to them
  std::vector<std::string> foreign;  // of what is no evidence
  std::vector<Hash> sound;           // in order of names
};

class EvidenceStore {
 public:
  // Makes the directory if it is missing.
  //   Errc::io
  static Result<EvidenceStore> open(const std::filesystem::path& directory);

  // Of a ledger open for inspection: makes and removes nothing, and reads alone are allowed.
  static EvidenceStore open_read_only(const std::filesystem::path& directory) {
    return EvidenceStore(directory);
  }

  // Where IncomingFile is to make files for keep().
  std::filesystem::path incoming() const { return directory_ / "incoming"; }

  // Takes a finished file; durable when it returns. A damaged one of the same content is replaced.
  //   Errc::io
  Result<void> keep(IncomingFile& file);

  // As keep(), of bytes made here: their hash.
  //   Errc::unavailable   the disk is full      Errc::io
  Result<Hash> keep_bytes(std::string_view bytes);

  // Size and kind by name alone, without reading all of it.
  std::optional<std::uint64_t> size_of(const Hash& hash) const;

  // Reads all of it once to see that it is whole.
  //   Errc::not_found   there is none      Errc::corrupt   its bytes do not hash to its name
  //   Errc::io
  Result<StoredFile> read(const Hash& hash) const;

  // As read(), into memory: for what keep_bytes() took.
  Result<std::string> read_bytes(const Hash& hash) const;

 private:
  explicit EvidenceStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::filesystem::path directory_;
};

// Reads every file. `progress` is told the bytes read so far.
//   Errc::not_found   no such directory      Errc::io
Result<EvidenceCheck> check_evidence(const std::filesystem::path& directory,
                                     const std::function<void(std::uint64_t)>& progress);

// Copies what `to` does not hold yet in the same size, verified on the way; a damaged file is left
// out. Returns what was found in `from`.
//   as EvidenceStore::open and check_evidence
Result<EvidenceCheck> copy_evidence(const std::filesystem::path& from,
                                    const std::filesystem::path& to);

}  // namespace countersign::ledger
