#include "tools/load/echo_server.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <string>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace countersign::tools {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using Protocol = asio::generic::stream_protocol;
using Acceptor = asio::basic_socket_acceptor<Protocol>;
using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

const auto kTuple = asio::as_tuple(asio::use_awaitable);

using Answer = http::response<http::string_body>;

Answer answer_of(std::size_t bytes) {
  Answer answer(http::status::ok, 11);
  answer.set(http::field::content_type, "application/json");
  answer.prepare_payload();
  std::ostringstream head;
  head << answer.base();
  const std::size_t head_bytes = head.str().size() + 3;  // the length gets four digits
  answer.body().assign(bytes > head_bytes ? bytes - head_bytes : 0, 'x');
  answer.prepare_payload();
  return answer;
}

asio::awaitable<void> serve(Protocol::socket socket, const Answer* answer) {
  beast::basic_stream<Protocol> stream(std::move(socket));
  beast::flat_buffer buffer;
  for (;;) {
    http::request<http::string_body> request;
    auto [unread, read] = co_await http::async_read(stream, buffer, request, kTuple);
    if (unread) co_return;
    auto [unsent, sent] = co_await http::async_write(stream, *answer, kTuple);
    if (unsent) co_return;
  }
}

asio::awaitable<void> accept(Acceptor* acceptor, const Answer* answer) {
  for (;;) {
    auto [failed, socket] = co_await acceptor->async_accept(kTuple);
    if (failed) co_return;
    socket.set_option(tcp::no_delay(true), failed);  // means nothing to a Unix socket
    asio::co_spawn(acceptor->get_executor(), serve(std::move(socket), answer), asio::detached);
  }
}

std::uint16_t port_of(const Acceptor& acceptor) {
  sockaddr_in at{};
  const Protocol::endpoint endpoint = acceptor.local_endpoint();
  std::memcpy(&at, endpoint.data(), std::min(sizeof at, endpoint.size()));
  return ntohs(at.sin_port);
}

}  // namespace

Result<void> serve_echo(std::size_t answer_bytes, const std::string& unix_socket,
                        const std::function<void(const std::string& url)>& listening) {
  const Answer answer = answer_of(answer_bytes);
  asio::io_context io(1);
  Acceptor acceptor(io);
  Protocol::endpoint at = tcp::endpoint(asio::ip::address_v4::loopback(), 0);
  if (!unix_socket.empty()) at = asio::local::stream_protocol::endpoint(unix_socket);
  beast::error_code failed;
  acceptor.open(at.protocol(), failed);
  if (!failed) acceptor.bind(at, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) return Error{Errc::io, "cannot listen: " + failed.message()};
  asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&io](const beast::error_code&, int) { io.stop(); });
  asio::co_spawn(io, accept(&acceptor, &answer), asio::detached);
  listening(unix_socket.empty() ? "http://127.0.0.1:" + std::to_string(port_of(acceptor))
                                : "unix:" + unix_socket);
  io.run();
  std::error_code ignored;
  if (!unix_socket.empty()) std::filesystem::remove(unix_socket, ignored);
  return {};
}

}  // namespace countersign::tools
