#include "ledger/crypto/random.h"

#include "ledger/base/result.h"

#include <openssl/rand.h>

namespace countersign::ledger {

void fill_random(std::span<std::uint8_t> out) {
  CS_ASSERT(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  fill_random({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return out;
}

}  // namespace countersign::ledger
