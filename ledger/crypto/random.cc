#include "ledger/crypto/random.h"

#include "ledger/base/result.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <openssl/crypto.h>
#include <openssl/rand.h>

namespace countersign::ledger {

namespace {

void draw(std::span<std::uint8_t> out) {
  CS_ASSERT(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

// A call of the generator costs as much as a hundred bytes of it, so that each thread draws ahead
// for nonces, salts and keys. What was given out is wiped: it stays nowhere but with its owner.
class Drawn {
 public:
  static constexpr std::size_t kAheadMax = 64;  // of one wish

  Drawn() = default;
  Drawn(const Drawn&) = delete;
  Drawn& operator=(const Drawn&) = delete;
  ~Drawn() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  void take(std::span<std::uint8_t> out) {
    if (bytes_.size() - used_ < out.size()) {
      draw(bytes_);
      used_ = 0;
    }
    std::copy_n(bytes_.data() + used_, out.size(), out.data());
    OPENSSL_cleanse(bytes_.data() + used_, out.size());
    used_ += out.size();
  }

 private:
  std::array<std::uint8_t, 1024> bytes_{};
  std::size_t used_ = bytes_.size();
};

}  // namespace

void fill_random(std::span<std::uint8_t> out) {
  if (out.size() > Drawn::kAheadMax) return draw(out);
  thread_local Drawn drawn;
  drawn.take(out);
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  fill_random({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return out;
}

}  // namespace countersign::ledger
