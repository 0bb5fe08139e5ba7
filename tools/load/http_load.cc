#include "tools/load/http_load.h"

#include "tools/client/address.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace countersign::tools {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Socket = asio::generic::stream_protocol::socket;
using ledger::Errc;
using ledger::Error;
using ledger::Result;
using Steady = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds kAnswerTimeout{60};
constexpr std::size_t kAnswerHeadMax = 64 << 10;

// Keeps the status and the body; the fields are of no use here and are not stored.
class AnswerParser : public http::basic_parser<false> {
 public:
  explicit AnswerParser(std::string& body) : body_(body) {
    eager(true);
    body_.clear();
  }
  unsigned status() const { return status_; }

 private:
  using Text = beast::string_view;
  using Bytes = std::uint64_t;

  void on_request_impl(http::verb, Text, Text, int, beast::error_code&) override {}
  void on_response_impl(int status, Text, int, beast::error_code&) override {
    status_ = static_cast<unsigned>(status);
  }
  void on_field_impl(http::field, Text, Text, beast::error_code&) override {}
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<Bytes>&, beast::error_code&) override {}
  std::size_t on_body_impl(Text part, beast::error_code&) override {
    body_.append(part.data(), part.size());
    return part.size();
  }
  void on_chunk_header_impl(Bytes, Text, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(Bytes, Text part, beast::error_code&) override {
    body_.append(part.data(), part.size());
    return part.size();
  }
  void on_finish_impl(beast::error_code&) override {}

  std::string& body_;
  unsigned status_ = 0;
};

// What the connections of one run share.
struct Shared {
  LoadSource& source;
  Steady::time_point end;
  HttpLoadResult result;
  std::optional<Error> failure;
  asio::io_context io{1};

  void fail(Errc code, std::string why) {
    if (!failure) failure = Error{code, std::move(why)};
    io.stop();
  }
};

class Connection {
 public:
  Connection(Shared& shared, unsigned client)
      : shared_(shared), client_(client), socket_(shared.io) {}

  Result<void> connect(const std::vector<Socket::endpoint_type>& where) {
    beast::error_code failed;
    const auto at = asio::connect(socket_, where, failed);
    if (!failed && at.protocol().family() != AF_UNIX) {
      socket_.set_option(asio::ip::tcp::no_delay(true), failed);
    }
    if (!failed) socket_.non_blocking(true, failed);
    if (failed) return Error{Errc::unavailable, "cannot connect: " + failed.message()};
    return {};
  }

  void send() {
    if (Steady::now() >= shared_.end) return;
    shared_.source.next_request(client_, request_);
    parser_.emplace(body_);
    held_ = 0;
    begin_ = Steady::now();
    asio::async_write(socket_, asio::buffer(request_),
                      [this](const beast::error_code& failed, std::size_t sent) {
                        shared_.result.request_bytes += sent;
                        if (failed) return broken(failed);
                        read();
                      });
  }

 private:
  // Asio tries to read before it waits only after a read that filled its buffer; to wait first
  // would ask the kernel once more for each answer.
  void read() {
    socket_.async_read_some(
        asio::buffer(buffer_.data() + held_, buffer_.size() - held_),
        [this](const beast::error_code& failed, std::size_t count) { take(failed, count); });
  }

  void take(beast::error_code failed, std::size_t count) {
    if (failed) return broken(failed);
    shared_.result.answer_bytes += count;
    held_ += count;
    const std::size_t used = parser_->put(asio::const_buffer(buffer_.data(), held_), failed);
    if (failed && failed != http::error::need_more) return broken(failed);
    std::copy(buffer_.data() + used, buffer_.data() + held_, buffer_.data());
    held_ -= used;
    if (!parser_->is_done()) {
      if (held_ == buffer_.size()) {
        return shared_.fail(Errc::io, "the head of an answer is too long");
      }
      return read();
    }
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - begin_);
    shared_.result.timings.add_micros(static_cast<std::uint32_t>(took.count()));
    std::string wrong = shared_.source.judge(client_, parser_->status(), body_);
    if (!wrong.empty()) return shared_.fail(Errc::io, std::move(wrong));
    send();
  }

  void broken(const beast::error_code& failed) {
    shared_.fail(Errc::io, "a connection broke: " + failed.message());
  }

  Shared& shared_;
  const unsigned client_;
  Socket socket_;
  std::string request_;
  std::optional<AnswerParser> parser_;
  std::string body_;
  std::array<char, kAnswerHeadMax> buffer_{};
  std::size_t held_ = 0;  // bytes of buffer_ that the parser has not taken
  Steady::time_point begin_;
};

}  // namespace

Result<HttpLoadResult> run_http_load(const std::string& url, unsigned clients,
                                     std::chrono::duration<double> length, LoadSource& source) {
  CS_TRY(const ServiceAddress address, service_address_of(url));
  if (address.web.encrypted) return Error{Errc::malformed, "the load goes over plain HTTP"};
  CS_TRY(const auto where, endpoints_of(address));
  Shared shared{source, {}, {}, {}};
  std::vector<std::unique_ptr<Connection>> connections;
  for (unsigned client = 0; client < clients; ++client) {
    connections.push_back(std::make_unique<Connection>(shared, client));
    CS_CHECK(connections.back()->connect(where));
  }
  const auto begin = Steady::now();
  shared.end = begin + std::chrono::duration_cast<Steady::duration>(length);
  for (const auto& connection : connections) connection->send();
  shared.io.run_until(shared.end + kAnswerTimeout);
  if (shared.failure) return *shared.failure;
  if (!shared.io.stopped()) return Error{Errc::timeout, "a request was not answered"};
  shared.result.seconds = std::chrono::duration<double>(Steady::now() - begin).count();
  return std::move(shared.result);
}

}  // namespace countersign::tools
