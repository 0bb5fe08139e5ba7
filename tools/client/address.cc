#include "tools/client/address.h"

#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace countersign::tools {

namespace asio = boost::asio;
using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

constexpr std::string_view kPlain = "http://";
constexpr std::string_view kEncrypted = "https://";
constexpr std::string_view kSocket = "unix:";
constexpr std::size_t kSocketPathMax = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

Result<ServiceAddress> service_address_of(const std::string& url) {
  ServiceAddress address;
  if (url.starts_with(kSocket)) {
    address.host = "localhost";
    address.socket = url.substr(kSocket.size());
    if (!address.socket.empty() && address.socket.size() <= kSocketPathMax) return address;
    return Error{Errc::malformed, "a socket's path has 1 to 107 bytes"};
  }
  address.encrypted = url.starts_with(kEncrypted);
  if (!address.encrypted && !url.starts_with(kPlain)) {
    return Error{Errc::malformed, "the address must begin with http://, https:// or unix:"};
  }
  std::string_view rest(url);
  rest.remove_prefix(address.encrypted ? kEncrypted.size() : kPlain.size());
  rest = rest.substr(0, rest.find('/'));
  const auto colon = rest.rfind(':');
  address.host = rest.substr(0, colon);
  address.port = address.encrypted ? "443" : "80";
  if (colon != std::string_view::npos) address.port = rest.substr(colon + 1);
  return address;
}

Result<std::vector<asio::generic::stream_protocol::endpoint>> endpoints_of(
    const ServiceAddress& address) {
  if (!address.socket.empty()) return {{asio::local::stream_protocol::endpoint(address.socket)}};
  asio::io_context io(1);
  asio::ip::tcp::resolver resolver(io);
  boost::system::error_code failed;
  const auto found = resolver.resolve(address.host, address.port, failed);
  if (failed) {
    return Error{Errc::unavailable, "cannot resolve " + address.host + ": " + failed.message()};
  }
  std::vector<asio::generic::stream_protocol::endpoint> endpoints;
  for (const auto& one : found) endpoints.emplace_back(one.endpoint());
  return endpoints;
}

}  // namespace countersign::tools
