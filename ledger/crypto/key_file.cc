#include "ledger/crypto/key_file.h"

#include "ledger/crypto/password.h"
#include "ledger/crypto/secret_file.h"

#include <cstdlib>

namespace countersign::ledger {

namespace {

constexpr const char* kPassphraseVariable = "COUNTERSIGN_KEY_PASSPHRASE";

std::string content_of(std::string_view content, std::string_view passphrase) {
  if (passphrase.empty()) return std::string(content);
  return seal_with_password(content, passphrase) + "\n";
}

}  // namespace

Result<std::string> read_key_passphrase(const std::filesystem::path& file) {
  if (file.empty()) {
    const char* const given = std::getenv(kPassphraseVariable);
    return std::string(given == nullptr ? "" : given);
  }
  CS_TRY(std::string content, read_secret_file(file));
  content.resize(std::min(content.size(), content.find('\n')));
  if (content.empty()) return Error{Errc::malformed, file.string() + " holds no passphrase"};
  return content;
}

Result<void> write_key_file(const std::filesystem::path& path, std::string_view content,
                            std::string_view passphrase) {
  return write_secret_file(path, content_of(content, passphrase));
}

Result<std::string> read_key_file(const std::filesystem::path& path, std::string_view passphrase) {
  CS_TRY(std::string content, read_secret_file(path));
  if (!is_sealed_secret(content)) return content;
  if (passphrase.empty()) {
    return Error{Errc::unauthorized, path.string() +
                                         " is encrypted; give its passphrase in a file "
                                         "(key_passphrase_file) or in COUNTERSIGN_KEY_PASSPHRASE"};
  }
  if (content.ends_with('\n')) content.pop_back();
  auto opened = open_with_password(content, passphrase);
  if (!opened) {
    return Error{Errc::unauthorized, path.string() + " does not open with the passphrase given"};
  }
  return opened;
}

Result<void> replace_key_file(const std::filesystem::path& path, std::string_view content,
                              std::string_view passphrase) {
  return replace_secret_file(path, content_of(content, passphrase));
}

Result<bool> is_encrypted_key_file(const std::filesystem::path& path) {
  CS_TRY(const std::string content, read_secret_file(path));
  return is_sealed_secret(content);
}

}  // namespace countersign::ledger
