// Tokens: stateless bearer tokens. A token names an account, the epoch of its credential and an
// expiry, under HMAC-SHA256 with a key that never leaves the data directory. It ends by itself at
// its expiry, and at once when the account's credential changes or the account is closed.
//
// Expiry is by the computer's clock also on simulated ledgers, where time jumps.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/ids.h"
#include "ledger/base/result.h"
#include "ledger/base/time.h"
#include "ledger/domain/directory.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace countersign::api {

// What a token that verified says.
struct TokenClaims {
  ledger::AccountId account;
  std::uint32_t credential_epoch = 0;
  ledger::Timestamp expires_at;
};

class Tokens {
 public:
  static constexpr ledger::Duration kLifetime = ledger::Duration::hours(12);

  // Reads `key_file`, or makes it (mode 0600) the first time.
  // Encrypted under `passphrase` unless that is empty.
  //   Errc::unauthorized   the file is readable by others, or does not open with the passphrase
  //   Errc::malformed      it is too short
  //   Errc::io
  static ledger::Result<Tokens> open(const std::filesystem::path& key_file,
                                     const std::string& passphrase = {});
  // REQUIRES: key.size() >= 32.
  explicit Tokens(std::string key, ledger::Duration lifetime = kLifetime);

  struct Issued {
    std::string token;
    ledger::Timestamp expires_at;
  };
  Issued issue(const ledger::AccountRecord& account) const;

  //   Errc::unauthorized   altered, of another key, or expired
  ledger::Result<TokenClaims> verify(std::string_view token) const;

  // For who sent a file: says that the account had its bytes, and not only their hash, which
  // stands where everybody reads it. Lives as long as a token.
  std::string issue_upload(const ledger::AccountId& account, const ledger::Hash& hash) const;
  // The hash of the file that this account sent.
  //   Errc::unauthorized   as verify(), or of another account
  ledger::Result<ledger::Hash> verify_upload(std::string_view upload,
                                             const ledger::AccountId& account) const;

 private:
  std::string seal(const std::string& payload) const;
  // The payload of what seal() made.
  ledger::Result<std::string> unseal(std::string_view token) const;

  std::string key_;
  ledger::Duration lifetime_;
};

// The token that somebody brought last, who will bring it with every request: one that verified is
// known again without computing its MAC anew.
//
// Thread safety: one thread at a time.
class LastToken {
 public:
  // REQUIRES: the same tokens each time.
  //   as Tokens::verify()
  ledger::Result<TokenClaims> verify(const Tokens& tokens, std::string_view token);

 private:
  std::string token_;
  TokenClaims claims_;  // of token_, unless that is empty
};

// The account a token stands for, if it may act at `now`; nullptr otherwise. `now` is the ledger's
// time: an account is valid by that.
const ledger::AccountRecord* account_of(const TokenClaims& claims,
                                        const ledger::Directory& directory, ledger::Timestamp now);

}  // namespace countersign::api
