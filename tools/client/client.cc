#include "tools/client/client.h"

#include "api/http/tls_trust.h"
#include "ledger/base/bytes.h"
#include "ledger/crypto/random.h"
#include "tools/client/address.h"

#include <cctype>
#include <chrono>
#include <optional>
#include <variant>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

namespace countersign::tools {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

constexpr const char* kIdempotencyKey = "Idempotency-Key";
constexpr std::uint64_t kReplyBytesMax = 1ull << 32;
constexpr std::chrono::seconds kTimeout{300};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

struct Client::Connection {
  using Plain = beast::basic_stream<asio::generic::stream_protocol>;
  using Encrypted = beast::ssl_stream<Plain>;

  std::string base_url;
  std::string authorities;
  ServiceAddress address;
  std::string token;
  asio::io_context io;
  std::optional<asio::ssl::context> tls;
  std::variant<std::monostate, Plain, Encrypted> stream;  // none: not connected
  beast::flat_buffer buffer;

  Result<void> connect() {
    if (connected()) return {};
    CS_TRY(address, service_address_of(base_url));
    CS_TRY(const auto endpoints, endpoints_of(address));
    stream.emplace<Plain>(io);
    beast::error_code failed = finish(kTimeout, [&](auto& to, auto done) {
      beast::get_lowest_layer(to).async_connect(endpoints, std::move(done));
    });
    if (!failed && address.web.encrypted) failed = shake_hands();
    if (failed) {
      disconnect();
      return Error{Errc::unavailable, "cannot connect to " + base_url + ": " + failed.message()};
    }
    on_stream([&](auto& to) {
      beast::get_lowest_layer(to).socket().set_option(asio::ip::tcp::no_delay(true), failed);
    });
    buffer.clear();
    return {};
  }
  bool connected() const { return stream.index() != 0; }
  void disconnect() { stream.emplace<std::monostate>(); }

  // Wraps the plain stream.
  beast::error_code shake_hands() {
    tls.emplace(asio::ssl::context::tls_client);
    const auto failed = api::trust_only(*tls, address.web.host, authorities);
    if (failed) return failed;
    Plain plain = std::move(std::get<Plain>(stream));
    auto& encrypted = stream.emplace<Encrypted>(std::move(plain), *tls);
    api::tell_name(encrypted.native_handle(), address.web.host);
    return finish(kTimeout, [&](auto&, auto done) {
      encrypted.async_handshake(asio::ssl::stream_base::client, std::move(done));
    });
  }

  // REQUIRES: connected.
  template <typename Use>
  void on_stream(const Use& use) {
    if (auto* encrypted = std::get_if<Encrypted>(&stream)) return use(*encrypted);
    use(std::get<Plain>(stream));
  }

  // Runs one asynchronous operation to its end, or until `limit`: Beast's timeouts are for these
  // only. `start` is called with the stream and the handler.
  template <typename Start>
  beast::error_code finish(std::chrono::seconds limit, const Start& start) {
    beast::error_code outcome;
    on_stream([&](auto& with) {
      beast::get_lowest_layer(with).expires_after(limit);
      start(with, [&outcome](beast::error_code error, const auto&...) { outcome = error; });
    });
    io.restart();
    io.run();
    return outcome;
  }

  // REQUIRES: connected.
  http::request<http::string_body> request(const std::string& method, const std::string& target,
                                           std::string body, const Headers& headers) const {
    http::request<http::string_body> message;
    message.method_string(method);
    message.target(address.web.path + target);
    message.version(11);
    message.set(http::field::host, address.web.authority());
    message.set(http::field::user_agent, "countersign");
    if (!token.empty()) message.set(http::field::authorization, "Bearer " + token);
    if (!body.empty()) message.set(http::field::content_type, "application/json");
    for (const auto& [name, value] : headers) message.set(name, value);
    message.body() = std::move(body);
    message.prepare_payload();
    return message;
  }

  Result<Reply> exchange(const http::request<http::string_body>& request) {
    beast::error_code failed = finish(
        kTimeout, [&](auto& to, auto done) { http::async_write(to, request, std::move(done)); });
    if (failed) return Error{Errc::io, "sending failed: " + failed.message()};
    http::response_parser<http::string_body> parser;
    parser.body_limit(kReplyBytesMax);
    if (request.method() == http::verb::head) parser.skip(true);
    failed = finish(kTimeout, [&](auto& from, auto done) {
      http::async_read(from, buffer, parser, std::move(done));
    });
    if (failed) return Error{Errc::io, "the connection broke: " + failed.message()};
    auto message = parser.release();
    Reply reply = reply_of(message);
    if (!message.keep_alive()) disconnect();
    return reply;
  }

  static Reply reply_of(http::response<http::string_body>& message) {
    Reply reply;
    reply.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
      const auto name = field.name_string();
      const auto value = field.value();
      reply.headers[lower({name.data(), name.size()})] = std::string(value.data(), value.size());
    }
    reply.body = std::move(message.body());
    return reply;
  }

  Result<Reply> follow(const http::request<http::string_body>& request, std::chrono::seconds quiet,
                       const std::function<bool(std::string_view)>& more) {
    beast::error_code failed = finish(
        kTimeout, [&](auto& to, auto done) { http::async_write(to, request, std::move(done)); });
    if (failed) return Error{Errc::io, "sending failed: " + failed.message()};
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    failed = finish(kTimeout, [&](auto& from, auto done) {
      http::async_read_header(from, buffer, parser, std::move(done));
    });
    if (failed) return Error{Errc::io, "the connection broke: " + failed.message()};
    const bool refused = parser.get().result_int() >= 400;
    while (!parser.is_done()) {
      failed = finish(quiet, [&](auto& from, auto done) {
        http::async_read_some(from, buffer, parser, std::move(done));
      });
      if (failed) return Error{Errc::io, "the connection broke: " + failed.message()};
      std::string& body = parser.get().body();
      if (refused || body.empty()) continue;
      const bool goes_on = more(body);
      body.clear();
      if (!goes_on) break;
    }
    return reply_of(parser.get());
  }
};

Client::Client(std::string base_url, std::string authorities)
    : connection_(std::make_unique<Connection>()) {
  connection_->base_url = std::move(base_url);
  connection_->authorities = std::move(authorities);
}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

void Client::set_token(std::string token) { connection_->token = std::move(token); }

Result<Reply> Client::send(const std::string& method, const std::string& target, std::string body,
                           const Headers& headers) {
  const bool reused = connection_->connected();
  CS_CHECK(connection_->connect());
  auto request = connection_->request(method, target, std::move(body), headers);
  if (method != "GET" && request.find(kIdempotencyKey) == request.end()) {
    request.set(kIdempotencyKey, ledger::to_hex(ledger::as_bytes(ledger::random_bytes(16))));
  }
  auto reply = connection_->exchange(request);
  if (reply) return reply;
  connection_->disconnect();
  // The server may have closed an idle connection meanwhile. Sending once more is harmless: a read
  // changes nothing, and a write has its key.
  if (!reused) return reply;
  CS_CHECK(connection_->connect());
  return connection_->exchange(request);
}

Result<Reply> Client::stream(const std::string& target, const Headers& headers,
                             std::chrono::seconds quiet,
                             const std::function<bool(std::string_view piece)>& more) {
  connection_->disconnect();
  CS_CHECK(connection_->connect());
  auto reply = connection_->follow(connection_->request("GET", target, {}, headers), quiet, more);
  connection_->disconnect();
  return reply;
}

std::string percent_encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

}  // namespace countersign::tools
