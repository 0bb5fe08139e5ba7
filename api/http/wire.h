// Wire: a connection's bytes, plain or under TLS, as one stream for Beast and Asio's composed
// operations. Timeouts are the transport's, and end what is under way on it.
//
// To be used on the thread of the socket.
#pragma once

#include "api/http/listener.h"

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

namespace countersign::api {

class Wire {
 public:
  // A connection with timeouts.
  using Plain = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;
  using executor_type = Plain::executor_type;

  // Plain without `tls`.
  Wire(Socket socket, std::shared_ptr<boost::asio::ssl::context> tls);

  // REQUIRED before anything is read or written. False: the other end does not speak TLS, or none
  // that is spoken here.
  boost::asio::awaitable<bool> handshake();
  // Says that nothing more will be sent.
  boost::asio::awaitable<void> end_sending();

  // What carries the bytes, under TLS or not.
  Plain& transport();
  executor_type get_executor() { return transport().get_executor(); }

  // Writes what needs no waiting, and returns how much: nothing under TLS, or where something is
  // wrong, which writing the rest finds out.
  std::size_t write_at_once(std::string_view bytes);

  // AsyncReadStream and AsyncWriteStream, as Asio defines them.
  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    const auto start = [this](auto handler, const Buffers& into) {
      std::visit([&](auto& stream) { stream.async_read_some(into, std::move(handler)); }, stream_);
    };
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        start, token, buffers);
  }
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    const auto start = [this](auto handler, const Buffers& from) {
      std::visit([&](auto& stream) { stream.async_write_some(from, std::move(handler)); }, stream_);
    };
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        start, token, buffers);
  }

 private:
  using Encrypted = boost::beast::ssl_stream<Plain>;
  std::variant<Plain, Encrypted> stream_;
};

}  // namespace countersign::api
