#include "api/http/web_address.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace countersign::api {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

constexpr std::string_view kPlain = "http://";
constexpr std::string_view kEncrypted = "https://";

const char* usual_port(bool encrypted) { return encrypted ? "443" : "80"; }

bool is_port(std::string_view text) {
  std::uint16_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stopped == end && number != 0;
}

// "host", "host:port", "[address]" or "[address]:port".
bool read_authority(std::string_view text, WebAddress& address) {
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == std::string_view::npos) return false;
  address.host = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
  const std::string_view rest = text.substr(bracketed ? end + 1 : end);
  address.port = rest.empty() ? usual_port(address.encrypted) : rest.substr(1);
  return !address.host.empty() && (rest.empty() || rest.starts_with(':')) &&
         is_port(address.port);
}

}  // namespace

std::string WebAddress::authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + (port == usual_port(encrypted) ? "" : ":" + port);
}

Result<WebAddress> web_address_of(std::string_view url) {
  const Error not_one{Errc::malformed,
                      "must be http://host[:port][/path] or https://host[:port][/path]"};
  WebAddress address;
  address.encrypted = url.starts_with(kEncrypted);
  if (!address.encrypted && !url.starts_with(kPlain)) return not_one;
  url.remove_prefix(address.encrypted ? kEncrypted.size() : kPlain.size());
  const auto unwanted = [](unsigned char c) { return c <= ' ' || c >= 127; };
  if (std::ranges::any_of(url, unwanted) || url.find_first_of("?#@") != url.npos) return not_one;
  const auto slash = std::min(url.find('/'), url.size());
  if (!read_authority(url.substr(0, slash), address)) return not_one;
  address.path = url.substr(slash);
  while (address.path.ends_with('/')) address.path.pop_back();
  return address;
}

}  // namespace countersign::api
