#include "ledger/base/zip_archive.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>

#include <zip.h>

namespace countersign::ledger {

namespace {

// Sizes of the records of APPNOTE.TXT, without their variable parts.
constexpr std::uint64_t kLocalHeaderBytes = 30;
constexpr std::uint64_t kDirectoryEntryBytes = 46;
constexpr std::uint64_t kEndBytes = 22;
constexpr std::string_view kEndMark("PK\x05\x06", 4);
// 1980-01-01 in the date of DOS, the earliest there is: year 0, month 1, day 1.
constexpr zip_uint16_t kDosDate = (1 << 5) | 1;
// Enough for any text; the rest of the time goes into hashing.
constexpr zip_uint32_t kDeflateLevel = 6;

Error refused(std::string what) { return {Errc::malformed, "the archive " + std::move(what)}; }

// Names of strangers are not repeated.
std::string number_text(zip_uint64_t i) { return "file " + std::to_string(i + 1) + " of it"; }

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, Discard>;
using Source = std::unique_ptr<zip_source_t, Discard>;
using File = std::unique_ptr<zip_file_t, Discard>;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

// The sizes that an entry declares, held against the limits before a byte is unpacked.
Result<zip_stat_t> entry_of(zip_t* archive, zip_uint64_t i, const ArchiveLimits& limits) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  constexpr zip_uint64_t kNeeded = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE |
                                   ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if (zip_stat_index(archive, i, ZIP_FL_ENC_RAW, &stat) != 0 || (stat.valid & kNeeded) != kNeeded) {
    return refused("has a directory that does not read");
  }
  if (!is_archive_name(stat.name)) {
    return refused("has a name that is absolute, leads outside or is not of plain letters: " +
                   number_text(i));
  }
  if (stat.encryption_method != ZIP_EM_NONE) return refused("is encrypted: " + number_text(i));
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
    return refused("is packed in another way than deflate: " + number_text(i));
  }
  if (stat.size > limits.file_bytes_max) return refused("is too large: " + number_text(i));
  return stat;
}

Result<std::string> unpacked(zip_t* archive, zip_uint64_t i, std::size_t size) {
  const File file(zip_fopen_index(archive, i, 0));
  if (!file) return refused("is damaged: " + number_text(i));
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const zip_int64_t read = zip_fread(file.get(), bytes.data() + done, size - done);
    if (read <= 0) return refused("is damaged: " + number_text(i));
    done += static_cast<std::size_t>(read);
  }
  // The checksum is judged at the end; one byte more than declared is too many.
  char more = 0;
  if (zip_fread(file.get(), &more, 1) != 0) return refused("is damaged: " + number_text(i));
  return bytes;
}

}  // namespace

bool is_archive_name(std::string_view name) {
  if (name.empty() || name.size() > kArchiveNameBytesMax) return false;
  char before = '/';
  for (const char c : name) {
    if (c != '/' && !is_name_character(c)) return false;
    if (before == '/' && (c == '/' || c == '.')) return false;
    before = c;
  }
  return before != '/';
}

std::string write_zip(const ArchiveFiles& files) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* const made = zip_source_buffer_create(nullptr, 0, 0, &error);
  CS_ASSERT(made != nullptr);
  zip_source_keep(made);  // one reference is the archive's, one is ours
  const Source written(made);
  Archive archive(zip_open_from_source(made, ZIP_CREATE | ZIP_TRUNCATE, &error));
  CS_ASSERT(archive != nullptr);
  for (const auto& [name, bytes] : files) {
    CS_ASSERT(is_archive_name(name));
    zip_source_t* const content = zip_source_buffer(archive.get(), bytes.data(), bytes.size(), 0);
    CS_ASSERT(content != nullptr);
    const zip_int64_t added = zip_file_add(archive.get(), name.c_str(), content, ZIP_FL_ENC_UTF_8);
    CS_ASSERT(added >= 0);
    const auto i = static_cast<zip_uint64_t>(added);
    CS_ASSERT(zip_set_file_compression(archive.get(), i, ZIP_CM_DEFLATE, kDeflateLevel) == 0);
    CS_ASSERT(zip_file_set_dostime(archive.get(), i, 0, kDosDate, 0) == 0);
    CS_ASSERT(zip_file_set_external_attributes(archive.get(), i, 0, ZIP_OPSYS_DOS, 0) == 0);
  }
  CS_ASSERT(zip_close(archive.release()) == 0);
  zip_stat_t stat;
  CS_ASSERT(zip_source_stat(written.get(), &stat) == 0);
  std::string out(stat.size, '\0');
  CS_ASSERT(zip_source_open(written.get()) == 0);
  CS_ASSERT(zip_source_read(written.get(), out.data(), out.size()) ==
            static_cast<zip_int64_t>(out.size()));
  zip_source_close(written.get());
  return out;
}

Result<ArchiveFiles> read_zip(std::string_view bytes, const ArchiveLimits& limits) {
  // An end record at the very end, whose comment's length, its last field, is none.
  if (bytes.size() < kEndBytes || !bytes.substr(bytes.size() - kEndBytes).starts_with(kEndMark) ||
      bytes[bytes.size() - 2] != '\0' || bytes[bytes.size() - 1] != '\0') {
    return refused("is cut off, or something follows its end");
  }
  zip_error_t error;
  zip_error_init(&error);
  Source source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error));
  CS_ASSERT(source != nullptr);
  const Archive archive(zip_open_from_source(source.get(), ZIP_RDONLY | ZIP_CHECKCONS, &error));
  if (!archive) {
    const bool twice = zip_error_code_zip(&error) == ZIP_ER_EXISTS;
    zip_error_fini(&error);
    if (twice) return refused("names a file twice");
    return refused("is damaged: its directory does not agree with its files");
  }
  source.release();  // the archive's from here on
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  if (count < 0 || static_cast<std::uint64_t>(count) > limits.files_max) {
    return refused("holds too many files");
  }
  ArchiveFiles files;
  std::uint64_t accounted = kEndBytes;
  std::uint64_t total = 0;
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
    CS_TRY(const zip_stat_t stat, entry_of(archive.get(), i, limits));
    total += stat.size;
    if (total > limits.total_bytes_max) return refused("is too large when unpacked");
    const std::string name = stat.name;
    accounted += kLocalHeaderBytes + kDirectoryEntryBytes + 2 * name.size() + stat.comp_size;
    // Files that share bytes are how a small archive becomes a large one.
    if (accounted > bytes.size()) return refused("has files that overlap or further fields");
    CS_TRY(std::string content, unpacked(archive.get(), i, stat.size));
    if (!files.emplace(name, std::move(content)).second) return refused("names a file twice");
  }
  if (accounted != bytes.size()) return refused("holds bytes that belong to no file");
  return files;
}

}  // namespace countersign::ledger
