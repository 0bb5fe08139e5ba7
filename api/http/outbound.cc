#include "api/http/outbound.h"

#include "api/http/tls_trust.h"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

namespace countersign::api {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

constexpr std::uint32_t kHeaderBytesMax = 16 << 10;
constexpr std::uint64_t kAnswerBytesMax = 64 << 10;

Error broken(const beast::error_code& why) {
  return Error{Errc::io, "the connection broke: " + why.message()};
}

Error unreachable(const std::string& what, const beast::error_code& why) {
  return Error{Errc::unavailable, what + ": " + why.message()};
}

// Runs to its end what `start` begins with the handler it is given.
template <typename Start>
beast::error_code finish(asio::io_context& io, const Start& start) {
  beast::error_code outcome;
  start([&outcome](beast::error_code error, const auto&...) { outcome = error; });
  io.restart();
  io.run();
  return outcome;
}

using Message = http::request<http::string_body>;

Message message_to(const Destination& to, const std::string& target,
                   const std::string& content_type, std::string body) {
  Message message;
  message.method(http::verb::post);
  message.target(to.at.path + target);
  message.version(11);
  message.set(http::field::host, to.at.authority());
  message.set(http::field::user_agent, "countersignd");
  message.set(http::field::connection, "close");
  message.set(http::field::content_type, content_type);
  message.body() = std::move(body);
  message.prepare_payload();
  return message;
}

// What is read of an answer.
enum class Read { status, whole };

template <typename Stream>
Result<Reply> exchange(asio::io_context& io, Stream& stream, const Message& message, Read what) {
  beast::error_code failed =
      finish(io, [&](auto done) { http::async_write(stream, message, std::move(done)); });
  if (failed) return broken(failed);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.header_limit(kHeaderBytesMax);
  parser.body_limit(kAnswerBytesMax);
  failed = finish(io, [&](auto done) {
    if (what == Read::status) {
      http::async_read_header(stream, buffer, parser, std::move(done));
    } else {
      http::async_read(stream, buffer, parser, std::move(done));
    }
  });
  if (failed) return broken(failed);
  const auto& answer = parser.get();
  return Reply{static_cast<int>(answer.result_int()),
               std::string(answer[http::field::content_type]), answer.body()};
}

Result<Reply> send(const Destination& to, const Message& message, Read what,
                   std::chrono::milliseconds limit) {
  asio::io_context io;
  beast::error_code failed;
  // The system's resolver has limits of its own and cannot be interrupted.
  asio::ip::tcp::resolver resolver(io);
  const auto where = resolver.resolve(to.at.host, to.at.port, failed);
  if (failed) return unreachable("cannot resolve " + to.at.host, failed);
  beast::tcp_stream plain(io);
  // Until then for everything that follows, not for each step.
  plain.expires_after(limit);
  failed = finish(io, [&](auto done) { plain.async_connect(where, std::move(done)); });
  if (failed) return unreachable("cannot connect to " + to.at.host + ":" + to.at.port, failed);
  if (!to.at.encrypted) return exchange(io, plain, message, what);

  asio::ssl::context context(asio::ssl::context::tls_client);
  if (failed = trust_only(context, to.at.host, to.authorities); failed) {
    return unreachable(to.authorities.string(), failed);
  }
  beast::ssl_stream<beast::tcp_stream> stream(std::move(plain), context);
  tell_name(stream.native_handle(), to.at.host);
  failed = finish(io, [&](auto done) {
    stream.async_handshake(asio::ssl::stream_base::client, std::move(done));
  });
  if (failed) return unreachable("no trusted connection to " + to.at.host, failed);
  return exchange(io, stream, message, what);
}

}  // namespace

Result<Destination> destination_of(const std::string& url, std::filesystem::path authorities) {
  CS_TRY(auto at, web_address_of(url));
  return Destination{std::move(at), std::move(authorities)};
}

Result<Reply> post(const Destination& to, const std::string& target,
                   const std::string& content_type, std::string body,
                   std::chrono::milliseconds limit) {
  return send(to, message_to(to, target, content_type, std::move(body)), Read::whole, limit);
}

Result<int> post_json(const Destination& to, const std::string& target, std::string body,
                      std::chrono::milliseconds limit) {
  CS_TRY(const Reply answer, send(to, message_to(to, target, "application/json", std::move(body)),
                                  Read::status, limit));
  return answer.status;
}

}  // namespace countersign::api
