// ZIP archives in memory. Written, the same files are the same bytes; read, an archive is taken for
// one that means harm: whatever could be read in two ways, or grow beyond what was allowed, is
// refused.
#pragma once

#include "ledger/base/result.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace countersign::ledger {

using ArchiveFiles = std::map<std::string, std::string>;  // bytes by name

// A relative path of A-Z a-z 0-9 . _ - with '/' between its parts; no part is empty or begins with
// a dot. At most kArchiveNameBytesMax.
bool is_archive_name(std::string_view name);
inline constexpr std::size_t kArchiveNameBytesMax = 128;

// In order of their names, deflated, all of 1980-01-01 00:00, without any other field.
// REQUIRES: each name is_archive_name(); one file or more, fewer than 65,535; less than 4 GiB altogether.
std::string write_zip(const ArchiveFiles& files);

struct ArchiveLimits {
  std::size_t files_max = 0;
  std::size_t file_bytes_max = 0;   // of one file, unpacked
  std::size_t total_bytes_max = 0;  // of all
};

//   Errc::malformed   not an archive as write_zip() writes them: damaged, cut off, with bytes that
//                     belong to no file, a comment, a field, an encrypted or otherwise packed file,
//                     a name twice or none of these names; or it is beyond the limits
Result<ArchiveFiles> read_zip(std::string_view bytes, const ArchiveLimits& limits);

}  // namespace countersign::ledger
