#include "api/http/server.h"

#include "api/http/listener.h"
#include "api/http/rate_limiter.h"
#include "api/http/session.h"
#include "api/http/tls.h"
#include "api/telemetry/metrics.h"
#include "ledger/base/diagnostics.h"
#include "ledger/base/this_thread.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>  // no_delay
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace countersign::api {

namespace asio = boost::asio;
using asio::ip::tcp;
using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

// After a failed accept (no file descriptors left), so that the loop does not spin.
constexpr std::chrono::milliseconds kAcceptPause{100};
// For sessions that were cut off to notice.
constexpr std::chrono::seconds kCutOff{1};

// Of what bodies may take: the small ones of a thousand connections fit into it.
constexpr std::size_t kReserve = 64 << 20;

constexpr std::string_view kTooMany =
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n"
    "Content-Length: 0\r\n\r\n";

// A thread with the connections that were given to it. Whatever runs on its executor runs one after
// another, so that a connection needs no lock and no strand.
class IoThread {
 public:
  IoThread() : work_(asio::make_work_guard(io_)) {}
  ~IoThread() { stop(); }

  void start() {
    thread_ = std::thread([this] {
      ledger::name_this_thread("connections");
      io_.run();
    });
  }
  // What is still to be done is abandoned, and gone when this is destroyed.
  void stop() {
    work_.reset();
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }
  asio::io_context::executor_type executor() { return io_.get_executor(); }

 private:
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace

class Server::Core {
 public:
  Core(ServerOptions options, std::span<const Endpoint> endpoints, Services& services)
      : options_(std::move(options)),
        router_(endpoints),
        services_(services),
        bodies_({.bytes_max = options_.bodies_bytes_max,
                 .reserve = std::min(kReserve, options_.bodies_bytes_max / 4),
                 .holder_bytes_max = options_.bodies_bytes_max / 2}),
        // Where one file may be more than half of all, one may still be sent.
        spools_({.bytes_max = options_.spool.bodies_bytes_max,
                 .holder_bytes_max = std::max(options_.spool.bodies_bytes_max / 2,
                                              options_.spool.body_bytes_max)}),
        answers_({.bytes_max = options_.answers_bytes_max,
                  .holder_bytes_max = options_.answers_bytes_max / 2}),
        gate_(options_.handling_bytes_max, options_.handling_waiting_max),
        addresses_({.per_second = options_.address_rate_max}),
        accounts_({.per_second = options_.account_rate_max}),
        io_threads_(std::max<std::size_t>(1, options_.io_threads)),
        workers_(options_.worker_threads) {}

  ~Core() {
    stop(std::chrono::milliseconds(0));
    for (IoThread& one : io_threads_) one.stop();
    workers_.stop();
    workers_.join();
    gate_.clear();
  }

  Result<void> listen() {
    // First, so that stop() finds them running however far this came.
    for (IoThread& one : io_threads_) one.start();
    const asio::any_io_executor executor = accepting().executor();
    CS_TRY(auto network, Listener::on_network(executor, options_.address, options_.port));
    port_ = network.port();
    listeners_.push_back({std::move(network), options_.tls});
    if (!options_.unix_socket.empty()) {
      CS_TRY(auto here, Listener::on_this_machine(executor, options_.unix_socket));
      listeners_.push_back({std::move(here), nullptr});
    }
    for (Entrance& one : listeners_) {
      asio::co_spawn(executor, accept(this, &one), asio::detached);
    }
    return {};
  }

  std::uint16_t port() const { return port_; }

  bool stop(std::chrono::milliseconds limit) {
    if (draining_.exchange(true)) return true;
    asio::post(accepting().executor(), [this] {
      for (Entrance& one : listeners_) one.listener.close();
      const std::lock_guard lock(mutex_);
      closed_ = true;
      gone_.notify_all();
    });
    std::unique_lock lock(mutex_);
    for (const auto& session : sessions_) Session::drain(session);
    const auto none = [this] { return closed_ && sessions_.empty(); };
    if (gone_.wait_for(lock, limit, none)) return true;
    for (const auto& session : sessions_) Session::close(session);
    gone_.wait_for(lock, kCutOff, none);
    return false;
  }

 private:
  // Where connections come in.
  struct Entrance {
    Listener listener;
    const Tls* tls;  // null: plain
  };

  static asio::awaitable<void> accept(Core* core, Entrance* at) {
    Listener::Acceptor& acceptor = at->listener.acceptor();
    while (!core->draining_) {
      Socket socket(core->next_thread().executor());
      auto [error] = co_await acceptor.async_accept(socket, asio::as_tuple(asio::use_awaitable));
      if (error == asio::error::operation_aborted) co_return;
      if (error) {
        ledger::diag::warn("server.accept_failed", {{"why", error.message()}});
        asio::steady_timer pause(acceptor.get_executor(), kAcceptPause);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
        continue;
      }
      core->serve(std::move(socket), at->tls);
    }
  }

  // On which connections are accepted.
  IoThread& accepting() { return io_threads_.front(); }
  // While accepting only.
  IoThread& next_thread() { return io_threads_[accepted_++ % io_threads_.size()]; }

  void serve(Socket socket, const Tls* tls) {
    const std::optional<Peer> peer = peer_of(socket);
    if (!peer) return;
    boost::system::error_code ignored;
    if (!peer->is_local()) socket.set_option(tcp::no_delay(true), ignored);
    const std::string client = client_of_address(peer->address);
    const SessionContext context{options_, router_, services_,  workers_, draining_,
                                 bodies_,  spools_, answers_,   gate_,    addresses_,
                                 accounts_};
    std::shared_ptr<Session> session;
    {
      const std::lock_guard lock(mutex_);
      if (draining_) return;
      std::size_t& held = held_[client];
      // On this machine's socket the connections are a proxy's, which has them from many.
      if (sessions_.size() < options_.connections_max &&
          (peer->is_local() || held < options_.connections_per_address_max)) {
        auto wire = std::make_unique<Wire>(std::move(socket), tls ? tls->context() : nullptr);
        session = std::make_shared<Session>(std::move(wire), *peer, context);
        sessions_.insert(session);
        ++held;
      }
      if (held == 0) held_.erase(client);
    }
    if (session == nullptr) {
      services_.metrics.connection_refused();
      // What speaks TLS would not understand it.
      if (tls != nullptr) return;
      // Fits the empty send buffer of a new connection, so it does not block.
      asio::write(socket, asio::buffer(kTooMany), ignored);
      return;
    }
    services_.metrics.connection_opened();
    const auto done = [this, session, client](const std::exception_ptr&) {
      services_.metrics.connection_closed();
      const std::lock_guard lock(mutex_);
      sessions_.erase(session);
      if (const auto held = held_.find(client); --held->second == 0) held_.erase(held);
      if (sessions_.empty()) gone_.notify_all();
    };
    asio::co_spawn(session->executor(), Session::run(session), done);
  }

  const ServerOptions options_;
  const Router router_;
  Services& services_;
  ByteBudget bodies_;
  ByteBudget spools_;
  ByteBudget answers_;
  Gate gate_;
  RateLimiter addresses_;
  RateLimiter accounts_;
  std::atomic<bool> draining_{false};
  std::uint16_t port_ = 0;

  std::deque<IoThread> io_threads_;
  asio::thread_pool workers_;
  std::deque<Entrance> listeners_;
  std::size_t accepted_ = 0;

  std::mutex mutex_;  // guards closed_, sessions_, held_
  std::condition_variable gone_;
  bool closed_ = false;  // nobody can connect any more
  std::unordered_set<std::shared_ptr<Session>> sessions_;
  std::unordered_map<std::string, std::size_t> held_;  // sessions by client address
};

Result<std::unique_ptr<Server>> Server::start(ServerOptions options,
                                              std::span<const Endpoint> endpoints,
                                              Services& services) {
  auto core = std::make_unique<Core>(std::move(options), endpoints, services);
  CS_CHECK(core->listen());
  return std::unique_ptr<Server>(new Server(std::move(core)));
}

Server::Server(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Server::~Server() = default;

std::uint16_t Server::port() const { return core_->port(); }

bool Server::stop(std::chrono::milliseconds limit) { return core_->stop(limit); }

}  // namespace countersign::api
