#include "ledger/crypto/timestamp.h"

#include "ledger/base/utf8.h"
#include "ledger/crypto/random.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <vector>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

namespace countersign::ledger {

namespace {

constexpr std::size_t kPemBytesMax = 1 << 20;
constexpr std::size_t kTextBytesMax = 500;  // of a name or the authority's words
constexpr std::size_t kNonceBytes = 8;
constexpr int kSerialBitsMax = 160;  // RFC 3161, section 2.4.2
constexpr std::int64_t kAccuracySecondsMax = 86'400;
// SHA-1 and keys of fewer than 1024 bits vouch for nothing.
constexpr int kSecurityLevel = 1;

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};
void free_names(STACK_OF(X509) * certificates) { sk_X509_free(certificates); }

using Reply = std::unique_ptr<TS_RESP, Release<TS_RESP_free>>;
using Request = std::unique_ptr<TS_REQ, Release<TS_REQ_free>>;
using Imprint = std::unique_ptr<TS_MSG_IMPRINT, Release<TS_MSG_IMPRINT_free>>;
using Algorithm = std::unique_ptr<X509_ALGOR, Release<X509_ALGOR_free>>;
using Integer = std::unique_ptr<ASN1_INTEGER, Release<ASN1_INTEGER_free>>;
using Object = std::unique_ptr<ASN1_OBJECT, Release<ASN1_OBJECT_free>>;
using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;
using Memory = std::unique_ptr<BIO, Release<BIO_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Signers = std::unique_ptr<STACK_OF(X509), Release<free_names>>;
using Store = std::unique_ptr<X509_STORE, Release<X509_STORE_free>>;

// Whatever a call leaves in OpenSSL's queue of this thread is nobody else's business.
struct QuietErrors {
  QuietErrors() { ERR_clear_error(); }
  ~QuietErrors() { ERR_clear_error(); }
};

Error unreadable(const char* what) { return Error{Errc::malformed, what}; }
Error refused(std::string why) { return Error{Errc::unauthorized, std::move(why)}; }

std::string text_in(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

// What `print` writes for people, which may be any bytes of a stranger's; always valid UTF-8.
template <typename Print>
std::string printed(const Print& print, unsigned long flags) {
  std::string text;
  for (const unsigned long escaped : {0UL, static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)}) {
    const Memory memory(BIO_new(BIO_s_mem()));
    CS_ASSERT(memory != nullptr);
    if (print(memory.get(), flags | escaped) < 0) return "?";
    text = text_in(memory.get());
    if (text.size() <= kTextBytesMax && is_valid_utf8(text)) return text;
  }
  text.resize(std::min(text.size(), kTextBytesMax));
  return is_valid_utf8(text) ? text : "?";
}

std::string name_of(const X509_NAME* name) {
  const auto print = [name](BIO* out, unsigned long flags) {
    return X509_NAME_print_ex(out, name, 0, flags);
  };
  return printed(print, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
}

std::string words_of(const ASN1_STRING* text) {
  const auto print = [text](BIO* out, unsigned long flags) {
    return ASN1_STRING_print_ex(out, text, flags);
  };
  return printed(print, ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT);
}

std::string oid_of(const ASN1_OBJECT* object) {
  char text[128];
  const int size = OBJ_obj2txt(text, sizeof text, object, 1);
  return size > 0 && static_cast<std::size_t>(size) < sizeof text ? text : "?";
}

// Hexadecimal without leading zeros; none: longer than `bits`.
std::optional<std::string> hex_of(const ASN1_INTEGER* integer, int bits) {
  const Number number(ASN1_INTEGER_to_BN(integer, nullptr));
  if (number == nullptr || BN_is_negative(number.get()) || BN_num_bits(number.get()) > bits) {
    return std::nullopt;
  }
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
  BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes.empty() ? "00" : to_hex(as_bytes(bytes));
}

// The SHA-256 that it stamps; none: it is of another algorithm.
std::optional<Hash> imprint_of(TS_MSG_IMPRINT* imprint) {
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  const ASN1_OCTET_STRING* const bytes = TS_MSG_IMPRINT_get_msg(imprint);
  Hash hash{};
  if (OBJ_obj2nid(algorithm) != NID_sha256 ||
      static_cast<std::size_t>(ASN1_STRING_length(bytes)) != hash.size()) {
    return std::nullopt;
  }
  std::copy_n(ASN1_STRING_get0_data(bytes), hash.size(), hash.begin());
  return hash;
}

// All of the bytes, as `decode` reads them; null: they are no such thing, or more follows.
template <typename Owner, typename Decode>
Owner decoded(std::string_view der, const Decode& decode) {
  if (der.empty() || der.size() > kTimestampBytesMax) return nullptr;
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = at + der.size();
  Owner object(decode(nullptr, &at, static_cast<long>(der.size())));
  if (at != end) object.reset();
  return object;
}

template <typename T, typename Encode>
std::string encoded(const T* object, const Encode& encode) {
  unsigned char* bytes = nullptr;
  const int size = encode(object, &bytes);
  CS_ASSERT(size > 0);
  std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

// RFC 3161 has Zulu time with seconds, and a fraction if it wants to.
Result<Timestamp> instant_of(const ASN1_GENERALIZEDTIME* time) {
  const std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(time)),
                         static_cast<std::size_t>(ASN1_STRING_length(time)));
  const auto digits = [&text](std::size_t from, std::size_t to) {
    return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from),
                       text.begin() + static_cast<std::ptrdiff_t>(to),
                       [](unsigned char c) { return std::isdigit(c) != 0; });
  };
  const Error wrong{Errc::malformed, "the token's time does not read"};
  if (text.size() < 15 || text.size() > 40 || text.back() != 'Z' || !digits(0, 14)) return wrong;
  std::string fraction;
  if (text.size() > 15) {
    if (text[14] != '.' || text.size() == 16 || !digits(15, text.size() - 1)) return wrong;
    fraction = "." + text.substr(15, std::min<std::size_t>(text.size() - 16, 6));
  }
  const auto at = parse_rfc3339(text.substr(0, 4) + "-" + text.substr(4, 2) + "-" +
                                text.substr(6, 2) + "T" + text.substr(8, 2) + ":" +
                                text.substr(10, 2) + ":" + text.substr(12, 2) + fraction + "Z");
  if (!at) return wrong;
  return *at;
}

Result<Duration> accuracy_of(TS_ACCURACY* accuracy) {
  if (accuracy == nullptr) return Duration{};
  const auto part = [](const ASN1_INTEGER* integer, std::int64_t most) -> std::optional<std::int64_t> {
    std::int64_t value = 0;
    if (integer != nullptr &&
        (ASN1_INTEGER_get_int64(&value, integer) != 1 || value < 0 || value > most)) {
      return std::nullopt;
    }
    return value;
  };
  const auto seconds = part(TS_ACCURACY_get_seconds(accuracy), kAccuracySecondsMax);
  const auto millis = part(TS_ACCURACY_get_millis(accuracy), 999);
  const auto micros = part(TS_ACCURACY_get_micros(accuracy), 999);
  if (!seconds || !millis || !micros) return unreadable("the token's accuracy does not read");
  return Duration{*seconds * 1'000'000 + *millis * 1'000 + *micros};
}

// The certificate that the token names as its signer, out of those it carries; nothing is verified.
std::string signer_of(PKCS7* token) {
  const Signers signers(PKCS7_get0_signers(token, nullptr, 0));
  if (signers == nullptr || sk_X509_num(signers.get()) < 1) return {};
  return name_of(X509_get_subject_name(sk_X509_value(signers.get(), 0)));
}

std::string refusal_of(const TS_STATUS_INFO* info) {
  struct Reason {
    int bit;
    const char* what;
  };
  constexpr Reason kReasons[] = {
      {TS_INFO_BAD_ALG, "it does not take this hash algorithm"},
      {TS_INFO_BAD_REQUEST, "it does not take this request"},
      {TS_INFO_BAD_DATA_FORMAT, "it could not read the request"},
      {TS_INFO_TIME_NOT_AVAILABLE, "its source of time is not available"},
      {TS_INFO_UNACCEPTED_POLICY, "it does not offer this policy"},
      {TS_INFO_UNACCEPTED_EXTENSION, "it does not take this extension"},
      {TS_INFO_ADD_INFO_NOT_AVAILABLE, "it does not have what was asked for"},
      {TS_INFO_SYSTEM_FAILURE, "it failed"},
  };
  std::string out = "the authority granted no token";
  if (const auto* bits = TS_STATUS_INFO_get0_failure_info(info)) {
    for (const Reason& reason : kReasons) {
      if (ASN1_BIT_STRING_get_bit(bits, reason.bit) == 1) out += ": " + std::string(reason.what);
    }
  }
  const auto* words = TS_STATUS_INFO_get0_text(info);
  if (words != nullptr && sk_ASN1_UTF8STRING_num(words) > 0) {
    out += " (it says: " + words_of(sk_ASN1_UTF8STRING_value(words, 0)) + ")";
  }
  return out;
}

// The reply whole, with a token in it.
Result<Reply> granted(std::string_view der) {
  if (der.size() > kTimestampBytesMax) return unreadable("longer than any timestamp reply");
  auto reply = decoded<Reply>(der, d2i_TS_RESP);
  if (reply == nullptr) return unreadable("not a timestamp reply (RFC 3161)");
  TS_STATUS_INFO* const info = TS_RESP_get_status_info(reply.get());
  const long status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(info));
  if (status != TS_STATUS_GRANTED && status != TS_STATUS_GRANTED_WITH_MODS) {
    return Error{Errc::unavailable, refusal_of(info)};
  }
  if (TS_RESP_get_token(reply.get()) == nullptr || TS_RESP_get_tst_info(reply.get()) == nullptr) {
    return unreadable("a timestamp reply without its token");
  }
  return reply;
}

Result<TimestampInfo> info_of(TS_RESP* reply) {
  TS_TST_INFO* const told = TS_RESP_get_tst_info(reply);
  if (TS_TST_INFO_get_version(told) != 1) return unreadable("a token of another version than 1");
  TimestampInfo info;
  CS_TRY(info.at, instant_of(TS_TST_INFO_get_time(told)));
  CS_TRY(info.accuracy, accuracy_of(TS_TST_INFO_get_accuracy(told)));
  auto serial = hex_of(TS_TST_INFO_get_serial(told), kSerialBitsMax);
  if (!serial) return unreadable("the token's serial number is negative or too long");
  info.serial = std::move(*serial);
  info.policy = oid_of(TS_TST_INFO_get_policy_id(told));
  info.authority = signer_of(TS_RESP_get_token(reply));
  return info;
}

Result<void> stamps(TS_RESP* reply, const Hash& imprint) {
  const auto stamped = imprint_of(TS_TST_INFO_get_msg_imprint(TS_RESP_get_tst_info(reply)));
  if (!stamped) return refused("the token stamps another kind of hash than SHA-256");
  if (*stamped != imprint) return refused("the token stamps something else: its hash differs");
  return {};
}

Result<std::vector<Certificate>> certificates_in(std::string_view pem) {
  const QuietErrors quiet;
  if (pem.size() > kPemBytesMax) return unreadable("too long to be certificates of authorities");
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  CS_ASSERT(memory != nullptr);
  std::vector<Certificate> certificates;
  // An empty password, so that nobody is asked for one at a terminal.
  char no_password[] = "";
  while (X509* one = PEM_read_bio_X509(memory.get(), nullptr, nullptr, no_password)) {
    certificates.emplace_back(one);
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!at_end) return unreadable("a certificate among those of the authorities does not read");
  if (certificates.empty()) return unreadable("no PEM certificate of an authority");
  return certificates;
}

// Of MD5 and SHA-1 the like can be made.
bool weakly_signed(PKCS7* token) {
  auto* const signers = PKCS7_get_signer_info(token);
  for (int i = 0; i < sk_PKCS7_SIGNER_INFO_num(signers); ++i) {
    const int digest =
        OBJ_obj2nid(sk_PKCS7_SIGNER_INFO_value(signers, i)->digest_alg->algorithm);
    if (digest != NID_sha256 && digest != NID_sha384 && digest != NID_sha512) return true;
  }
  return false;
}

// Why OpenSSL refused a token's signature, from what it left in its queue.
std::string reason_of_refusal() {
  const char* told = nullptr;
  int flags = 0;
  while (const unsigned long code = ERR_get_error_all(nullptr, nullptr, nullptr, &told, &flags)) {
    if (ERR_GET_LIB(code) == ERR_LIB_ESS) {
      return "the token was signed with another certificate than the one it carries";
    }
    if (ERR_GET_LIB(code) != ERR_LIB_TS) continue;
    const std::string data = (flags & ERR_TXT_STRING) != 0 && told != nullptr ? told : "";
    constexpr std::string_view kBefore = "Verify error:";
    switch (ERR_GET_REASON(code)) {
      case TS_R_CERTIFICATE_VERIFY_ERROR:
        return "the authority's certificate was not valid for it at that time: " +
               (data.starts_with(kBefore) ? data.substr(kBefore.size()) : data);
      case TS_R_SIGNATURE_FAILURE:
        return "the authority's signature does not verify";
      case TS_R_THERE_MUST_BE_ONE_SIGNER:
        return "a token has one signer, this one has another number";
      default:
        break;
    }
  }
  return "the authority's signature does not verify";
}

Result<void> signed_by(TS_RESP* reply, Timestamp at, std::string_view authorities) {
  CS_TRY(const auto certificates, certificates_in(authorities));
  PKCS7* const token = TS_RESP_get_token(reply);
  if (weakly_signed(token)) return refused("the token is signed over a hash that proves nothing");
  const Store store(X509_STORE_new());
  CS_ASSERT(store != nullptr);
  for (const Certificate& one : certificates) {
    CS_ASSERT(X509_STORE_add_cert(store.get(), one.get()) == 1);
  }
  X509_VERIFY_PARAM* const rules = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_time(rules, static_cast<time_t>(at.micros / 1'000'000));
  X509_VERIFY_PARAM_set_auth_level(rules, kSecurityLevel);
  ERR_clear_error();
  // Asks of the certificate that it may stamp, critically and nothing else.
  if (TS_RESP_verify_signature(token, nullptr, store.get(), nullptr) != 1) {
    return refused(reason_of_refusal());
  }
  return {};
}

}  // namespace

Timestamp latest_of(const TimestampInfo& info) {
  return info.at + info.accuracy + Duration::seconds(1);
}
Timestamp earliest_of(const TimestampInfo& info) {
  return {info.at.micros - info.accuracy.micros};
}

Result<TimestampRequest> make_timestamp_request(const Hash& imprint, const std::string& policy) {
  const QuietErrors quiet;
  TimestampRequest made;
  made.imprint = imprint;
  made.policy = policy;
  const Request request(TS_REQ_new());
  const Imprint stamped(TS_MSG_IMPRINT_new());
  const Algorithm algorithm(X509_ALGOR_new());
  CS_ASSERT(request != nullptr && stamped != nullptr && algorithm != nullptr);
  CS_ASSERT(X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1);
  auto* const hash = const_cast<unsigned char*>(imprint.data());  // which is copied
  CS_ASSERT(TS_REQ_set_version(request.get(), 1) == 1 &&
            TS_MSG_IMPRINT_set_algo(stamped.get(), algorithm.get()) == 1 &&
            TS_MSG_IMPRINT_set_msg(stamped.get(), hash, static_cast<int>(imprint.size())) == 1 &&
            TS_REQ_set_msg_imprint(request.get(), stamped.get()) == 1 &&
            TS_REQ_set_cert_req(request.get(), 1) == 1);
  if (!policy.empty()) {
    const Object object(OBJ_txt2obj(policy.c_str(), 1));
    if (object == nullptr || oid_of(object.get()) != policy) {
      return unreadable("a policy is an object identifier, such as 1.3.6.1.4.1.13762.3");
    }
    CS_ASSERT(TS_REQ_set_policy_id(request.get(), object.get()) == 1);
  }
  // Never zero at the front, so that it has one length and one text.
  std::string bytes = random_bytes(kNonceBytes);
  bytes[0] = static_cast<char>(static_cast<unsigned char>(bytes[0]) | 0x40U);
  made.nonce = to_hex(as_bytes(bytes));
  const Number number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                                static_cast<int>(bytes.size()), nullptr));
  const Integer nonce(BN_to_ASN1_INTEGER(number.get(), nullptr));
  CS_ASSERT(nonce != nullptr && TS_REQ_set_nonce(request.get(), nonce.get()) == 1);
  made.der = encoded(request.get(), i2d_TS_REQ);
  return made;
}

Result<TimestampRequest> read_timestamp_request(std::string_view der) {
  const QuietErrors quiet;
  const auto request = decoded<Request>(der, d2i_TS_REQ);
  if (request == nullptr) return unreadable("not a timestamp request (RFC 3161)");
  const auto imprint = imprint_of(TS_REQ_get_msg_imprint(request.get()));
  const ASN1_INTEGER* const number = TS_REQ_get_nonce(request.get());
  auto nonce = number == nullptr ? std::nullopt : hex_of(number, kSerialBitsMax);
  if (!imprint || !nonce) return unreadable("a timestamp request without SHA-256 or nonce");
  ASN1_OBJECT* const policy = TS_REQ_get_policy_id(request.get());
  return TimestampRequest{std::string(der), *imprint, std::move(*nonce),
                          policy == nullptr ? "" : oid_of(policy)};
}

Result<TimestampInfo> read_timestamp_reply(std::string_view der) {
  const QuietErrors quiet;
  CS_TRY(const Reply reply, granted(der));
  return info_of(reply.get());
}

Result<TimestampInfo> match_timestamp_reply(std::string_view der, const TimestampRequest& request) {
  const QuietErrors quiet;
  CS_TRY(const Reply reply, granted(der));
  CS_TRY(auto info, info_of(reply.get()));
  CS_CHECK(stamps(reply.get(), request.imprint));
  const ASN1_INTEGER* const echoed = TS_TST_INFO_get_nonce(TS_RESP_get_tst_info(reply.get()));
  const auto nonce = echoed == nullptr ? std::nullopt : hex_of(echoed, kSerialBitsMax);
  if (nonce != request.nonce) {
    return refused("the token answers another request: its nonce differs");
  }
  if (!request.policy.empty() && info.policy != request.policy) {
    return refused("the token is of policy " + info.policy + ", not of " + request.policy);
  }
  return info;
}

Result<TimestampInfo> verify_timestamp(std::string_view der, const Hash& imprint,
                                       std::string_view authorities) {
  const QuietErrors quiet;
  CS_TRY(const Reply reply, granted(der));
  CS_TRY(auto info, info_of(reply.get()));
  CS_CHECK(stamps(reply.get(), imprint));
  if (info.authority.empty()) return refused("the token does not carry its certificate");
  CS_CHECK(signed_by(reply.get(), info.at, authorities));
  return info;
}

Result<void> check_authorities(std::string_view pem) {
  CS_CHECK(certificates_in(pem));
  return {};
}

}  // namespace countersign::ledger
