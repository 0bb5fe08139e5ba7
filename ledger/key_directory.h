// Key directory: the secret files of a ledger, DATA/keys, each readable by the service's user alone
// and, when a passphrase is given, encrypted under it (crypto/key_file.h).
//
//   log.key       signs checkpoints; what it signed stays verifiable without it
//   log.next.key  the one that is to take its place (log_key_rotation.h), until it has
//   log.sm2.key   signs them as well, where there is one (crypto/log_signer.h)
//   payload.key   opens the values at rest (content/payload_vault.h); lost, every value is lost,
//                 and only headers, proofs and checkpoints remain
//   token.key     bearer tokens (api/http/tokens.h)
//
// Thread safety: reads from any thread, what writes from one; all wait for the disk.
#pragma once

#include "ledger/base/result.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace countersign::ledger {

class LogSigner;
class NoteSigner;
class PayloadVault;

class KeyDirectory {
 public:
  // `ledger` is the ledger's directory. `passphrase`: "" is none.
  KeyDirectory(const std::filesystem::path& ledger, std::string passphrase);

  const std::filesystem::path& path() const { return keys_; }
  std::filesystem::path log_key_file() const { return keys_ / "log.key"; }
  std::filesystem::path payload_key_file() const { return keys_ / "payload.key"; }
  struct File {
    const char* name;
    bool always;  // a ledger in use has it
  };
  // Of every key that a ledger may have, in the order of the list above.
  static std::span<const File> files();

  //   Errc::not_found      no such file
  //   Errc::unauthorized   of another user, open to others, or the passphrase is missing or wrong
  //   Errc::corrupt        not such a key
  Result<NoteSigner> log_key() const;
  // log.key with the SM2 key beside it.
  Result<LogSigner> log_signer() const;
  // None: no key is to take the place of log.key.
  Result<std::optional<NoteSigner>> next_log_key() const;
  // As log_key(), but null when there is no such file: a ledger older than its encryption.
  Result<std::shared_ptr<const PayloadVault>> payload_key() const;

  //   Errc::conflict   there is one      Errc::io
  Result<void> write_log_key(const NoteSigner& signer) const;
  Result<void> write_next_log_key(const NoteSigner& signer) const;
  // A new SM2 key, which signs from the next start on.
  Result<void> make_sm2_key() const;
  Result<std::shared_ptr<const PayloadVault>> make_payload_key() const;

  // The next key in the place of log.key, whose file no longer holds the one before.
  // REQUIRES: next_log_key() is there.
  //   Errc::io
  Result<void> promote_next_log_key() const;
  // Removes a next key that has signed nothing; none there is success.
  //   Errc::io
  Result<void> remove_next_log_key() const;

  // Encrypts every key file under `passphrase`, or with "" stores them as they are; those that
  // stand so already are written anew. The names of the files, for telling the user. A file that
  // was done stays done when a later one fails; both passphrases are then needed once more.
  //   as log_key(); Errc::io
  Result<std::vector<std::string>> change_passphrase(const std::string& passphrase) const;

 private:
  const std::filesystem::path keys_;
  const std::string passphrase_;
};

}  // namespace countersign::ledger
