#include "api/http/wire.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace countersign::api {

namespace asio = boost::asio;

namespace {

const auto kTuple = asio::as_tuple(asio::use_awaitable);

}  // namespace

Wire::Wire(Socket socket, std::shared_ptr<asio::ssl::context> tls)
    : stream_(std::in_place_type<Plain>, std::move(socket)) {
  // Asio's own writing waits where a socket blocks.
  boost::system::error_code ignored;
  std::get<Plain>(stream_).socket().non_blocking(true, ignored);
  if (tls == nullptr) return;
  Plain plain = std::move(std::get<Plain>(stream_));
  stream_.emplace<Encrypted>(std::move(plain), *tls);
}

asio::awaitable<bool> Wire::handshake() {
  auto* encrypted = std::get_if<Encrypted>(&stream_);
  if (encrypted == nullptr) co_return true;
  auto [error] = co_await encrypted->async_handshake(asio::ssl::stream_base::server, kTuple);
  co_return !error;
}

asio::awaitable<void> Wire::end_sending() {
  if (auto* encrypted = std::get_if<Encrypted>(&stream_)) {
    // Also tells a client that reads to the end of the connection that nothing was cut off.
    co_await encrypted->async_shutdown(kTuple);  // a client that is gone needs no word
    co_return;
  }
  boost::system::error_code ignored;
  transport().socket().shutdown(Socket::shutdown_send, ignored);
}

std::size_t Wire::write_at_once(std::string_view bytes) {
  auto* plain = std::get_if<Plain>(&stream_);
  if (plain == nullptr) return 0;
  boost::system::error_code ignored;
  return plain->socket().write_some(asio::buffer(bytes), ignored);
}

Wire::Plain& Wire::transport() {
  if (auto* encrypted = std::get_if<Encrypted>(&stream_)) return encrypted->next_layer();
  return std::get<Plain>(stream_);
}

}  // namespace countersign::api
