#include "ledger/key_directory.h"

#include "ledger/content/payload_vault.h"
#include "ledger/base/bytes.h"
#include "ledger/crypto/key_file.h"
#include "ledger/crypto/log_signer.h"

namespace countersign::ledger {

namespace {

constexpr const char* kNextLogKey = "log.next.key";
constexpr const char* kSm2Key = "log.sm2.key";
constexpr std::string_view kSm2KeyHead = "countersign-log-sm2-key1$";

Error not_that_key(const std::filesystem::path& file, const Error& why) {
  return {Errc::corrupt,
          file.string() + ": " + why.detail + ". Restore it from your copy of keys/."};
}

}  // namespace

KeyDirectory::KeyDirectory(const std::filesystem::path& ledger, std::string passphrase)
    : keys_(ledger / "keys"), passphrase_(std::move(passphrase)) {}

Result<NoteSigner> KeyDirectory::log_key() const {
  CS_TRY(const std::string skey, read_key_file(log_key_file(), passphrase_));
  auto signer = NoteSigner::from_skey(skey);
  if (!signer) return not_that_key(log_key_file(), signer.error());
  return signer;
}

Result<LogSigner> KeyDirectory::log_signer() const {
  CS_TRY(NoteSigner key, log_key());
  const auto file = keys_ / kSm2Key;
  const auto text = read_key_file(file, passphrase_);
  if (!text && text.error().code == Errc::not_found) return LogSigner(std::move(key));
  if (!text) return text.error();
  const auto scalar = text->starts_with(kSm2KeyHead)
                          ? from_base64url(std::string_view(*text).substr(kSm2KeyHead.size()))
                          : Error{Errc::malformed, "not an SM2 key of a log"};
  if (!scalar) return not_that_key(file, scalar.error());
  auto sm2 = Sm2Key::from_scalar(*scalar);
  if (!sm2) return not_that_key(file, sm2.error());
  return LogSigner(std::move(key), std::make_shared<const Sm2Key>(std::move(*sm2)));
}

Result<std::optional<NoteSigner>> KeyDirectory::next_log_key() const {
  const auto skey = read_key_file(keys_ / kNextLogKey, passphrase_);
  if (!skey && skey.error().code == Errc::not_found) return std::optional<NoteSigner>();
  if (!skey) return skey.error();
  auto signer = NoteSigner::from_skey(*skey);
  if (!signer) return not_that_key(keys_ / kNextLogKey, signer.error());
  return std::optional<NoteSigner>(std::move(*signer));
}

Result<std::shared_ptr<const PayloadVault>> KeyDirectory::payload_key() const {
  const auto text = read_key_file(payload_key_file(), passphrase_);
  if (!text && text.error().code == Errc::not_found) return std::shared_ptr<const PayloadVault>();
  if (!text) return text.error();
  auto vault = PayloadVault::from_text(*text);
  if (!vault) return not_that_key(payload_key_file(), vault.error());
  return std::make_shared<const PayloadVault>(std::move(*vault));
}

Result<void> KeyDirectory::write_log_key(const NoteSigner& signer) const {
  return write_key_file(log_key_file(), signer.skey(), passphrase_);
}

Result<void> KeyDirectory::write_next_log_key(const NoteSigner& signer) const {
  return write_key_file(keys_ / kNextLogKey, signer.skey(), passphrase_);
}

Result<void> KeyDirectory::make_sm2_key() const {
  return write_key_file(keys_ / kSm2Key,
                        std::string(kSm2KeyHead) +
                            to_base64url(as_bytes(Sm2Key::generate().scalar())),
                        passphrase_);
}

Result<void> KeyDirectory::promote_next_log_key() const {
  CS_TRY(const auto next, next_log_key());
  CS_ASSERT(next.has_value());
  CS_CHECK(replace_key_file(log_key_file(), next->skey(), passphrase_));
  return remove_next_log_key();
}

Result<void> KeyDirectory::remove_next_log_key() const {
  std::error_code failed;
  std::filesystem::remove(keys_ / kNextLogKey, failed);
  if (failed) return Error{Errc::io, "cannot remove " + (keys_ / kNextLogKey).string()};
  return {};
}

std::span<const KeyDirectory::File> KeyDirectory::files() {
  static constexpr File kFiles[] = {{"log.key", true},
                                    {kNextLogKey, false},
                                    {kSm2Key, false},
                                    {"payload.key", true},
                                    {"token.key", true}};
  return kFiles;
}

Result<std::shared_ptr<const PayloadVault>> KeyDirectory::make_payload_key() const {
  const auto vault = std::make_shared<const PayloadVault>(PayloadVault::generate());
  CS_CHECK(write_key_file(payload_key_file(), vault->text(), passphrase_));
  return vault;
}

Result<std::vector<std::string>> KeyDirectory::change_passphrase(
    const std::string& passphrase) const {
  std::vector<std::string> changed;
  for (const File& file : files()) {
    const char* const name = file.name;
    const auto content = read_key_file(keys_ / name, passphrase_);
    if (!content && content.error().code == Errc::not_found) continue;
    if (!content) return content.error();
    CS_CHECK(replace_key_file(keys_ / name, *content, passphrase));
    changed.emplace_back(name);
  }
  if (changed.empty()) return Error{Errc::not_found, "there are no keys in " + keys_.string()};
  return changed;
}

}  // namespace countersign::ledger
