#include "tools/client/address.h"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace countersign::tools {

namespace asio = boost::asio;
using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

constexpr std::string_view kSocket = "unix:";
constexpr std::size_t kSocketPathMax = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

Result<ServiceAddress> service_address_of(std::string_view text) {
  ServiceAddress address;
  if (text.starts_with(kSocket)) {
    address.socket = text.substr(kSocket.size());
    if (address.socket.empty() || address.socket.size() > kSocketPathMax) {
      return Error{Errc::malformed, "a socket's path has 1 to 107 bytes"};
    }
    text = "http://localhost";
  }
  auto web = api::web_address_of(text);
  if (!web) return Error{Errc::malformed, "the address " + web.error().detail + ", or unix:/path"};
  address.web = std::move(*web);
  return address;
}

Result<std::vector<asio::generic::stream_protocol::endpoint>> endpoints_of(
    const ServiceAddress& address) {
  if (!address.socket.empty()) return {{asio::local::stream_protocol::endpoint(address.socket)}};
  asio::io_context io(1);
  asio::ip::tcp::resolver resolver(io);
  boost::system::error_code failed;
  const auto found = resolver.resolve(address.web.host, address.web.port, failed);
  if (failed) {
    return Error{Errc::unavailable, "cannot resolve " + address.web.host + ": " + failed.message()};
  }
  std::vector<asio::generic::stream_protocol::endpoint> endpoints;
  for (const auto& one : found) endpoints.emplace_back(one.endpoint());
  return endpoints;
}

}  // namespace countersign::tools
