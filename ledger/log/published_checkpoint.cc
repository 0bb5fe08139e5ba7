#include "ledger/log/published_checkpoint.h"

#include <fstream>
#include <iterator>
#include <system_error>

namespace countersign::ledger {

namespace {

Error failed(const std::filesystem::path& file, const char* what) {
  return {Errc::io, std::string("cannot ") + what + " " + file.filename().string()};
}

}  // namespace

Result<void> publish_checkpoint(const std::filesystem::path& file, std::string_view note) {
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) return failed(file, "make the directory of");
  std::filesystem::path next = file;
  next += ".new";
  {
    std::ofstream out(next, std::ios::binary | std::ios::trunc);
    out << note;
    out.close();
    if (!out) return failed(file, "write");
  }
  // The rename keeps readers from seeing half a note. No fsync: after a power cut an older note, or
  // none, only makes the next check weaker, and a start never fails for it.
  std::filesystem::rename(next, file, error);
  if (error) return failed(file, "replace");
  return {};
}

Result<std::optional<std::string>> read_published_checkpoint(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    if (error) return failed(file, "find");
    return std::optional<std::string>();
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) return failed(file, "open");
  std::string note{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return failed(file, "read");
  // A power cut may leave the name without the bytes.
  if (note.find_first_not_of('\0') == std::string::npos) return std::optional<std::string>();
  return std::optional<std::string>(std::move(note));
}

}  // namespace countersign::ledger
