#include "api/http/tokens.h"

#include "ledger/base/bytes.h"
#include "ledger/crypto/mac.h"
#include "ledger/crypto/random.h"
#include "ledger/crypto/key_file.h"

#include <algorithm>
#include <tuple>

namespace countersign::api {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kTokenCharactersMax = 1024;

// Payload: version, epoch (4 bytes), expiry in microseconds (8 bytes), account.
constexpr char kVersion = '\x01';
constexpr std::size_t kPayloadPrefix = 1 + 4 + 8;
// Of an upload: version, expiry in microseconds (8 bytes), hash (32 bytes), account. The version
// keeps the two kinds apart.
constexpr char kUploadVersion = '\x02';
constexpr std::size_t kHashBytes = std::tuple_size_v<ledger::Hash>;
constexpr std::size_t kUploadPrefix = 1 + 8 + kHashBytes;

Error not_accepted() { return {Errc::unauthorized, "the token does not hold"}; }

}  // namespace

Result<Tokens> Tokens::open(const std::filesystem::path& key_file,
                            const std::string& passphrase) {
  auto key = ledger::read_key_file(key_file, passphrase);
  if (!key && key.error().code == Errc::not_found) {
    std::string fresh = ledger::random_bytes(kKeyBytes);
    CS_CHECK(ledger::write_key_file(key_file, fresh, passphrase));
    return Tokens(std::move(fresh));
  }
  if (!key) return std::move(key).error();
  if (key->size() < kKeyBytes) {
    return Error{Errc::malformed,
                 key_file.string() + ": too short for a token key. Remove it to have another made; "
                                     "everybody signs in again then."};
  }
  return Tokens(std::move(*key));
}

Tokens::Tokens(std::string key, ledger::Duration lifetime)
    : key_(std::move(key)), lifetime_(lifetime) {
  CS_ASSERT(key_.size() >= kKeyBytes);
}

Tokens::Issued Tokens::issue(const ledger::AccountRecord& account) const {
  const ledger::Timestamp expires_at = ledger::SystemClock().now() + lifetime_;
  std::string payload(1, kVersion);
  ledger::append_u32(payload, account.credential_epoch);
  ledger::append_u64(payload, static_cast<std::uint64_t>(expires_at.micros));
  payload += account.account.id.value;
  return {seal(payload), expires_at};
}

std::string Tokens::seal(const std::string& payload) const {
  return ledger::to_base64url(ledger::as_bytes(payload)) + "." +
         ledger::to_base64url(ledger::hmac_sha256(key_, payload));
}

Result<std::string> Tokens::unseal(std::string_view token) const {
  const auto dot = token.find('.');
  if (token.size() > kTokenCharactersMax || dot == std::string_view::npos) return not_accepted();
  const auto payload = ledger::from_base64url(token.substr(0, dot));
  const auto mac = ledger::from_base64url(token.substr(dot + 1));
  if (!payload || !mac || payload->empty()) return not_accepted();
  const ledger::Hash wanted = ledger::hmac_sha256(key_, *payload);
  if (!ledger::equal_secrets(ledger::as_chars(wanted), *mac)) return not_accepted();
  return *payload;
}

Result<TokenClaims> Tokens::verify(std::string_view token) const {
  CS_TRY(const std::string payload, unseal(token));
  if (payload.size() <= kPayloadPrefix || payload.front() != kVersion) return not_accepted();
  const std::string_view rest = std::string_view(payload).substr(1);
  TokenClaims claims{
      ledger::AccountId(std::string(rest.substr(kPayloadPrefix - 1))), ledger::read_u32(rest),
      ledger::Timestamp{static_cast<std::int64_t>(ledger::read_u64(rest.substr(4)))}};
  if (claims.expires_at <= ledger::SystemClock().now()) return not_accepted();
  return claims;
}

std::string Tokens::issue_upload(const ledger::AccountId& account,
                                 const ledger::Hash& hash) const {
  const ledger::Timestamp expires_at = ledger::SystemClock().now() + lifetime_;
  std::string payload(1, kUploadVersion);
  ledger::append_u64(payload, static_cast<std::uint64_t>(expires_at.micros));
  payload += ledger::as_chars(hash);
  payload += account.value;
  return seal(payload);
}

Result<ledger::Hash> Tokens::verify_upload(std::string_view upload,
                                           const ledger::AccountId& account) const {
  CS_TRY(const std::string payload, unseal(upload));
  if (payload.size() <= kUploadPrefix || payload.front() != kUploadVersion) return not_accepted();
  const std::string_view rest = std::string_view(payload).substr(1);
  const ledger::Timestamp expires_at{static_cast<std::int64_t>(ledger::read_u64(rest))};
  if (expires_at <= ledger::SystemClock().now() ||
      rest.substr(kUploadPrefix - 1) != account.value) {
    return not_accepted();
  }
  ledger::Hash hash{};
  const auto bytes = ledger::as_bytes(rest.substr(8, kHashBytes));
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

Result<TokenClaims> LastToken::verify(const Tokens& tokens, std::string_view token) {
  if (!token_.empty() && ledger::equal_secrets(token_, token)) {
    if (claims_.expires_at <= ledger::SystemClock().now()) return not_accepted();
    return claims_;
  }
  CS_TRY(TokenClaims claims, tokens.verify(token));
  token_ = token;
  claims_ = std::move(claims);
  return claims_;
}

const ledger::AccountRecord* account_of(const TokenClaims& claims,
                                        const ledger::Directory& directory, ledger::Timestamp now) {
  const ledger::AccountRecord* account = directory.active_account(claims.account, now);
  if (account == nullptr || account->credential_epoch != claims.credential_epoch) return nullptr;
  return account;
}

}  // namespace countersign::api
