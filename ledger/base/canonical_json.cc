#include "ledger/base/canonical_json.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <nlohmann/json.hpp>

namespace countersign::ledger {

using nlohmann::json;

namespace {

constexpr std::size_t kDepthMax = 64;
// A value of two bytes takes some sixty in memory.
constexpr std::size_t kValuesMax = 1'000'000;

constexpr std::size_t kWord = sizeof(std::uint64_t);
constexpr std::size_t kEscapedMax = 6;  // \u001f

bool is_escaped(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

// How many of the next kWord bytes stand as they are before the first that is escaped.
std::size_t plain_bytes(const char* text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t word = 0;
  std::memcpy(&word, text, kWord);
  // The top bit of a byte tells that it is less than `bound`; of the lowest such byte at least.
  const auto less = [](std::uint64_t bytes, std::uint64_t bound) {
    return (bytes - kOnes * bound) & ~bytes & (kOnes << 7);
  };
  const std::uint64_t escaped =
      less(word, 0x20) | less(word ^ (kOnes * '"'), 1) | less(word ^ (kOnes * '\\'), 1);
  if (escaped == 0) return kWord;
  if constexpr (std::endian::native == std::endian::little) {
    return static_cast<std::size_t>(std::countr_zero(escaped)) / 8;
  }
  return static_cast<std::size_t>(std::find_if(text, text + kWord, is_escaped) - text);
}

// Writes at most kEscapedMax bytes and returns their end.
char* write_escaped(char* to, char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  const auto write = [&to](std::string_view text) { return std::copy(text.begin(), text.end(), to); };
  switch (c) {
    case '"':
      return write("\\\"");
    case '\\':
      return write("\\\\");
    case '\b':
      return write("\\b");
    case '\t':
      return write("\\t");
    case '\n':
      return write("\\n");
    case '\f':
      return write("\\f");
    case '\r':
      return write("\\r");
    default:
      to = write("\\u00");
      *to++ = kHex[c >> 4];
      *to++ = kHex[c & 15];
      return to;
  }
}

// ECMAScript Number.prototype.toString (RFC 8785 section 3.2.2.3): std::to_chars gives the
// shortest digits, which are then laid out by that rule.
void append_double(std::string& out, double value) {
  CS_ASSERT(std::isfinite(value));
  if (value == 0) {
    out += '0';
    return;
  }
  if (value < 0) {
    out += '-';
    value = -value;
  }
  std::array<char, 64> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific)
          .ptr;
  const std::string_view shortest(text.data(), static_cast<std::size_t>(end - text.data()));
  const auto e = shortest.find('e');
  std::string digits;
  for (char c : shortest.substr(0, e)) {
    if (c != '.') digits += c;
  }
  const int point = std::atoi(shortest.data() + e + 1) + 1;  // digits before the decimal point
  const int count = static_cast<int>(digits.size());
  if (count <= point && point <= 21) {
    out += digits;
    out.append(static_cast<std::size_t>(point - count), '0');
  } else if (0 < point && point <= 21) {
    out.append(digits, 0, static_cast<std::size_t>(point));
    out += '.';
    out.append(digits, static_cast<std::size_t>(point));
  } else if (-6 < point && point <= 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-point), '0');
    out += digits;
  } else {
    out += digits[0];
    if (count > 1) {
      out += '.';
      out.append(digits, 1);
    }
    out += 'e';
    out += point > 0 ? '+' : '-';
    out += std::to_string(std::abs(point - 1));
  }
}

void append_canonical(std::string& out, const json& value) {
  switch (value.type()) {
    case json::value_t::null:
      out += "null";
      break;
    case json::value_t::boolean:
      out += value.get<bool>() ? "true" : "false";
      break;
    case json::value_t::number_integer: {
      const auto number = value.get<std::int64_t>();
      if (number > -(1LL << 53) && number < (1LL << 53)) {
        out += std::to_string(number);
      } else {
        append_double(out, static_cast<double>(number));
      }
      break;
    }
    case json::value_t::number_unsigned: {
      const auto number = value.get<std::uint64_t>();
      if (number < (1ULL << 53)) {
        out += std::to_string(number);
      } else {
        append_double(out, static_cast<double>(number));
      }
      break;
    }
    case json::value_t::number_float:
      append_double(out, value.get<double>());
      break;
    case json::value_t::string:
      append_canonical_string(out, value.get_ref<const std::string&>());
      break;
    case json::value_t::array: {
      out += '[';
      bool first = true;
      for (const json& element : value) {
        if (!first) out += ',';
        first = false;
        append_canonical(out, element);
      }
      out += ']';
      break;
    }
    case json::value_t::object: {
      std::vector<std::pair<std::string_view, const json*>> members;
      members.reserve(value.size());
      for (const auto& [name, member] : value.items()) members.emplace_back(name, &member);
      std::sort(members.begin(), members.end(),
                [](const auto& a, const auto& b) { return canonical_less(a.first, b.first); });
      out += '{';
      bool first = true;
      for (const auto& [name, member] : members) {
        if (!first) out += ',';
        first = false;
        append_canonical_string(out, name);
        out += ':';
        append_canonical(out, *member);
      }
      out += '}';
      break;
    }
    case json::value_t::binary:
    case json::value_t::discarded:
      CS_ASSERT(false && "not a JSON value");
  }
}

// Builds the value while refusing what I-JSON forbids and nlohmann allows: duplicate names, and
// nesting without bound.
class StrictBuilder final : public nlohmann::json_sax<json> {
 public:
  json result;
  std::string problem;
  std::size_t problem_at = 0;

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t&) override {
    return std::isfinite(value) ? put(value) : refuse("a number out of range");
  }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t&) override { return refuse("binary"); }
  bool start_object(std::size_t) override { return open(json::object()); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (open_.back()->contains(name)) return refuse("a duplicate name");
    name_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    problem = "not JSON";
    problem_at = position;
    return false;
  }

 private:
  bool refuse(const char* what) {
    problem = what;
    return false;
  }
  json* place(json value) {
    if (open_.empty()) {
      result = std::move(value);
      return &result;
    }
    json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    return &(parent[name_] = std::move(value));
  }
  bool put(json value) {
    if (++values_ > kValuesMax) return refuse("too many values");
    place(std::move(value));
    return true;
  }
  bool open(json value) {
    if (open_.size() >= kDepthMax) return refuse("nesting too deep");
    if (++values_ > kValuesMax) return refuse("too many values");
    open_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::vector<json*> open_;
  std::size_t values_ = 0;
  std::string name_;
};

}  // namespace

void append_canonical_string(std::string& out, std::string_view text) {
  // Receipts are JSON within JSON, a quote every few bytes: written in pieces, of which the worst
  // has room.
  constexpr std::size_t kPiece = 256;
  std::array<char, kPiece * kEscapedMax + kWord> piece;  // not initialised: written before it is read
  out += '"';
  for (std::size_t begin = 0; begin < text.size(); begin += kPiece) {
    const std::string_view part = text.substr(begin, kPiece);
    const char* at = part.data();
    const char* const end = at + part.size();
    char* to = piece.data();
    while (end - at >= static_cast<std::ptrdiff_t>(kWord)) {
      std::memcpy(to, at, kWord);
      const std::size_t plain = plain_bytes(at);
      at += plain;
      to += plain;
      if (plain < kWord) to = write_escaped(to, *at++);
    }
    for (; at != end; ++at) {
      if (is_escaped(*at)) {
        to = write_escaped(to, *at);
      } else {
        *to++ = *at;
      }
    }
    out.append(piece.data(), static_cast<std::size_t>(to - piece.data()));
  }
  out += '"';
}

bool canonical_less(std::string_view a, std::string_view b) {
  // RFC 8785 orders names by UTF-16 code units, which differs from byte order only between
  // supplementary characters and U+E000..U+FFFF.
  const auto key = [](unsigned char lead) -> unsigned {
    // Surrogates (lead bytes F0..F4) sort below EE and EF.
    if (lead >= 0xF0) return 0xEE;
    if (lead >= 0xEE) return lead + 7u;
    return lead;
  };
  const std::size_t shared = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < shared; ++i) {
    if (a[i] == b[i]) continue;
    const unsigned ka = key(static_cast<unsigned char>(a[i]));
    const unsigned kb = key(static_cast<unsigned char>(b[i]));
    if (ka != kb) return ka < kb;
    return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[i]);
  }
  return a.size() < b.size();
}

std::string canonical_text(const json& value) {
  std::string out;
  append_canonical(out, value);
  return out;
}

Result<json> parse_json(std::string_view text) {
  StrictBuilder builder;
  if (!json::sax_parse(text.begin(), text.end(), &builder)) {
    std::string detail = builder.problem.empty() ? "not JSON" : builder.problem;
    if (builder.problem_at > 0) detail += " at byte " + std::to_string(builder.problem_at);
    return Error{Errc::malformed, std::move(detail)};
  }
  return std::move(builder.result);
}

Result<json> parse_canonical(std::string_view text) {
  CS_TRY(json value, parse_json(text));
  if (canonical_text(value) != text) return Error{Errc::malformed, "not in canonical form"};
  return value;
}

Result<std::string> canonicalize(std::string_view text) {
  CS_TRY(const json value, parse_json(text));
  return canonical_text(value);
}

}  // namespace countersign::ledger
