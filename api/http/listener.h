// Listener: a socket on which connections arrive, of the network or of this machine alone; what is
// accepted is the same type of socket either way.
//
// Thread safety: for one thread at a time; once it accepts, that of its executor.
#pragma once

#include "api/http/peer.h"
#include "ledger/base/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

namespace countersign::api {

// A connection, of either kind.
using Socket = boost::asio::generic::stream_protocol::socket;

class Listener {
 public:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

  // Listens on a network address; port 0 takes any free one. What `executor` runs on must outlive
  // the listener.
  //   Errc::malformed   not an IP address
  //   Errc::io          the port is taken or may not be used
  static ledger::Result<Listener> on_network(const boost::asio::any_io_executor& executor,
                                             const std::string& address, std::uint16_t port);

  // Listens on a Unix socket, a file that is made here and removed when this is destroyed. Who may
  // connect is who may write to it: the service's user and group. A socket that nobody listens on
  // any more is replaced.
  //   Errc::malformed   the path is longer than such sockets allow (107 bytes)
  //   Errc::io          somebody listens there, it is something else than a socket, or the
  //                     directory may not be written to
  static ledger::Result<Listener> on_this_machine(const boost::asio::any_io_executor& executor,
                                                  const std::filesystem::path& path);

  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  Acceptor& acceptor() { return acceptor_; }
  // Of the network; 0 of this machine.
  std::uint16_t port() const;

  // Takes no more connections, and removes the file. Idempotent.
  void close();

 private:
  explicit Listener(Acceptor acceptor) : acceptor_(std::move(acceptor)) {}

  Acceptor acceptor_;
  std::filesystem::path file_;  // empty: none to remove
};

// Who is at the other end; nothing where it is gone again.
std::optional<Peer> peer_of(const Socket& socket);

}  // namespace countersign::api
