#include "ledger/log/published_checkpoint.h"

#include <fstream>
#include <sstream>

namespace countersign::ledger {

Result<void> write_published_checkpoint(const std::filesystem::path& file,
                                        const std::string& note) {
  std::filesystem::path draft = file;
  draft += ".draft";
  {
    std::ofstream out(draft, std::ios::binary | std::ios::trunc);
    out << note;
    if (!out.flush()) return Error{Errc::io, "cannot write " + draft.string()};
  }
  std::error_code failed;
  std::filesystem::rename(draft, file, failed);
  if (failed) return Error{Errc::io, "cannot replace " + file.string() + ": " + failed.message()};
  return {};
}

Result<std::optional<std::string>> read_published_checkpoint(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return std::optional<std::string>();
  std::ifstream in(file, std::ios::binary);
  std::stringstream note;
  note << in.rdbuf();
  if (!in) return Error{Errc::io, "cannot read " + file.string()};
  return std::optional<std::string>(note.str());
}

}  // namespace countersign::ledger
