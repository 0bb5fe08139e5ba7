#include "ledger/base/canonical_scan.h"

#include "ledger/base/canonical_json.h"
#include "ledger/base/utf8.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace countersign::ledger {

namespace {

// Knows the forms that our writers use. What is rarer (fractions, large numbers, escapes in names,
// great depth or number) makes it unsure, and is left to the parser; over what the parser found
// canonical it goes again for the members.
class Scan {
 public:
  enum class Verdict { canonical, not_canonical, unsure };

  Scan(std::string_view text, std::vector<CanonicalMember>& members, bool known_canonical)
      : begin_(text.data()),
        at_(begin_),
        end_(begin_ + text.size()),
        members_(members),
        known_canonical_(known_canonical) {}

  Verdict run() {
    members_.clear();
    if (at_ == end_ || *at_ != '{') return Verdict::not_canonical;
    if (!object(0)) return verdict_;
    if (at_ != end_) return Verdict::not_canonical;
    const bool ascii = (beyond_ascii_ & kHigh) == 0;
    return ascii || known_canonical_ || is_valid_utf8(since(begin_)) ? Verdict::canonical
                                                                     : Verdict::not_canonical;
  }

 private:
  static constexpr std::uint64_t kHigh = 0x8080808080808080;
  static constexpr int kDepthMax = 60;
  static constexpr std::size_t kValuesMax = 500'000;
  static constexpr std::ptrdiff_t kDigitsMax = 15;  // below 2^53

  std::string_view since(const char* start) const {
    return {start, static_cast<std::size_t>(at_ - start)};
  }

  // Whether to go on all the same.
  bool unsure() {
    if (!known_canonical_) verdict_ = Verdict::unsure;
    return known_canonical_;
  }

  bool take(char expected) {
    if (at_ == end_ || *at_ != expected) return false;
    ++at_;
    return true;
  }

  bool word(std::string_view expected) {
    if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, expected.size()) !=
        expected)
      return false;
    at_ += expected.size();
    return true;
  }

  bool value(int depth) {
    if (at_ == end_) return false;
    if ((++values_ > kValuesMax || depth > kDepthMax) && !unsure()) return false;
    switch (*at_) {
      case '"':
        return string();
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case 'n':
        return word("null");
      case 't':
        return word("true");
      case 'f':
        return word("false");
      default:
        return number();
    }
  }

  bool number() {
    const char* const first = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    const std::ptrdiff_t digits = at_ - first;
    const auto is_rare = [](char c) { return c == '-' || c == '+' || c == '.' || (c | 32) == 'e'; };
    if (digits > 0 && digits <= kDigitsMax && (at_ == end_ || !is_rare(*at_)))
      return digits == 1 || *first != '0';
    if (!unsure()) return false;
    while (at_ != end_ && (is_rare(*at_) || (*at_ >= '0' && *at_ <= '9'))) ++at_;
    return true;
  }

  bool string() {
    ++at_;
    for (;;) {
      skip_plain();
      if (at_ == end_) return false;
      const char c = *at_++;
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\' && !escape()) return false;
      beyond_ascii_ |= static_cast<unsigned char>(c);
    }
  }

  // Eight bytes at a time, to the first that ends a string, is escaped or is a control. Below such a
  // one the differences do not borrow, so the lowest mark is exact. What is not ASCII is noted, also
  // of the few bytes behind: to look at a text once more changes nothing.
  void skip_plain() {
    static_assert(std::endian::native == std::endian::little);
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    while (end_ - at_ >= 8) {
      std::uint64_t x = 0;
      std::memcpy(&x, at_, sizeof(x));
      const std::uint64_t quote = x ^ kOnes * '"';
      const std::uint64_t backslash = x ^ kOnes * '\\';
      const std::uint64_t marks = (((x - kOnes * 0x20) & ~x) | ((quote - kOnes) & ~quote) |
                                   ((backslash - kOnes) & ~backslash)) &
                                  kHigh;
      beyond_ascii_ |= x;
      if (marks != 0) {
        at_ += std::countr_zero(marks) / 8;
        return;
      }
      at_ += 8;
    }
  }

  // The shortest of the forms a character has, and only where it needs one.
  bool escape() {
    if (at_ == end_) return false;
    const char c = *at_++;
    if (std::string_view("\"\\bfnrt").find(c) != std::string_view::npos) return true;
    if (c != 'u' || !word("00") || end_ - at_ < 2) return false;
    const char high = *at_++;
    const char low = *at_++;
    const bool hexadecimal = (low >= '0' && low <= '9') || (low >= 'a' && low <= 'f');
    if (!hexadecimal || (high != '0' && high != '1')) return false;
    return high == '1' || std::string_view("89acd").find(low) == std::string_view::npos;
  }

  bool array(int depth) {
    ++at_;
    if (take(']')) return true;
    do {
      if (!value(depth + 1)) return false;
    } while (take(','));
    return take(']');
  }

  bool object(int depth) {
    ++at_;
    if (take('}')) return true;
    std::string_view before;
    bool first = true;
    do {
      if (at_ == end_ || *at_ != '"') return false;
      const char* const start = at_ + 1;
      if (!string()) return false;
      const std::string_view name(start, static_cast<std::size_t>(at_ - start) - 1);
      // Names stand in the order of UTF-16, which is that of bytes where they are ASCII.
      if (!is_plain(name) && !unsure()) return false;
      if (!first && name <= before && !known_canonical_) return false;
      before = name;
      first = false;
      if (!take(':')) return false;
      const char* const value_start = at_;
      if (!value(depth + 1)) return false;
      if (depth == 0) members_.push_back({name, since(value_start)});
    } while (take(','));
    return take('}');
  }

  static bool is_plain(std::string_view name) {
    return std::none_of(name.begin(), name.end(),
                        [](char c) { return c == '\\' || static_cast<unsigned char>(c) >= 0x80; });
  }

  const char* const begin_;
  const char* at_;
  const char* const end_;
  std::vector<CanonicalMember>& members_;
  const bool known_canonical_;
  std::size_t values_ = 0;
  std::uint64_t beyond_ascii_ = 0;  // every byte of a string so far, one of eight upon another
  Verdict verdict_ = Verdict::not_canonical;
};

}  // namespace

bool read_canonical_object(std::string_view text, std::vector<CanonicalMember>& members) {
  const auto verdict = Scan(text, members, false).run();
  if (verdict != Scan::Verdict::unsure) return verdict == Scan::Verdict::canonical;
  const auto canonical = canonicalize(text);
  return canonical && *canonical == text &&
         Scan(text, members, true).run() == Scan::Verdict::canonical;
}

bool read_member_object(std::string_view value, std::vector<CanonicalMember>& members) {
  return Scan(value, members, true).run() == Scan::Verdict::canonical;
}

bool is_string(std::string_view value) { return value.starts_with('"'); }

bool is_plain_string(std::string_view value) {
  return is_string(value) && value.find('\\') == std::string_view::npos;
}

std::string string_of(std::string_view value) {
  const std::string_view written = value.substr(1, value.size() - 2);
  if (is_plain_string(value)) return std::string(written);
  std::string out;
  out.reserve(written.size());
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (written[i] != '\\') {
      out += written[i];
      continue;
    }
    const char c = written[++i];
    // The forms that escape() lets pass.
    constexpr std::string_view kLetters = "bfnrt";
    constexpr std::string_view kMeant = "\b\f\n\r\t";
    if (const auto letter = kLetters.find(c); letter != std::string_view::npos) {
      out += kMeant[letter];
    } else if (c == 'u') {
      const char low = written[i + 4];
      out += static_cast<char>((written[i + 3] - '0') * 16 +
                               (low <= '9' ? low - '0' : low - 'a' + 10));
      i += 4;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace countersign::ledger
