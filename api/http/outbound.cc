#include "api/http/outbound.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
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

Error not_an_address() {
  return Error{Errc::malformed, "must be http://host[:port][/path] or https://host[:port][/path]"};
}

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
  const bool v6 = to.host.find(':') != std::string::npos;
  const bool usual = to.port == (to.encrypted ? "443" : "80");
  Message message;
  message.method(http::verb::post);
  message.target(to.path + target);
  message.version(11);
  message.set(http::field::host,
              (v6 ? "[" + to.host + "]" : to.host) + (usual ? "" : ":" + to.port));
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

beast::error_code prepare_tls(asio::ssl::context& context, const Destination& to) {
  beast::error_code failed;
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_verify_mode(asio::ssl::verify_peer);
  context.set_verify_callback(asio::ssl::host_name_verification(to.host));
  if (to.authorities.empty()) {
    context.set_default_verify_paths(failed);
  } else {
    context.load_verify_file(to.authorities.string(), failed);
  }
  return failed;
}

Result<Reply> send(const Destination& to, const Message& message, Read what,
                   std::chrono::milliseconds limit) {
  asio::io_context io;
  beast::error_code failed;
  // The system's resolver has limits of its own and cannot be interrupted.
  asio::ip::tcp::resolver resolver(io);
  const auto where = resolver.resolve(to.host, to.port, failed);
  if (failed) return unreachable("cannot resolve " + to.host, failed);
  beast::tcp_stream plain(io);
  // Until then for everything that follows, not for each step.
  plain.expires_after(limit);
  failed = finish(io, [&](auto done) { plain.async_connect(where, std::move(done)); });
  if (failed) return unreachable("cannot connect to " + to.host + ":" + to.port, failed);
  if (!to.encrypted) return exchange(io, plain, message, what);

  asio::ssl::context context(asio::ssl::context::tls_client);
  if (failed = prepare_tls(context, to); failed) {
    return unreachable(to.authorities.string(), failed);
  }
  beast::ssl_stream<beast::tcp_stream> stream(std::move(plain), context);
  // A name is told to whom has several certificates; an address is not (RFC 6066, section 3).
  if (asio::ip::make_address(to.host, failed); failed) {
    SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(to.host.c_str()));
  }
  failed = finish(io, [&](auto done) {
    stream.async_handshake(asio::ssl::stream_base::client, std::move(done));
  });
  if (failed) return unreachable("no trusted connection to " + to.host, failed);
  return exchange(io, stream, message, what);
}

}  // namespace

Result<Destination> destination_of(const std::string& url, std::filesystem::path authorities) {
  Destination to;
  to.encrypted = url.starts_with("https://");
  if (!to.encrypted && !url.starts_with("http://")) return not_an_address();
  if (std::any_of(url.begin(), url.end(), [](unsigned char c) { return c <= ' ' || c >= 127; })) {
    return not_an_address();
  }
  std::string_view rest = std::string_view(url).substr(to.encrypted ? 8 : 7);
  if (rest.find_first_of("?#@") != std::string_view::npos) return not_an_address();
  const auto slash = std::min(rest.find('/'), rest.size());
  to.path = rest.substr(slash);
  while (to.path.ends_with('/')) to.path.pop_back();
  rest = rest.substr(0, slash);
  const auto bracket = rest.rfind(']');
  const auto colon = rest.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  to.host = rest.substr(0, has_port ? colon : rest.size());
  to.port = has_port ? std::string(rest.substr(colon + 1)) : (to.encrypted ? "443" : "80");
  if (to.host.starts_with('[') && to.host.ends_with(']')) {
    to.host = to.host.substr(1, to.host.size() - 2);
  }
  const bool number = !to.port.empty() && to.port.size() <= 5 &&
                      std::all_of(to.port.begin(), to.port.end(),
                                  [](unsigned char c) { return std::isdigit(c) != 0; });
  if (to.host.empty() || !number) return not_an_address();
  to.authorities = std::move(authorities);
  return to;
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
