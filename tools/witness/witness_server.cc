#include "tools/witness/witness_server.h"

#include "ledger/base/diagnostics.h"
#include "ledger/witness/witness.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace countersign::tools {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using ledger::Errc;
using ledger::Error;
using ledger::Result;
using Reply = ledger::Witness::Reply;

namespace {

constexpr std::size_t kThreads = 4;  // they wait for the disk as well
constexpr std::size_t kConnectionsMax = 256;
constexpr std::uint32_t kHeaderBytesMax = 8 << 10;
constexpr std::uint64_t kBodyBytesMax = 64 << 10;  // 63 hashes and a note with many lines
constexpr std::chrono::seconds kTimeMax{10};       // for a request, then for its answer
constexpr std::chrono::milliseconds kAcceptPause{100};

const auto kTuple = asio::as_tuple(asio::use_awaitable);

Reply text(int status, std::string body) {
  return {status, "text/plain; charset=utf-8", std::move(body)};
}

Reply metrics(const ledger::Witness& witness) {
  const auto counts = witness.counts();
  std::string out;
  const auto add = [&out](const std::string& name, const char* help, std::uint64_t value) {
    out += "# HELP " + name + " " + help + "\n# TYPE " + name + " counter\n" + name + " " +
           std::to_string(value) + "\n";
  };
  add("countersign_witness_requests_cosigned_total", "Checkpoints cosigned.", counts.cosigned);
  add("countersign_witness_requests_refused_total", "Requests refused, for whatever reason.",
      counts.refused);
  add("countersign_witness_forks_total",
      "Two signed checkpoints of one size, kept as evidence while there is room.", counts.forks);
  add("countersign_witness_unproved_total",
      "Signed checkpoints that were not proved to continue, kept as evidence.", counts.unproved);
  return {200, "text/plain; version=0.0.4; charset=utf-8", std::move(out)};
}

Reply answer(ledger::Witness& witness, const http::request<http::string_body>& request) {
  constexpr std::string_view kCheckpoint = "/checkpoint";
  const std::string target(request.target());
  const bool post = request.method() == http::verb::post;
  if (target == "/add-checkpoint") {
    return post ? witness.add_checkpoint(request.body()) : text(405, "POST it\n");
  }
  if (request.method() != http::verb::get) return text(405, "only add-checkpoint is posted\n");
  if (target == "/vkey") return text(200, witness.vkey() + "\n");
  if (target == "/healthz") return text(200, "ok\n");
  if (target == "/metrics") return metrics(witness);
  if (target.ends_with(kCheckpoint) && target.size() > kCheckpoint.size()) {
    return witness.checkpoint(
        std::string_view(target).substr(1, target.size() - 1 - kCheckpoint.size()));
  }
  return text(404, "no such resource\n");
}

}  // namespace

class WitnessServer::Core {
 public:
  explicit Core(ledger::Witness& witness) : witness_(witness), acceptor_(asio::make_strand(io_)) {}

  ~Core() {
    stopping_ = true;
    asio::post(acceptor_.get_executor(), [this] {
      boost::system::error_code ignored;
      acceptor_.close(ignored);
    });
    // What was begun ends within its time, then there is nothing left to run.
    for (std::thread& thread : threads_) thread.join();
  }

  Result<void> listen(const std::string& address, std::uint16_t port) {
    boost::system::error_code error;
    const auto ip = asio::ip::make_address(address, error);
    if (error) return Error{Errc::malformed, "not an IP address: " + address};
    const tcp::endpoint endpoint(ip, port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return Error{Errc::io, "cannot listen: " + error.message()};
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(acceptor_.get_executor(), accept(this), asio::detached);
    for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { io_.run(); });
    return {};
  }

  std::uint16_t port() const { return port_; }

 private:
  static asio::awaitable<void> accept(Core* core) {
    while (!core->stopping_) {
      tcp::socket socket(asio::make_strand(core->io_));
      auto [error] = co_await core->acceptor_.async_accept(socket, kTuple);
      if (error == asio::error::operation_aborted) co_return;
      if (error) {
        ledger::diag::warn("server.accept_failed", {{"why", error.message()}});
        asio::steady_timer pause(core->acceptor_.get_executor(), kAcceptPause);
        co_await pause.async_wait(kTuple);
        continue;
      }
      if (core->open_ >= kConnectionsMax) continue;  // closed
      const auto executor = socket.get_executor();
      asio::co_spawn(executor, serve(core, beast::tcp_stream(std::move(socket))), asio::detached);
    }
  }

  // One of the connections that are open.
  class Place {
   public:
    explicit Place(std::atomic<std::size_t>& open) : open_(open) { ++open_; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { --open_; }

   private:
    std::atomic<std::size_t>& open_;
  };

  static asio::awaitable<void> serve(Core* core, beast::tcp_stream stream) {
    const Place place(core->open_);
    beast::flat_buffer buffer;
    http::request_parser<http::string_body> parser;
    parser.header_limit(kHeaderBytesMax);
    parser.body_limit(kBodyBytesMax);
    stream.expires_after(kTimeMax);
    auto [error, count] = co_await http::async_read(stream, buffer, parser, kTuple);
    const bool too_long = error == http::error::body_limit || error == http::error::header_limit;
    if (!error || too_long) {
      const Reply reply = too_long ? text(413, "too long\n") : answer(core->witness_, parser.get());
      http::response<http::string_body> response;
      response.version(11);
      response.result(static_cast<unsigned>(reply.status));
      response.set(http::field::content_type, reply.content_type);
      response.set(http::field::connection, "close");
      response.set(http::field::cache_control, "no-cache");
      response.body() = reply.body;
      response.prepare_payload();
      stream.expires_after(kTimeMax);
      co_await http::async_write(stream, response, kTuple);
    }
    boost::system::error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  ledger::Witness& witness_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> open_{0};
  std::uint16_t port_ = 0;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::vector<std::thread> threads_;
};

Result<std::unique_ptr<WitnessServer>> WitnessServer::start(const std::string& address,
                                                            std::uint16_t port,
                                                            ledger::Witness& witness) {
  auto core = std::make_unique<Core>(witness);
  CS_CHECK(core->listen(address, port));
  return std::unique_ptr<WitnessServer>(new WitnessServer(std::move(core)));
}

WitnessServer::WitnessServer(std::unique_ptr<Core> core) : core_(std::move(core)) {}
WitnessServer::~WitnessServer() = default;

std::uint16_t WitnessServer::port() const { return core_->port(); }

}  // namespace countersign::tools
