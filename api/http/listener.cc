#include "api/http/listener.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

namespace countersign::api {

namespace asio = boost::asio;
using asio::ip::tcp;
using local = asio::local::stream_protocol;
using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

// With the zero behind it, which others than Linux need.
constexpr std::size_t kPathMax = sizeof(sockaddr_un::sun_path) - 1;
constexpr mode_t kUserAndGroup = 0660;

Error cannot_listen(const boost::system::error_code& error) {
  return Error{Errc::io, "cannot listen: " + error.message()};
}

// Removes the socket of a service that was killed. Whether it still serves is asked of the socket
// itself, as nothing else about the file would tell.
Result<void> make_way(const std::filesystem::path& path) {
  std::error_code failed;
  const auto status = std::filesystem::symlink_status(path, failed);
  if (!std::filesystem::exists(status)) return {};
  if (!std::filesystem::is_socket(status)) {
    return Error{Errc::io, "cannot listen: " + path.string() + " is not a socket"};
  }
  asio::io_context io(1);
  local::socket probe(io);
  boost::system::error_code refused;
  probe.connect(local::endpoint(path.string()), refused);
  if (refused != asio::error::connection_refused) {
    return Error{Errc::io, "cannot listen: " + path.string() + " is in use"};
  }
  std::filesystem::remove(path, failed);
  if (failed) return Error{Errc::io, "cannot replace " + path.string() + ": " + failed.message()};
  return {};
}

}  // namespace

Result<Listener> Listener::on_network(const asio::any_io_executor& executor,
                                      const std::string& address, std::uint16_t port) {
  boost::system::error_code error;
  const auto ip = asio::ip::make_address(address, error);
  if (error) return Error{Errc::malformed, "not an IP address: " + address};
  const tcp::endpoint endpoint(ip, port);
  Acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return cannot_listen(error);
  return Listener(std::move(acceptor));
}

Result<Listener> Listener::on_this_machine(const asio::any_io_executor& executor,
                                           const std::filesystem::path& path) {
  const std::string name = path.string();
  if (name.size() > kPathMax) {
    return Error{Errc::malformed, "a socket's path has at most " + std::to_string(kPathMax) +
                                      " bytes: " + name};
  }
  CS_CHECK(make_way(path));
  const local::endpoint endpoint(name);
  boost::system::error_code error;
  Listener listener{Acceptor(executor)};
  Acceptor& acceptor = listener.acceptor_;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.bind(endpoint, error);
  if (error) return cannot_listen(error);
  listener.file_ = path;
  // Before it listens, so that nobody else comes in between.
  if (::chmod(name.c_str(), kUserAndGroup) != 0) {
    return cannot_listen({errno, boost::system::system_category()});
  }
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return cannot_listen(error);
  return listener;
}

Listener::Listener(Listener&& other) noexcept
    : acceptor_(std::move(other.acceptor_)), file_(std::exchange(other.file_, {})) {}

Listener::~Listener() { close(); }

std::uint16_t Listener::port() const {
  boost::system::error_code ignored;
  const auto at = acceptor_.local_endpoint(ignored);
  tcp::endpoint endpoint;
  if (at.protocol().family() == AF_UNIX || at.size() > endpoint.capacity()) return 0;
  std::memcpy(endpoint.data(), at.data(), at.size());
  endpoint.resize(at.size());
  return endpoint.port();
}

void Listener::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  std::error_code failed;
  if (!file_.empty()) std::filesystem::remove(file_, failed);
  file_.clear();
}

std::optional<Peer> peer_of(const Socket& socket) {
  boost::system::error_code error;
  const auto from = socket.remote_endpoint(error);
  if (error) return std::nullopt;
  if (from.protocol().family() == AF_UNIX) return Peer{};
  tcp::endpoint endpoint;
  if (from.size() > endpoint.capacity()) return std::nullopt;
  std::memcpy(endpoint.data(), from.data(), from.size());
  endpoint.resize(from.size());
  return Peer{endpoint.address().to_string()};
}

}  // namespace countersign::api
