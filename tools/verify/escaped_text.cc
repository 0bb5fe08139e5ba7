#include "tools/verify/escaped_text.h"

#include "ledger/base/result.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace countersign::tools {

namespace {

constexpr std::size_t kStep = 64;
constexpr std::size_t kShort = 16;  // of what stands between two escapes, mostly
static_assert(EscapedTexts::kPadding >= kStep);

// Bit i: whether the i-th of 64 characters is a backslash. Eight at a time, exactly.
std::uint64_t backslashes_in(const char* text) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kLow = 0x7f7f7f7f7f7f7f7f;
  constexpr std::uint64_t kGather = 0x0102040810204080;  // the low bit of each byte, to the top one
  std::uint64_t found = 0;
  for (unsigned i = 0; i < kStep / 8; ++i) {
    std::uint64_t x = 0;
    std::memcpy(&x, text + 8 * i, sizeof(x));
    x ^= kOnes * '\\';
    const std::uint64_t zeros = ~(((x & kLow) + kLow) | x | kLow);
    found |= ((zeros >> 7) * kGather >> 56) << (8 * i);
  }
  return found;
}

}  // namespace

void EscapedTexts::begin_line(std::size_t size) {
  used_ = 0;
  if (room_.size() < size + kStep) room_.resize(size + kStep);
}

std::optional<std::string_view> EscapedTexts::read(std::string_view escaped) {
  CS_ASSERT(used_ + escaped.size() + kStep <= room_.size());
  char* const start = room_.data() + used_;
  char* out = start;
  const char* in = escaped.data();
  const char* const end = in + escaped.size();
  while (in < end) {
    const auto left = static_cast<std::size_t>(end - in);
    std::uint64_t backslashes = backslashes_in(in);
    if (left < kStep) backslashes &= (std::uint64_t{1} << left) - 1;
    std::size_t done = 0;
    while (backslashes != 0) {
      const auto at = static_cast<std::size_t>(std::countr_zero(backslashes));
      const char escape = in[at + 1];
      if (at + 1 >= left || (escape != '"' && escape != '\\')) return std::nullopt;
      // More than is wanted, because a copy of known length is one instruction.
      std::memcpy(out, in + done, kShort);
      if (at - done > kShort) std::memcpy(out + kShort, in + done + kShort, kStep - kShort);
      out += at - done;
      *out++ = escape;
      done = at + 2;
      backslashes &= ~(std::uint64_t{3} << at);
    }
    const std::size_t width = std::min(left, kStep);
    if (done < width) {
      std::memcpy(out, in + done, kStep);
      out += width - done;
      done = width;
    }
    in += done;
  }
  const std::string_view text(start, static_cast<std::size_t>(out - start));
  used_ += text.size();
  return text;
}

}  // namespace countersign::tools
