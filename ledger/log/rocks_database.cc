#include "ledger/log/rocks_database.h"

namespace countersign::ledger::rocks {

Error error_of(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  if (status.IsCorruption()) {
    return {Errc::corrupt, "the database is damaged; keep every file: " + text};
  }
  if (status.IsIOError() && text.find("lock") != std::string::npos) {
    return {Errc::io, "another process holds the database"};
  }
  return {Errc::io, "the database failed: " + text};
}

}  // namespace countersign::ledger::rocks
