// Bearer tokens: a text that is taken is one that the key's holder made, in its one form.
#include "api/http/tokens.h"
#include "ledger/base/bytes.h"
#include "ledger/crypto/mac.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  static const std::string kKey(32, 'k');
  static const api::Tokens kTokens(kKey);
  const auto claims = kTokens.verify(input);
  if (!claims) return;
  // Version 1, epoch, expiry, account; as the header of tokens.cc says.
  std::string payload("\x01");
  ledger::append_u32(payload, claims->credential_epoch);
  ledger::append_u64(payload, static_cast<std::uint64_t>(claims->expires_at.micros));
  payload += claims->account.value;
  CS_ASSERT(input == ledger::to_base64url(ledger::as_bytes(payload)) + "." +
                         ledger::to_base64url(ledger::hmac_sha256(kKey, payload)));
}

}  // namespace countersign::fuzz
