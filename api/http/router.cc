#include "api/http/router.h"

#include "ledger/base/result.h"
#include "ledger/base/utf8.h"

#include <algorithm>

namespace countersign::api {

namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// nullopt: a broken escape, NUL, or bytes that are not UTF-8.
std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = digit_of(text[i + 1]);
    const int low = digit_of(text[i + 2]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (!ledger::is_valid_utf8(out)) return std::nullopt;
  return out;
}

// The text before the next `separator`; removes both from `text`.
std::string_view take_until(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

bool decode_query(std::string_view text, std::map<std::string, std::string>& query) {
  while (!text.empty()) {
    std::string_view pair = take_until(text, '&');
    if (pair.empty()) continue;
    auto name = decode(take_until(pair, '='), true);
    auto value = decode(pair, true);
    if (!name || !value) return false;
    query.try_emplace(std::move(*name), std::move(*value));
  }
  return true;
}

}  // namespace

std::optional<Target> parse_target(std::string_view target) {
  const auto not_plain = [](char c) { return c <= ' ' || c >= '\x7f' || c == '#'; };
  if (target.empty() || target[0] != '/' || std::ranges::any_of(target, not_plain)) {
    return std::nullopt;
  }
  Target out;
  constexpr std::size_t kSegmentsExpected = 8;
  out.segments.reserve(kSegmentsExpected);
  std::string_view path = take_until(target, '?');
  out.path = path;
  path.remove_prefix(1);
  do {
    const bool last = path.find('/') == std::string_view::npos;
    auto segment = decode(take_until(path, '/'), false);
    if (!segment || *segment == "." || *segment == "..") return std::nullopt;
    out.segments.push_back(std::move(*segment));
    if (last) break;
  } while (true);
  if (!decode_query(target, out.query)) return std::nullopt;
  return out;
}

Router::Router(std::span<const Endpoint> endpoints) {
  for (const Endpoint& endpoint : endpoints) {
    routes_.push_back({parse(endpoint.pattern), &endpoint});
  }
  // Literals before parameters, one segment before all the rest.
  std::ranges::stable_sort(routes_, [](const Route& a, const Route& b) {
    const auto rank = [](const Route& route) {
      std::string out;
      for (const std::string& segment : route.pattern.segments) out += segment.empty() ? '1' : '0';
      if (route.pattern.rest) out.back() = '2';
      return out;
    };
    return rank(a) < rank(b);
  });
}

Router::Pattern Router::parse(std::string_view pattern) {
  CS_ASSERT(pattern.starts_with('/'));
  Pattern out;
  pattern.remove_prefix(1);
  while (!pattern.empty()) {
    CS_ASSERT(!out.rest);
    std::string_view segment = take_until(pattern, '/');
    if (!segment.starts_with('{')) {
      out.segments.emplace_back(segment);
      out.names.emplace_back();
      continue;
    }
    CS_ASSERT(segment.ends_with('}'));
    segment = segment.substr(1, segment.size() - 2);
    if (segment.ends_with("...")) {
      segment.remove_suffix(3);
      out.rest = true;
    }
    out.segments.emplace_back();
    out.names.emplace_back(segment);
  }
  return out;
}

bool Router::matches(const Pattern& pattern, const std::vector<std::string>& segments) {
  const std::size_t count = pattern.segments.size();
  if (pattern.rest ? segments.size() < count : segments.size() != count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    const bool parameter = pattern.segments[i].empty();
    if (parameter ? segments[i].empty() : segments[i] != pattern.segments[i]) return false;
  }
  return true;
}

std::variant<Router::Match, Router::WrongMethod, Router::NoSuchPath> Router::find(
    std::string_view method, const std::vector<std::string>& segments) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  std::vector<std::string_view> allowed;
  for (const auto& [pattern, endpoint] : routes_) {
    if (!matches(pattern, segments)) continue;
    if (endpoint->method != wanted) {
      allowed.push_back(endpoint->method);
      continue;
    }
    Match match{endpoint, {}};
    for (std::size_t i = 0; i < pattern.names.size(); ++i) {
      if (pattern.names[i].empty()) continue;
      std::string value = segments[i];
      if (pattern.rest && i + 1 == pattern.names.size()) {
        for (std::size_t j = i + 1; j < segments.size(); ++j) value += "/" + segments[j];
      }
      match.params.emplace(pattern.names[i], std::move(value));
    }
    return match;
  }
  if (allowed.empty()) return NoSuchPath{};
  std::string allow;
  for (const std::string_view each : allowed) {
    allow += (allow.empty() ? "" : ", ") + std::string(each);
    if (each == "GET") allow += ", HEAD";
  }
  return WrongMethod{std::move(allow)};
}

}  // namespace countersign::api
