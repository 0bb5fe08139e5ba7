// Offline verification of a pack of evidence as a ZIP (drawn in api/processes/pack_archive.h): needs
// the file and the log's verifier key, and no server, database or network.
#pragma once

#include "tools/verify/pack_timestamps.h"
#include "tools/verify/pack_verifier.h"

#include <cstddef>
#include <istream>
#include <string>
#include <string_view>

namespace countersign::tools {

struct PackArchiveReport {
  PackReport pack;   // its finding also tells what does not hold of the archive, by the file's name
  std::string kind;  // case, department, table
  std::string made_at;
  std::string made_by;
  std::string receiver;  // empty: none was named
  std::string basis;
  ledger::LeafIndex export_entry = 0;  // the entry that recorded it
  std::size_t files = 0;               // that the manifest names
  PackTimestamps timestamps;
  bool key_replaced = false;  // the log has replaced the key that signed the manifest
};

// What one may hold: more is refused before it is unpacked.
inline constexpr std::size_t kPackFilesMax = 10'000;
inline constexpr std::size_t kPackFileBytesMax = 128 << 20;
inline constexpr std::size_t kPackBytesMax = 256 << 20;

// Whether the file begins as a ZIP does; it stays at its beginning.
bool is_pack_archive(std::istream& file);

// That the log's key signed the manifest, that the files are those of the manifest and no others,
// that evidence.json verifies as verify_pack() says, and that the other files agree with it. Of the
// pages for people it is proved that the service wrote them, and no more.
// `trusted` and `demand` as for verify_export(), `authorities` as for judge_pack_timestamps().
//   Errc::malformed   not a ZIP as packs are, or one without a manifest
ledger::Result<PackArchiveReport> verify_pack_archive(std::string_view bytes,
                                                      const TrustedKeys& trusted,
                                                      const WitnessDemand& demand = {},
                                                      const std::string& authorities = {});

// For people.
std::string pack_archive_text(const PackArchiveReport& report, bool trusted);

}  // namespace countersign::tools
