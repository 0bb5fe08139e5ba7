// Session: one connection. Requests are read, answered and written strictly one after another, so
// pipelined requests get their answers in order.
//
// Everything but drain() and close() runs on the thread that the connection was given to.
#pragma once

#include "api/http/byte_budget.h"
#include "api/http/exchange.h"
#include "api/http/gate.h"
#include "api/http/peer.h"
#include "api/http/rate_limiter.h"
#include "api/http/router.h"
#include "api/http/server.h"
#include "api/http/tokens.h"
#include "api/http/wire.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace countersign::api {

// What all sessions of a server share.
struct SessionContext {
  const ServerOptions& options;
  const Router& router;
  Services& services;
  boost::asio::thread_pool& workers;
  std::atomic<bool>& draining;
  ByteBudget& bodies;   // of requests, in memory
  ByteBudget& spools;   // of requests, in files
  ByteBudget& answers;  // whole ones, until they are sent
  Gate& gate;
  RateLimiter& addresses;  // clients without a valid token
  RateLimiter& accounts;
};

class Session {
 public:
  Session(std::unique_ptr<Wire> wire, Peer peer, SessionContext context);

  // Serves until the client goes, a limit is passed, or the server drains. To be spawned on the
  // socket's executor.
  static boost::asio::awaitable<void> run(std::shared_ptr<Session> self);

  // Any thread: ends the session where it is idle now; otherwise it ends after its present answer.
  static void drain(std::shared_ptr<Session> self);
  // Any thread: ends the session at once.
  static void close(std::shared_ptr<Session> self);

  boost::asio::any_io_executor executor() { return wire_->get_executor(); }

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  // False: the connection is to be closed.
  boost::asio::awaitable<bool> serve_one();
  // Refuses the request when its client has sent too many.
  void limit_rate(Exchange& exchange);
  boost::asio::awaitable<bool> read_first_byte();
  // What has arrived, to the parser.
  //   http::error::need_more   nothing, or too little for it to go on
  boost::system::error_code parse(boost::beast::http::basic_parser<true>& parser);
  // The same, once enough has arrived: by `end`, with no pause longer than this.
  //   http::error::end_of_stream     the client is gone and had sent nothing of it
  //   http::error::partial_message   it is gone in the midst of it
  //   http::error::buffer_overflow   too much without an end
  //   beast::error::timeout, and what reading from a socket fails with
  boost::asio::awaitable<boost::system::error_code> parse_more(
      boost::beast::http::basic_parser<true>& parser, std::chrono::steady_clock::time_point end,
      std::chrono::steady_clock::duration pause_max);
  boost::asio::awaitable<bool> read_head(Parser& parser);
  // How much of a body the route takes: nothing where it only reads (RFC 9110 section 9.3.1).
  std::size_t body_bytes_max(const Endpoint& endpoint) const;
  Problem body_too_large(const Endpoint& endpoint) const;
  // Takes the body, as the route wants it, once it is known to be welcome.
  boost::asio::awaitable<bool> receive(Parser& parser, Exchange& exchange);
  boost::asio::awaitable<bool> read_body(Parser& parser, Exchange& exchange);
  boost::asio::awaitable<bool> spool_body(Parser& head, Exchange& exchange);
  // Says "100 Continue" to a client that waits for it.
  boost::asio::awaitable<bool> invite(const Request& request);
  // Answers what went wrong while a body was read.
  boost::asio::awaitable<void> refuse_broken_body(boost::system::error_code error,
                                                  const Exchange& exchange);
  // The answer is computed once there is room for what the body may become. Only what is sent lasts
  // as long as sending does: the request goes before, and `share`, which is that of its body.
  boost::asio::awaitable<bool> answer_and_send(std::shared_ptr<Exchange> exchange,
                                               std::optional<ByteBudget::Share>& share,
                                               bool keep_alive);
  // How a response is put on the wire for the request it answers.
  struct Framing {
    unsigned version = 11;  // as Beast counts
    bool head = false;
    bool keep_alive = false;
  };
  boost::asio::awaitable<bool> send(std::shared_ptr<Response> response, Framing framing);
  boost::asio::awaitable<bool> send_stream(std::shared_ptr<Response> response, Framing framing);
  // Answers with a problem and ends the connection, letting the client read the answer first.
  boost::asio::awaitable<void> refuse(Problem problem, const Request& request, Framing framing);

  const std::unique_ptr<Wire> wire_;
  boost::beast::flat_buffer buffer_;
  const Peer peer_;
  const SessionContext context_;
  LastToken last_token_;
  bool idle_ = false;
  unsigned version_ = 11;  // of the request being served
};

}  // namespace countersign::api
