// Replies of a time-stamping authority and requests to one: whatever bytes they are, they are read
// or refused. The seed is the golden token, so that what is changed of it meets the signature.
#include "ledger/base/utf8.h"
#include "ledger/crypto/timestamp.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

namespace {

// Of tests/golden/: timestamp_ca.pem, and the hash of timestamp.checkpoint.
constexpr char kAuthorities[] =
    R"(-----BEGIN CERTIFICATE-----
MIIBfjCCASSgAwIBAgIBBzAKBggqhkjOPQQDAjA1MTMwMQYDVQQDDCpUZXN0IHJv
b3Qgb2Yg5pe26Ze05oizIGF1dGhvcml0eSBvZiBhIHRlc3QwIBcNMjAwOTEzMTIy
NjQwWhgPMjA5NjEwMDIwNzA2NDBaMDUxMzAxBgNVBAMMKlRlc3Qgcm9vdCBvZiDm
l7bpl7TmiLMgYXV0aG9yaXR5IG9mIGEgdGVzdDBZMBMGByqGSM49AgEGCCqGSM49
AwEHA0IABJwxZXJvcCor0oihkH+4ujqV0e16PFMfVOCBlGs7a5Uip5IUB9hSMwah
jiAmk+c4vbI7rEwc6vYWUofy+tq8/ZKjIzAhMA8GA1UdEwEB/wQFMAMBAf8wDgYD
VR0PAQH/BAQDAgIEMAoGCCqGSM49BAMCA0gAMEUCIHTAyy9GnZeTiteHMYU8Leea
lY7PoEaiiHJOyV7o47a3AiEAg03uZSUpnynptn/8lyrMef2qSo4LZ9Aajaxdck9i
HO4=
-----END CERTIFICATE-----
)";
constexpr char kImprint[] = "37fa1f38ed670a32125c7f9c5c60e7f743a669a6c886e62713f46f00fa4ef0ee";

}  // namespace

void run(std::string_view input) {
  static const ledger::Hash imprint = ledger::hash_from_hex(kImprint).value();
  if (const auto request = ledger::read_timestamp_request(input)) {
    CS_ASSERT(request->der == input && !request->nonce.empty());
  }
  const auto info = ledger::read_timestamp_reply(input);
  const auto verified = ledger::verify_timestamp(input, imprint, kAuthorities);
  if (!info) {
    CS_ASSERT(!verified && ledger::is_valid_utf8(info.error().detail));
    return;
  }
  CS_ASSERT(ledger::is_valid_utf8(info->authority) && ledger::is_valid_utf8(info->policy));
  CS_ASSERT(info->accuracy >= ledger::Duration{} && ledger::earliest_of(*info) <= info->at &&
            info->at < ledger::latest_of(*info));
  // What the signature covers cannot be changed: only the golden token holds.
  CS_ASSERT(!verified || (verified->at.micros == 1'604'592'001'000'000 &&
                          verified->serial == "1267" && verified->policy == "1.2.3.4.1"));
}

}  // namespace countersign::fuzz
