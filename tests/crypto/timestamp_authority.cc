#include "tests/crypto/timestamp_authority.h"

#include "ledger/base/result.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace countersign::testing {

using ledger::Timestamp;

namespace {

template <auto release>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Context = std::unique_ptr<TS_RESP_CTX, Free<TS_RESP_CTX_free>>;
using Response = std::unique_ptr<TS_RESP, Free<TS_RESP_free>>;
using Oid = std::unique_ptr<ASN1_OBJECT, Free<ASN1_OBJECT_free>>;

time_t seconds(Timestamp t) { return static_cast<time_t>(t.micros / 1'000'000); }

void name(X509_NAME* to, const std::string& common) {
  CS_ASSERT(X509_NAME_add_entry_by_txt(to, "CN", MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(common.c_str()), -1,
                                       -1, 0) == 1);
}

void extend(X509* certificate, X509* issuer, int which, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const one = X509V3_EXT_conf_nid(nullptr, &context, which, value.c_str());
  CS_ASSERT(one != nullptr && X509_add_ext(certificate, one, -1) == 1);
  X509_EXTENSION_free(one);
}

// `issuer` null: it vouches for itself.
Cert certificate(const std::string& subject, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key,
                 const AuthoritySettings& settings, const std::string& usage) {
  Cert made(X509_new());
  CS_ASSERT(made != nullptr);
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 7);
  name(X509_get_subject_name(made.get()), subject);
  X509* const by = issuer == nullptr ? made.get() : issuer;
  X509_set_issuer_name(made.get(), X509_get_subject_name(by));
  ASN1_TIME_set(X509_getm_notBefore(made.get()), seconds(settings.valid_from));
  ASN1_TIME_set(X509_getm_notAfter(made.get()), seconds(settings.valid_until));
  X509_set_pubkey(made.get(), key);
  extend(made.get(), by, NID_subject_key_identifier, "hash");
  if (issuer == nullptr) {
    extend(made.get(), by, NID_basic_constraints, "critical,CA:TRUE");
    extend(made.get(), by, NID_key_usage, "critical,keyCertSign");
  } else {
    extend(made.get(), by, NID_authority_key_identifier, "keyid:always");
    if (!usage.empty()) extend(made.get(), by, NID_ext_key_usage, usage);
  }
  CS_ASSERT(X509_sign(made.get(), issuer_key, EVP_sha256()) > 0);
  return made;
}

ASN1_INTEGER* next_serial(TS_RESP_CTX*, void*) {
  ASN1_INTEGER* const serial = ASN1_INTEGER_new();
  ASN1_INTEGER_set(serial, 4711);
  return serial;
}

int tell_time(TS_RESP_CTX*, void* data, long* whole, long* micros) {
  const Timestamp at = *static_cast<const Timestamp*>(data);
  *whole = static_cast<long>(at.micros / 1'000'000);
  *micros = 0;
  return 1;
}

}  // namespace

struct TestAuthority::State {
  AuthoritySettings settings;
  Key root_key, key;
  Cert root;
  Cert stamping;  // that OpenSSL lets sign
  Cert shown;     // with the usage asked for; the same key and number
};

TestAuthority::TestAuthority(const AuthoritySettings& settings) : state_(std::make_unique<State>()) {
  state_->settings = settings;
  state_->root_key.reset(EVP_EC_gen("P-256"));
  state_->key.reset(EVP_EC_gen("P-256"));
  CS_ASSERT(state_->root_key != nullptr && state_->key != nullptr);
  const std::string root = "Test root of " + settings.name;
  EVP_PKEY* const by = state_->root_key.get();
  // The root outlives what it issues.
  AuthoritySettings lasting;
  lasting.valid_until = Timestamp{4'000'000'000'000'000};
  state_->root = certificate(root, by, nullptr, by, lasting, "");
  const auto issue = [&](const std::string& usage) {
    return certificate(settings.name, state_->key.get(), state_->root.get(), by, settings, usage);
  };
  state_->stamping = issue(AuthoritySettings{}.usage);
  state_->shown = issue(settings.usage);
}
TestAuthority::~TestAuthority() = default;
TestAuthority::TestAuthority(TestAuthority&&) noexcept = default;

std::string TestAuthority::vouching() const {
  const Bio out(BIO_new(BIO_s_mem()));
  CS_ASSERT(PEM_write_bio_X509(out.get(), state_->root.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string TestAuthority::reply(const std::string& request, Timestamp at) const {
  const Context context(TS_RESP_CTX_new());
  const Oid policy(OBJ_txt2obj(kPolicy, 1));
  const int accuracy = state_->settings.accuracy_seconds;
  CS_ASSERT(TS_RESP_CTX_set_signer_cert(context.get(), state_->stamping.get()) == 1 &&
            TS_RESP_CTX_set_signer_key(context.get(), state_->key.get()) == 1 &&
            TS_RESP_CTX_set_signer_digest(context.get(), EVP_get_digestbyname(
                                                             state_->settings.digest.c_str())) == 1 &&
            TS_RESP_CTX_set_ess_cert_id_digest(context.get(), EVP_sha256()) == 1 &&
            TS_RESP_CTX_set_def_policy(context.get(), policy.get()) == 1 &&
            TS_RESP_CTX_add_md(context.get(), EVP_sha256()) == 1);
  if (accuracy > 0) CS_ASSERT(TS_RESP_CTX_set_accuracy(context.get(), accuracy, 0, 0) == 1);
  TS_RESP_CTX_set_serial_cb(context.get(), next_serial, nullptr);
  TS_RESP_CTX_set_time_cb(context.get(), tell_time, &at);
  const Bio in(BIO_new_mem_buf(request.data(), static_cast<int>(request.size())));
  const Response made(TS_RESP_create_response(context.get(), in.get()));
  CS_ASSERT(made != nullptr);
  PKCS7* const token = TS_RESP_get_token(made.get());
  if (token != nullptr && state_->settings.usage != AuthoritySettings{}.usage) {
    STACK_OF(X509)* const carried = token->d.sign->cert;
    X509_free(sk_X509_pop(carried));
    X509_up_ref(state_->shown.get());
    sk_X509_push(carried, state_->shown.get());
  }
  unsigned char* bytes = nullptr;
  const int size = i2d_TS_RESP(made.get(), &bytes);
  CS_ASSERT(size > 0);
  std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

}  // namespace countersign::testing
