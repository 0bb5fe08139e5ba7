#include "api/processes/pack_store.h"

#include "ledger/crypto/secret_file.h"
#include "ledger/crypto/sha256.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace countersign::api {

using ledger::Errc;
using ledger::Error;
using ledger::Hash;
using ledger::Result;

namespace {

Error failure(const char* what, const std::filesystem::path& path) {
  return Error{Errc::io, std::string(what) + " " + path.string()};
}

// Makes the names in a directory durable.
Result<void> sync_directory(const std::filesystem::path& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return failure("cannot open", directory);
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!synced) return failure("cannot sync", directory);
  return {};
}

}  // namespace

Result<void> PackStore::make_directory() const {
  if (std::filesystem::is_directory(directory_)) return {};
  if (::mkdir(directory_.c_str(), S_IRWXU) != 0) return failure("cannot make", directory_);
  return sync_directory(directory_.parent_path());
}

Result<Hash> PackStore::keep(std::string_view pack) {
  const Hash hash = ledger::sha256(ledger::as_bytes(pack));
  const std::filesystem::path file = directory_ / ledger::to_hex(hash);
  const std::lock_guard lock(writing_);
  CS_CHECK(make_directory());
  // A process that died while it wrote leaves a part under the name; nobody was told of it.
  if (std::filesystem::exists(file) && !read(hash)) {
    std::error_code failed;
    std::filesystem::remove(file, failed);
    if (failed) return failure("cannot remove", file);
  }
  const auto written = ledger::write_secret_file(file, pack);
  if (!written && written.error().code != Errc::conflict) return written.error();
  return hash;
}

Result<std::string> PackStore::read(const Hash& hash) const {
  CS_TRY(std::string pack, ledger::read_secret_file(directory_ / ledger::to_hex(hash)));
  if (ledger::sha256(ledger::as_bytes(pack)) != hash) {
    return Error{Errc::corrupt, "a pack does not hash to its name"};
  }
  return pack;
}

}  // namespace countersign::api
