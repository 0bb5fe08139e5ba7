#include "ledger/crypto/device_key.h"

#include "ledger/base/bytes.h"
#include "ledger/crypto/password.h"
#include "ledger/crypto/secret_file.h"
#include "ledger/crypto/sm2.h"

#include <variant>

namespace countersign::ledger {

namespace {

constexpr std::string_view kKeyFileHead = "countersign-device-key1$";
constexpr std::string_view kPlain = "plain$";

}  // namespace

struct DeviceKey::State {
  std::variant<SigningKey, Sm2Key> key;

  const std::string& secret() const {
    const auto* sm2 = std::get_if<Sm2Key>(&key);
    return sm2 != nullptr ? sm2->scalar() : std::get<SigningKey>(key).seed();
  }
  const std::string& public_key() const {
    return std::visit([](const auto& one) -> const std::string& { return one.public_key(); }, key);
  }
};

DeviceKey::DeviceKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
DeviceKey::DeviceKey(DeviceKey&&) noexcept = default;
DeviceKey& DeviceKey::operator=(DeviceKey&&) noexcept = default;
DeviceKey::~DeviceKey() = default;

DeviceKey DeviceKey::generate(KeyAlgorithm algorithm) {
  if (algorithm == KeyAlgorithm::sm2_sm3) {
    return DeviceKey(std::make_unique<State>(State{Sm2Key::generate()}));
  }
  return DeviceKey(std::make_unique<State>(State{SigningKey::generate()}));
}

Result<DeviceKey> DeviceKey::from_secret(KeyAlgorithm algorithm, std::string_view secret) {
  if (algorithm == KeyAlgorithm::sm2_sm3) {
    CS_TRY(Sm2Key key, Sm2Key::from_scalar(secret));
    return DeviceKey(std::make_unique<State>(State{std::move(key)}));
  }
  CS_TRY(SigningKey key, SigningKey::from_seed(secret));
  return DeviceKey(std::make_unique<State>(State{std::move(key)}));
}

Result<DeviceKey> DeviceKey::read(const std::filesystem::path& path,
                                  const std::function<std::string()>& passphrase) {
  CS_TRY(const std::string content, read_secret_file(path));
  const Error no_key{Errc::malformed, path.string() + " is not a device key's file"};
  std::string_view rest = content;
  if (!rest.starts_with(kKeyFileHead) || !rest.ends_with('\n')) return no_key;
  rest.remove_prefix(kKeyFileHead.size());
  rest.remove_suffix(1);
  const auto end = rest.find('$');
  const auto algorithm = key_algorithm_from(rest.substr(0, end));
  if (end == std::string_view::npos || !algorithm) return no_key;
  rest.remove_prefix(end + 1);
  if (rest.starts_with(kPlain)) {
    const auto secret = from_base64url(rest.substr(kPlain.size()));
    auto key = secret ? from_secret(*algorithm, *secret) : Result<DeviceKey>(no_key);
    if (!key) return no_key;
    return key;
  }
  const auto secret = open_with_password(rest, passphrase());
  if (!secret) {
    return Error{secret.error().code,
                 path.string() + " does not open: another passphrase, or an altered file"};
  }
  auto key = from_secret(*algorithm, *secret);
  if (!key) return no_key;
  return key;
}

Result<void> DeviceKey::write(const std::filesystem::path& path,
                              std::string_view passphrase) const {
  std::string content(kKeyFileHead);
  content += to_string(algorithm());
  content += "$";
  if (passphrase.empty()) {
    content += kPlain;
    content += to_base64url(as_bytes(state_->secret()));
  } else {
    content += seal_with_password(state_->secret(), passphrase);
  }
  return write_secret_file(path, content + "\n");
}

KeyAlgorithm DeviceKey::algorithm() const {
  return std::holds_alternative<Sm2Key>(state_->key) ? KeyAlgorithm::sm2_sm3
                                                     : KeyAlgorithm::ed25519;
}

const std::string& DeviceKey::public_key() const { return state_->public_key(); }

NoteSignature DeviceKey::sign(const std::string& name, std::string_view text) const {
  const std::string signature =
      std::visit([&](const auto& one) { return one.sign(text); }, state_->key);
  return {name, NoteVerifier(name, public_key()).key_id(), signature};
}

}  // namespace countersign::ledger
