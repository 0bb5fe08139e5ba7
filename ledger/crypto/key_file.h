// Key files: secret files (secret_file.h) whose content may be encrypted under a passphrase, in the
// form of password.h. Which it is says the file itself.
//
// Thread safety: from any thread; one at a time for one file. They wait for the disk.
#pragma once

#include "ledger/base/result.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace countersign::ledger {

// Where a passphrase comes from: the first line of `file`, which must be a secret file; when it is
// empty, the environment variable COUNTERSIGN_KEY_PASSPHRASE; else none, which is "".
//   Errc::not_found, Errc::unauthorized, Errc::io   as read_secret_file
//   Errc::malformed   the file's first line is empty
Result<std::string> read_key_passphrase(const std::filesystem::path& file);

// As write_secret_file; encrypted unless `passphrase` is empty.
Result<void> write_key_file(const std::filesystem::path& path, std::string_view content,
                            std::string_view passphrase);
// A passphrase is not needed for a file that is not encrypted, and then not looked at.
//   Errc::not_found
//   Errc::unauthorized   as read_secret_file; or encrypted, and the passphrase is missing or wrong
Result<std::string> read_key_file(const std::filesystem::path& path, std::string_view passphrase);
// Puts `content` in the place of what the file holds, in one durable step.
//   Errc::io
Result<void> replace_key_file(const std::filesystem::path& path, std::string_view content,
                              std::string_view passphrase);
// Whether the file is encrypted.
//   as read_secret_file
Result<bool> is_encrypted_key_file(const std::filesystem::path& path);

}  // namespace countersign::ledger
