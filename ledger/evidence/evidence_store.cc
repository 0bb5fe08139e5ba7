#include "ledger/evidence/evidence_store.h"

#include "ledger/base/diagnostics.h"

#include <algorithm>

#include <sys/stat.h>
#include <unistd.h>

namespace countersign::ledger {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPart = 256 << 10;
constexpr const char* kIncoming = "incoming";

fs::path place_of(const fs::path& directory, const Hash& hash) {
  const std::string name = to_hex(hash);
  return directory / name.substr(0, 2) / name;
}

using TakePart = std::function<Result<void>(std::string_view)>;

// Every byte once, from the beginning.
//   Errc::corrupt   it is not of this hash      as open_file() and `take`
Result<StoredFile> read_whole(const fs::path& path, const Hash& hash, const TakePart& take) {
  CS_TRY(FileHandle file, open_file(path));
  RunningSha256 running;
  std::uint64_t size = 0;
  std::string head;
  std::string part(kPart, '\0');
  while (true) {
    CS_TRY(const std::size_t count, read_some(file, path, part));
    if (count == 0) break;
    const std::string_view bytes = std::string_view(part).substr(0, count);
    running.add(as_bytes(bytes));
    size += count;
    head += bytes.substr(0, IncomingFile::kHeadBytes - head.size());
    if (take) CS_CHECK(take(bytes));
  }
  if (running.finish() != hash) {
    return Error{Errc::corrupt, path.filename().string() + " does not hash to its name"};
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return system_error(path, "cannot read again");
  return StoredFile{std::move(file), size, media_type_of(head, size == head.size())};
}

// Names in the directory, sorted, so that a check says the same twice.
Result<std::vector<fs::path>> names_in(const fs::path& directory) {
  std::error_code failed;
  std::vector<fs::path> names;
  for (fs::directory_iterator at(directory, failed), end; !failed && at != end;
       at.increment(failed)) {
    names.push_back(at->path());
  }
  if (failed == std::errc::no_such_file_or_directory) {
    return Error{Errc::not_found, "there is no " + directory.string()};
  }
  if (failed) return Error{Errc::io, directory.string() + ": " + failed.message()};
  std::ranges::sort(names);
  return names;
}

std::optional<Hash> hash_of_name(const fs::path& path) {
  const std::string name = path.filename().string();
  const auto hash = hash_from_hex(name);
  // The name is written in one way, in one place.
  if (!hash || to_hex(*hash) != name) return std::nullopt;
  if (path.parent_path().filename().string() != name.substr(0, 2)) return std::nullopt;
  return *hash;
}

std::string below(const fs::path& path, const fs::path& directory) {
  return path.lexically_relative(directory).string();
}

// The files that may be evidence; what is not goes to `check`.
Result<std::vector<fs::path>> files_of(const fs::path& directory, EvidenceCheck& check) {
  std::vector<fs::path> files;
  CS_TRY(const auto folders, names_in(directory));
  for (const fs::path& folder : folders) {
    if (folder.filename() == kIncoming) continue;
    if (!fs::is_directory(fs::symlink_status(folder))) {
      check.foreign.push_back(below(folder, directory));
      continue;
    }
    CS_TRY(const auto names, names_in(folder));
    for (const fs::path& file : names) {
      if (hash_of_name(file)) {
        files.push_back(file);
      } else {
        check.foreign.push_back(below(file, directory));
      }
    }
  }
  return files;
}

}  // namespace

Result<EvidenceStore> EvidenceStore::open(const fs::path& directory) {
  EvidenceStore store(directory);
  CS_CHECK(make_owner_directory(directory));
  CS_CHECK(make_owner_directory(store.incoming()));
  CS_TRY(const auto left, names_in(store.incoming()));
  for (const fs::path& file : left) {
    std::error_code failed;
    fs::remove_all(file, failed);
    if (failed) return Error{Errc::io, "cannot remove " + file.string() + ": " + failed.message()};
  }
  if (!left.empty()) {
    diag::info("evidence.leftovers_removed", {{"files", std::to_string(left.size())}});
  }
  return store;
}

Result<void> EvidenceStore::keep(IncomingFile& file) {
  const fs::path place = place_of(directory_, file.hash());
  const auto there = read_whole(place, file.hash(), {});
  if (there) return {};
  if (there.error().code != Errc::not_found && there.error().code != Errc::corrupt) {
    return there.error();
  }
  CS_CHECK(make_owner_directory(place.parent_path()));
  CS_CHECK(sync_directory(directory_));
  return file.move_to(place);
}

Result<Hash> EvidenceStore::keep_bytes(std::string_view bytes) {
  CS_TRY(const auto file, IncomingFile::create(incoming(), 0, bytes.size()));
  CS_CHECK(file->append(as_bytes(bytes)));
  file->finish();
  CS_CHECK(keep(*file));
  return file->hash();
}

std::optional<std::uint64_t> EvidenceStore::size_of(const Hash& hash) const {
  struct stat status {};
  if (::lstat(place_of(directory_, hash).c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(status.st_size);
}

Result<StoredFile> EvidenceStore::read(const Hash& hash) const {
  return read_whole(place_of(directory_, hash), hash, {});
}

Result<std::string> EvidenceStore::read_bytes(const Hash& hash) const {
  std::string bytes;
  CS_CHECK(read_whole(place_of(directory_, hash), hash, [&](std::string_view part) -> Result<void> {
    bytes += part;
    return {};
  }));
  return bytes;
}

Result<EvidenceCheck> check_evidence(const fs::path& directory,
                                     const std::function<void(std::uint64_t)>& progress) {
  EvidenceCheck check;
  CS_TRY(const auto files, files_of(directory, check));
  for (const fs::path& path : files) {
    const Hash hash = *hash_of_name(path);
    const auto file = read_whole(path, hash, {});
    if (file) {
      check.files += 1;
      check.bytes += file->size;
      check.sound.push_back(hash);
      if (progress) progress(check.bytes);
    } else if (file.error().code == Errc::corrupt) {
      check.damaged.push_back(below(path, directory));
    } else {
      return file.error();
    }
  }
  return check;
}

Result<EvidenceCheck> copy_evidence(const fs::path& from, const fs::path& to) {
  EvidenceCheck check;
  CS_TRY(const auto files, files_of(from, check));
  CS_TRY(EvidenceStore store, EvidenceStore::open(to));
  for (const fs::path& path : files) {
    const Hash hash = *hash_of_name(path);
    std::error_code unknown;
    const auto there = store.size_of(hash);
    if (there && *there == fs::file_size(path, unknown) && !unknown) {
      check.files += 1;
      check.bytes += *there;
      check.sound.push_back(hash);
      continue;
    }
    CS_TRY(const auto copy, IncomingFile::create(store.incoming(), 0, 0));
    const auto file = read_whole(path, hash, [&](std::string_view bytes) {
      return copy->append(as_bytes(bytes));
    });
    if (file) {
      copy->finish();
      CS_CHECK(store.keep(*copy));
      check.files += 1;
      check.bytes += file->size;
      check.sound.push_back(hash);
    } else if (file.error().code == Errc::corrupt) {
      check.damaged.push_back(below(path, from));
    } else {
      return file.error();
    }
  }
  return check;
}

}  // namespace countersign::ledger
