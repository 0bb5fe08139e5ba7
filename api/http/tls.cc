#include "api/http/tls.h"

#include <ctime>
#include <fstream>
#include <optional>

#include <boost/asio/ssl/context.hpp>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace countersign::api {

namespace ssl = boost::asio::ssl;
using ledger::Errc;
using ledger::Error;
using ledger::Result;

struct Tls::Loaded {
  std::shared_ptr<ssl::context> context;
  ledger::Timestamp expires;
};

namespace {

Result<void> can_be_read(const std::filesystem::path& file) {
  if (std::ifstream(file).good()) return {};
  return Error{Errc::io, "cannot read " + file.string()};
}

Error unusable(const std::filesystem::path& file, const boost::system::error_code& why) {
  return Error{Errc::malformed, file.string() + ": " + why.message()};
}

std::optional<ledger::Timestamp> end_of(const ssl::context& context) {
  const X509* own = SSL_CTX_get0_certificate(const_cast<ssl::context&>(context).native_handle());
  std::tm fields{};
  if (own == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(own), &fields) != 1) return std::nullopt;
  return ledger::Timestamp{static_cast<std::int64_t>(::timegm(&fields)) * 1'000'000};
}

}  // namespace

Result<Tls::Loaded> Tls::read(const TlsFiles& files) {
  CS_CHECK(can_be_read(files.certificate));
  CS_CHECK(can_be_read(files.key));
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(
      native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  boost::system::error_code failed;
  // An encrypted key would be asked for on a terminal that a service does not have.
  context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return ""; },
                                 failed);
  context->use_certificate_chain_file(files.certificate.string(), failed);
  if (failed) return unusable(files.certificate, failed);
  // Also compares the key with the certificate.
  context->use_private_key_file(files.key.string(), ssl::context::pem, failed);
  if (failed) return unusable(files.key, failed);
  const auto expires = end_of(*context);
  if (!expires) return Error{Errc::malformed, files.certificate.string() + ": no end of validity"};
  return Loaded{std::move(context), *expires};
}

Result<std::unique_ptr<Tls>> Tls::load(TlsFiles files) {
  std::unique_ptr<Tls> tls(new Tls(std::move(files)));
  CS_CHECK(tls->reload());
  return tls;
}

Tls::Tls(TlsFiles files) : files_(std::move(files)) {}
Tls::~Tls() = default;

Result<void> Tls::reload() {
  CS_TRY(auto loaded, read(files_));
  const std::lock_guard lock(mutex_);
  loaded_ = std::make_unique<Loaded>(std::move(loaded));
  return {};
}

std::shared_ptr<ssl::context> Tls::context() const {
  const std::lock_guard lock(mutex_);
  return loaded_->context;
}

ledger::Timestamp Tls::expires() const {
  const std::lock_guard lock(mutex_);
  return loaded_->expires;
}

}  // namespace countersign::api
