// A person's signing key on that person's own device, and its file. The file is one line,
//
//   countersign-device-key1$<algorithm>$plain$<secret>
//   countersign-device-key1$<algorithm>$<the secret, sealed under a passphrase (password.h)>
//
// with the 32 secret bytes in base64url. Mode 0600, never written over (secret_file.h).
#pragma once

#include "ledger/base/key_algorithm.h"
#include "ledger/base/result.h"
#include "ledger/crypto/signed_note.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::ledger {

// Wiped when destroyed.
// Thread safety: const functions may be called from any thread.
class DeviceKey {
 public:
  static DeviceKey generate(KeyAlgorithm algorithm);
  // Asks for the passphrase only when the file is sealed.
  //   Errc::not_found, unauthorized   as read_secret_file; another passphrase
  //   Errc::malformed                 not such a file
  static Result<DeviceKey> read(const std::filesystem::path& path,
                                const std::function<std::string()>& passphrase);
  DeviceKey(DeviceKey&&) noexcept;
  DeviceKey& operator=(DeviceKey&&) noexcept;
  ~DeviceKey();

  // An empty passphrase leaves the file unsealed.
  //   Errc::conflict   the file exists      Errc::io
  Result<void> write(const std::filesystem::path& path, std::string_view passphrase) const;

  KeyAlgorithm algorithm() const;
  const std::string& public_key() const;
  // The signature line under `name`.
  // REQUIRES: text ends in a newline and is a valid note text.
  NoteSignature sign(const std::string& name, std::string_view text) const;

 private:
  struct State;
  explicit DeviceKey(std::unique_ptr<State> state);
  static Result<DeviceKey> from_secret(KeyAlgorithm algorithm, std::string_view secret);
  std::unique_ptr<State> state_;
};

}  // namespace countersign::ledger
