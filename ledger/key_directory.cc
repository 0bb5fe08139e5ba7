#include "ledger/key_directory.h"

#include "ledger/content/payload_vault.h"
#include "ledger/crypto/key_file.h"
#include "ledger/crypto/signed_note.h"

namespace countersign::ledger {

namespace {

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

Result<std::shared_ptr<const PayloadVault>> KeyDirectory::make_payload_key() const {
  const auto vault = std::make_shared<const PayloadVault>(PayloadVault::generate());
  CS_CHECK(write_key_file(payload_key_file(), vault->text(), passphrase_));
  return vault;
}

Result<std::vector<std::string>> KeyDirectory::change_passphrase(
    const std::string& passphrase) const {
  std::vector<std::string> changed;
  for (const char* const name : {"log.key", "payload.key", "token.key"}) {
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
