// Server: HTTP/1.1 on loopback or a network interface, and on a Unix socket. A few threads read and
// write sockets, each its own, and answer there what is quick (Pace, api/routes/endpoint.h); other
// handlers run on a pool of workers, where they may wait for the disk. Every limit is finite, and
// what is over a limit is answered at once.
//
// What bodies and answers hold of memory and disk is shared (byte_budget.h): half of each budget is
// for one account at most, and of bodies 64 MiB, or a quarter if that is less, is for small ones.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "api/routes/endpoint.h"
#include "ledger/base/result.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace countersign::api {

class Tls;  // api/http/tls.h

// Where and how bodies are spooled to files (BodyTo::file).
struct SpoolOptions {
  std::filesystem::path directory;               // empty: such routes are not available
  std::size_t body_bytes_max = 100 << 20;        // of one body
  std::size_t bodies_bytes_max = 1 << 30;        // of all that are being read or answered
  std::uint64_t space_reserve_bytes = 256 << 20; // of the disk stay free
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free port
  const Tls* tls = nullptr;   // none: plain HTTP; must outlive the server
  // A Unix socket besides, always plain; empty: none. Who may write to it (Listener) is trusted to
  // say whom a request comes from (X-Forwarded-For).
  std::filesystem::path unix_socket{};
  std::size_t io_threads = 2;
  std::size_t worker_threads = 16;
  std::size_t connections_max = 1000;
  std::size_t connections_per_address_max = 500;
  // Requests a second of one client, ten seconds' worth at once; 0: no limit. Without a valid token
  // the client is its address and a login counts as fifty; with one it is the account.
  std::size_t address_rate_max = 1000;
  std::size_t account_rate_max = 0;
  std::uint32_t header_bytes_max = 16 << 10;
  std::size_t bodies_bytes_max = 256 << 20;    // of all requests being read or answered
  std::size_t answers_bytes_max = 512 << 20;   // of all answers of more than 64 KiB being sent
  SpoolOptions spool{};
  std::size_t handling_bytes_max = 256 << 20;  // what bodies may become in memory (gate.h)
  std::size_t handling_waiting_max = 256;      // requests that wait for room there
  std::chrono::seconds idle_timeout{60};       // between requests
  std::chrono::seconds header_timeout{10};     // for a whole header
  std::chrono::seconds body_timeout{30};       // without progress
  std::chrono::seconds body_time_max{600};     // altogether, however steadily it trickles
  std::chrono::seconds write_timeout{60};      // for a response, or one part of a stream
};

class Server {
 public:
  // Listens and serves. `endpoints` and `services` must outlive the server.
  //   Errc::malformed   the address is not an IP address, or the socket's path is too long
  //   Errc::io          the port or the socket is taken or may not be used
  static ledger::Result<std::unique_ptr<Server>> start(ServerOptions options,
                                                       std::span<const Endpoint> endpoints,
                                                       Services& services);
  // REQUIRES: the ledger no longer calls back, so that no write is under way.
  ~Server();

  std::uint16_t port() const;

  // Stops accepting, closes idle connections, and lets requests that have begun finish, for at most
  // `limit`. What is left is cut off then. Idempotent. Whoever connects afterwards is refused.
  // Returns whether all finished.
  bool stop(std::chrono::milliseconds limit);

 private:
  class Core;
  explicit Server(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace countersign::api
