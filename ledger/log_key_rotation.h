// Replacing the log's key, while no service runs: an administrator says so with a password, both
// keys sign that one takes over from the other, and that goes into the log. The key's file then no
// longer holds the old private key; what it signed stays verifiable (merkle/log_keys.h).
//
// A stop at any moment is settled by the next open or the next attempt: before the entry is durable
// the old key signs, afterwards the new one, whose file was written before. A key whose entry never
// came about is not taken up again: nobody knows who has read its file since.
//
// Thread safety: from any thread, one at a time for one directory; waits for the disk.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/base/result.h"

#include <filesystem>
#include <string>

namespace countersign::ledger {

struct RotateLogKeyOptions {
  std::filesystem::path directory;
  std::string key_passphrase;  // of the key files, when they are encrypted
  AccountId account;           // of an administrator
  std::string password;
  std::string reason;
};

// Returns the new verifier key. When an attempt before this one was cut off after its entry, that is
// finished, and nothing more is done.
//   Errc::unauthorized   the password is not the account's, or it may not do this
//   Errc::conflict       refused; the detail says why
//   as Ledger::open()
Result<std::string> rotate_log_key(const RotateLogKeyOptions& options);

}  // namespace countersign::ledger
