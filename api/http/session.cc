#include "api/http/session.h"

#include "api/http/write_bridge.h"
#include "api/telemetry/metrics.h"
#include "ledger/base/diagnostics.h"
#include "ledger/evidence/incoming_file.h"
#include "ledger/ledger.h"

#include <algorithm>
#include <array>
#include <typeinfo>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/buffer_body.hpp>

namespace countersign::api {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using ledger::Errc;

namespace {

constexpr std::size_t kBufferMax = 256 << 10;
constexpr std::size_t kReadSize = 16 << 10;
// A login compares a password, which costs as much time as many reads.
constexpr std::size_t kLoginCost = 50;
// A body of less does not ask for room.
constexpr std::size_t kSmallBody = 4 << 10;
// A body of no more goes out in one piece with what stands before it.
constexpr std::size_t kSentAtOnce = 64 << 10;
// How much of a body is held before it is written to its file.
constexpr std::size_t kSpoolPart = 128 << 10;
// How long, and how much, is still read from a client that was refused while it sent.
constexpr std::chrono::seconds kLinger{2};
constexpr std::size_t kLingerBytes = 1 << 20;

const auto kTuple = asio::as_tuple(asio::use_awaitable);

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

std::string_view chars(beast::string_view text) { return {text.data(), text.size()}; }

Request head_of(const http::request<http::string_body>& message) {
  Request head;
  head.method = chars(message.method_string());
  constexpr std::size_t kHeadersExpected = 16;
  head.headers.reserve(kHeadersExpected);
  for (const auto& field : message) {
    std::string name = lower_case(chars(field.name_string()));
    const auto at = std::ranges::find(head.headers, name, [](const auto& one) -> const auto& {
      return one.first;
    });
    if (at == head.headers.end()) {
      head.headers.emplace_back(std::move(name), chars(field.value()));
    } else {
      at->second.append(", ").append(chars(field.value()));
    }
  }
  head.correlation_id = correlation_id_of(head);
  return head;
}

// RFC 9110: neither is said of these, a body nor its length.
bool is_bodiless(const Response& response) {
  return response.status == 204 || response.status == 304;
}

// Status line and fields with the empty line behind them (RFC 9112). Beast's serializer asks every
// byte range of a message in turn, which an answer of two kilobytes notices.
std::string head_text(const Response& response, unsigned version, bool keep_alive) {
  const auto status = static_cast<unsigned>(response.status);
  constexpr std::size_t kHeadExpected = 512;
  std::string head;
  head.reserve(kHeadExpected + std::min(response.body.size(), kSentAtOnce));  // which follows it
  head += version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ";
  head.append(std::to_string(status)).append(" ");
  head.append(chars(http::obsolete_reason(http::int_to_status(status)))).append("\r\n");
  const auto field = [&head](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  for (const auto& [name, value] : response.headers) field(name, value);
  const bool bodiless = is_bodiless(response);
  if (!response.content_type.empty() && !bodiless) field("Content-Type", response.content_type);
  // Before HTTP/1.1 there are no chunks: the end of the connection is the end of the body.
  if (response.stream && version == 11) field("Transfer-Encoding", "chunked");
  if (!response.stream && !bodiless) field("Content-Length", std::to_string(response.body.size()));
  if (version == 11 && !keep_alive) field("Connection", "close");
  if (version == 10 && keep_alive) field("Connection", "keep-alive");
  head += "\r\n";
  return head;
}

// The next part of a stream, or none after the last; on a worker, as it may read from disk.
asio::awaitable<std::optional<std::string>> next_part(std::shared_ptr<Response> response,
                                                      std::shared_ptr<bool> more) {
  while (*more) {
    std::string part;
    *more = response->stream(part);
    // An empty chunk would end the stream for the client; the caller waits instead.
    if (!part.empty() || (*more && response->stream_pause.count() > 0)) co_return part;
  }
  co_return std::nullopt;
}

// What was sent is not HTTP, as opposed to a connection that ended or was cut off.
bool is_broken_http(const boost::system::error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_value).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

using Incoming = std::shared_ptr<ledger::IncomingFile>;

// These run on a worker: they wait for the disk.
asio::awaitable<std::variant<Incoming, ledger::Error>> begin_file(const SpoolOptions& options,
                                                                  std::uint64_t announced) {
  auto made = ledger::IncomingFile::create(options.directory, options.space_reserve_bytes,
                                           announced);
  if (!made) co_return made.error();
  co_return Incoming(std::move(*made));
}

asio::awaitable<std::optional<ledger::Error>> append_to_file(Incoming file,
                                                             std::string_view bytes) {
  const auto written = file->append(ledger::as_bytes(bytes));
  if (!written) co_return written.error();
  co_return std::nullopt;
}

Problem spool_problem(const ledger::Error& error) {
  if (error.code == Errc::unavailable) return storage_full();
  ledger::diag::error("spool.failed", {{"why", error.detail}});
  return problem_of(ledger::Error{Errc::io, {}});
}

// Strangers are one holder.
std::string_view holder_of(const Request& request) {
  return request.account == nullptr ? std::string_view() : request.account->account.id.value;
}

// What a write came to is told whatever it takes, which is little: kReceiptsMax (write_bridge.cc).
bool may_be_withheld(const Exchange& exchange) {
  return exchange.endpoint != nullptr &&
         !std::holds_alternative<WriteHandler>(exchange.endpoint->handler);
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Session::Session(std::unique_ptr<Wire> wire, Peer peer, SessionContext context)
    : wire_(std::move(wire)), buffer_(kBufferMax), peer_(std::move(peer)), context_(context) {}

void Session::drain(std::shared_ptr<Session> self) {
  asio::post(self->executor(), [self] {
    if (self->idle_) self->wire_->transport().close();
  });
}

void Session::close(std::shared_ptr<Session> self) {
  asio::post(self->executor(), [self] { self->wire_->transport().close(); });
}

asio::awaitable<void> Session::run(std::shared_ptr<Session> self) {
  try {
    self->wire_->transport().expires_after(self->context_.options.header_timeout);
    bool goes_on = co_await self->wire_->handshake();
    while (goes_on) goes_on = co_await self->serve_one();
  } catch (const std::exception& exception) {
    ledger::diag::error("session.threw", {{"type", typeid(exception).name()}});
  }
  Wire::Plain& transport = self->wire_->transport();
  transport.expires_after(kLinger);
  co_await self->wire_->end_sending();
  boost::system::error_code ignored;
  transport.socket().shutdown(Socket::shutdown_both, ignored);
  self->wire_->transport().close();
}

asio::awaitable<bool> Session::read_first_byte() {
  if (buffer_.size() > 0) co_return true;
  if (context_.draining) co_return false;
  idle_ = true;
  wire_->transport().expires_after(context_.options.idle_timeout);
  auto [error, count] = co_await wire_->async_read_some(buffer_.prepare(kReadSize), kTuple);
  idle_ = false;
  if (error) co_return false;
  buffer_.commit(count);
  co_return true;
}

// Beast's own operations wait for their turn once more also for what has arrived already.
boost::system::error_code Session::parse(http::basic_parser<true>& parser) {
  if (buffer_.size() == 0) return http::error::need_more;
  boost::system::error_code error;
  buffer_.consume(parser.put(buffer_.data(), error));
  return error;
}

asio::awaitable<boost::system::error_code> Session::parse_more(
    http::basic_parser<true>& parser, std::chrono::steady_clock::time_point end,
    std::chrono::steady_clock::duration pause_max) {
  boost::system::error_code parsed = http::error::need_more;
  while (parsed == http::error::need_more) {
    const std::size_t room = kBufferMax - buffer_.size();
    if (room == 0) co_return http::error::buffer_overflow;
    wire_->transport().expires_at(std::min(end, std::chrono::steady_clock::now() + pause_max));
    const auto into = buffer_.prepare(std::min(room, kReadSize));
    auto [error, count] = co_await wire_->async_read_some(into, kTuple);
    buffer_.commit(count);
    if (error == asio::error::eof) {
      if (!parser.got_some()) co_return http::error::end_of_stream;
      parser.put_eof(parsed);
      co_return parsed;
    }
    if (error) co_return error;
    parsed = parse(parser);
  }
  co_return parsed;
}

asio::awaitable<bool> Session::read_head(Parser& parser) {
  parser.header_limit(context_.options.header_bytes_max);
  // The limit depends on the route, which is not known before the header is.
  parser.body_limit(boost::none);
  boost::system::error_code error = parse(parser);
  if (error == http::error::need_more) {
    const auto limit = context_.options.header_timeout;
    error = co_await parse_more(parser, std::chrono::steady_clock::now() + limit, limit);
  }
  if (!error) co_return true;
  Request unread;
  unread.correlation_id = correlation_id_of(unread);
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    co_await refuse(header_too_large(), unread, {});
  } else if (is_broken_http(error)) {
    co_await refuse(broken_request(), unread, {});
  }
  co_return false;
}

std::size_t Session::body_bytes_max(const Endpoint& endpoint) const {
  if (endpoint.method == "GET") return 0;
  if (endpoint.body_to == BodyTo::memory) return endpoint.body_bytes_max;
  return std::min(endpoint.body_bytes_max, context_.options.spool.body_bytes_max);
}

Problem Session::body_too_large(const Endpoint& endpoint) const {
  const std::size_t bytes_max = body_bytes_max(endpoint);
  return bytes_max == 0 ? body_not_taken() : api::body_too_large(bytes_max);
}

asio::awaitable<bool> Session::receive(Parser& parser, Exchange& exchange) {
  parser.body_limit(body_bytes_max(*exchange.endpoint));
  if (exchange.endpoint->body_to == BodyTo::file) {
    const bool spooled = co_await spool_body(parser, exchange);
    co_return spooled;
  }
  const bool arrived = co_await read_body(parser, exchange);
  co_return arrived;
}

asio::awaitable<bool> Session::invite(const Request& request) {
  const std::string* expect = request.header("expect");
  // RFC 9110 section 10.1.1: what HTTP/1.0 expects is passed over.
  if (expect == nullptr || version_ == 10 || lower_case(*expect) != "100-continue") co_return true;
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  wire_->transport().expires_after(context_.options.write_timeout);
  const auto bytes = asio::buffer(kContinue);
  auto [error, count] = co_await asio::async_write(*wire_, bytes, kTuple);
  co_return !error;
}

asio::awaitable<void> Session::refuse_broken_body(boost::system::error_code error,
                                                  const Exchange& exchange) {
  const Framing closing{version_, false, false};
  if (error == http::error::body_limit) {
    co_await refuse(body_too_large(*exchange.endpoint), exchange.request, closing);
  } else if (error == http::error::buffer_overflow || is_broken_http(error)) {
    co_await refuse(broken_request(), exchange.request, closing);
  }
}

asio::awaitable<bool> Session::read_body(Parser& parser, Exchange& exchange) {
  const bool invited = co_await invite(exchange.request);
  if (!invited) co_return false;
  const auto end = std::chrono::steady_clock::now() + context_.options.body_time_max;
  while (!parser.is_done()) {
    boost::system::error_code error = parse(parser);
    if (error == http::error::need_more) {
      error = co_await parse_more(parser, end, context_.options.body_timeout);
    }
    if (error) {
      co_await refuse_broken_body(error, exchange);
      co_return false;
    }
  }
  exchange.request.body = std::move(parser.get().body());
  co_return true;
}

asio::awaitable<bool> Session::spool_body(Parser& head, Exchange& exchange) {
  const Framing closing{version_, false, false};
  const SpoolOptions& options = context_.options.spool;
  if (options.directory.empty()) {
    co_await refuse(problem_of(ledger::Error{Errc::unavailable, {}}), exchange.request, closing);
    co_return false;
  }
  wire_->transport().expires_never();
  auto beginning = begin_file(options, head.content_length().value_or(0));
  auto begun = co_await asio::co_spawn(context_.workers.get_executor(), std::move(beginning),
                                       asio::use_awaitable);
  if (const auto* error = std::get_if<ledger::Error>(&begun)) {
    co_await refuse(spool_problem(*error), exchange.request, closing);
    co_return false;
  }
  auto file = std::get<Incoming>(std::move(begun));
  // Only now is the client told to send: there is room for what it announced.
  const bool invited = co_await invite(exchange.request);
  if (!invited) co_return false;

  http::request_parser<http::buffer_body> parser(std::move(head));
  std::string part(kSpoolPart, '\0');
  std::size_t filled = 0;
  const auto end = std::chrono::steady_clock::now() + context_.options.body_time_max;
  while (!parser.is_done()) {
    auto& into = parser.get().body();
    into.data = part.data() + filled;
    into.size = part.size() - filled;
    boost::system::error_code error = parse(parser);
    if (error == http::error::need_more) {
      error = co_await parse_more(parser, end, context_.options.body_timeout);
    }
    if (error && error != http::error::need_buffer) {
      co_await refuse_broken_body(error, exchange);
      co_return false;
    }
    filled = part.size() - parser.get().body().size;
    if (filled < part.size() && !parser.is_done()) continue;
    wire_->transport().expires_never();
    auto appending = append_to_file(file, std::string_view(part).substr(0, filled));
    const auto failed = co_await asio::co_spawn(context_.workers.get_executor(),
                                                std::move(appending), asio::use_awaitable);
    if (failed) {
      file.reset();
      co_await refuse(spool_problem(*failed), exchange.request, closing);
      co_return false;
    }
    filled = 0;
  }
  file->finish();
  exchange.request.file = std::move(file);
  co_return true;
}

void Session::limit_rate(Exchange& exchange) {
  const Request& request = exchange.request;
  const bool known = request.account != nullptr;
  const bool login = exchange.endpoint != nullptr && exchange.endpoint->name == "login";
  RateLimiter& limiter = known && !login ? context_.accounts : context_.addresses;
  const std::size_t cost = login ? kLoginCost : 1;
  const auto wait = known && !login ? limiter.take(request.account->account.id.value, cost)
                                    : limiter.take(client_of(peer_, request), cost);
  if (wait) exchange.refused = too_many_requests(*wait);
}

asio::awaitable<bool> Session::serve_one() {
  const bool begun = co_await read_first_byte();
  if (!begun) co_return false;
  Parser parser;
  const bool understood = co_await read_head(parser);
  if (!understood) co_return false;
  version_ = parser.get().version() == 10 ? 10 : 11;
  const bool wants_more = parser.get().keep_alive();

  Request head = head_of(parser.get());
  head.last_token = &last_token_;
  if (!is_well_framed(head, version_)) {
    co_await refuse(broken_request(), head, {});
    co_return false;
  }
  auto exchange = std::make_shared<Exchange>(
      admit(std::move(head), chars(parser.get().target()), context_.router, context_.services));
  limit_rate(*exchange);
  std::optional<ByteBudget::Share> share;
  if (!parser.is_done()) {
    const Framing closing{version_, exchange->request.method == "HEAD", false};
    const std::size_t bytes_max = exchange->refused ? 0 : body_bytes_max(*exchange->endpoint);
    const std::uint64_t wanted = parser.content_length().value_or(bytes_max);
    if (!exchange->refused && wanted > bytes_max) {
      exchange->refused = body_too_large(*exchange->endpoint);
    } else if (!exchange->refused) {
      const bool to_file = exchange->endpoint->body_to == BodyTo::file;
      ByteBudget& budget = to_file ? context_.spools : context_.bodies;
      share = budget.take(static_cast<std::size_t>(wanted), holder_of(exchange->request));
      if (!share) exchange->refused = too_much_at_once();
    }
    if (exchange->refused) {
      co_await refuse(std::move(*exchange->refused), exchange->request, closing);
      co_return false;
    }
    const bool arrived = co_await receive(parser, *exchange);
    if (!arrived) co_return false;
  }
  exchange->request.received_at = context_.services.ledger.clock().now();
  const bool goes_on = co_await answer_and_send(std::move(exchange), share, wants_more);
  co_return goes_on;
}

asio::awaitable<bool> Session::answer_and_send(std::shared_ptr<Exchange> exchange,
                                               std::optional<ByteBudget::Share>& share,
                                               bool keep_alive) {
  std::optional<GatePass> pass;
  const std::size_t body_bytes = exchange->request.body.size();
  if (body_bytes >= kSmallBody && !exchange->refused) {
    const std::size_t weight = context_.gate.weight_of(body_bytes);
    wire_->transport().expires_never();
    const bool entered = co_await context_.gate.enter(weight);
    if (entered) {
      pass.emplace(context_.gate, weight);
    } else {
      exchange->refused = too_much_at_once();
    }
  }
  const auto start = std::chrono::steady_clock::now();
  Metrics& metrics = context_.services.metrics;
  const std::string_view route = exchange->endpoint == nullptr ? "none" : exchange->endpoint->name;
  metrics.request_started();
  wire_->transport().expires_never();

  auto response = std::make_shared<Response>();
  if (exchange->refused) {
    *response = render(*exchange->refused, exchange->request);
  } else if (exchange->endpoint->pace == Pace::quick && body_bytes < kSmallBody) {
    auto answering = answer(exchange, context_.services);
    *response = co_await std::move(answering);
  } else {
    auto answering = answer(exchange, context_.services);
    *response = co_await asio::co_spawn(context_.workers.get_executor(), std::move(answering),
                                        asio::use_awaitable);
  }
  pass.reset();
  // What is small is bounded by the number of connections.
  std::optional<ByteBudget::Share> held;
  if (response->body.size() > ByteBudget::kSmall && may_be_withheld(*exchange)) {
    held = context_.answers.take(response->body.capacity(), holder_of(exchange->request));
    if (!held) *response = render(too_much_at_once(), exchange->request);
  }
  complete_headers(*response, exchange->request);
  const double seconds = seconds_since(start);
  metrics.request_finished(route, response->status, seconds);
  const auto level =
      response->status >= 500 ? ledger::diag::Level::warn : ledger::diag::Level::debug;
  const bool told = ledger::diag::is_written(level);
  if (told) {
    ledger::diag::write(level, "request.answered",
                        {{"route", std::string(route)},
                         {"method", exchange->request.method},
                         {"status", std::to_string(response->status)},
                         {"seconds", std::to_string(seconds)},
                         {"correlation_id", exchange->request.correlation_id}});
  }

  const Framing framing{version_, exchange->request.method == "HEAD",
                        keep_alive && !context_.draining};
  exchange.reset();
  share.reset();
  const bool sent = co_await send(std::move(response), framing);
  co_return sent&& framing.keep_alive;
}

asio::awaitable<bool> Session::send(std::shared_ptr<Response> response, Framing framing) {
  wire_->transport().expires_after(context_.options.write_timeout);
  if (response->stream) {
    const bool whole = co_await send_stream(std::move(response), framing);
    co_return whole;
  }
  std::string head = head_text(*response, framing.version, framing.keep_alive);
  const bool bodiless = framing.head || is_bodiless(*response);
  const std::string_view body = bodiless ? std::string_view() : response->body;
  // Never as two buffers: once the first is written, Asio goes on with it empty, and under TLS Beast
  // takes an empty first buffer for the end.
  const bool together = body.size() <= kSentAtOnce;
  if (together) head += body;
  const std::size_t written = wire_->write_at_once(head);
  if (written < head.size()) {
    const auto rest = asio::buffer(head) + written;
    auto [head_error, head_count] = co_await asio::async_write(*wire_, rest, kTuple);
    if (head_error) co_return false;
  }
  if (together) co_return true;
  const auto body_bytes = asio::buffer(body);
  auto [error, count] = co_await asio::async_write(*wire_, body_bytes, kTuple);
  co_return !error;
}

asio::awaitable<bool> Session::send_stream(std::shared_ptr<Response> response, Framing framing) {
  const bool chunked = framing.version == 11;
  const std::string head = head_text(*response, framing.version, framing.keep_alive && chunked);
  const auto head_bytes = asio::buffer(head);
  auto [head_error, head_count] = co_await asio::async_write(*wire_, head_bytes, kTuple);
  if (head_error) co_return false;
  if (framing.head) co_return chunked;

  const auto more = std::make_shared<bool>(true);
  while (true) {
    wire_->transport().expires_never();
    auto reading = next_part(response, more);
    const std::optional<std::string> part = co_await asio::co_spawn(
        context_.workers.get_executor(), std::move(reading), asio::use_awaitable);
    if (!part) break;
    if (part->empty()) {
      if (context_.draining) break;
      asio::steady_timer pause(wire_->get_executor(), response->stream_pause);
      co_await pause.async_wait(kTuple);
      continue;
    }
    wire_->transport().expires_after(context_.options.write_timeout);
    const auto bytes = asio::buffer(*part);
    if (chunked) {
      const auto chunk = http::make_chunk(bytes);
      auto [error, count] = co_await asio::async_write(*wire_, chunk, kTuple);
      if (error) co_return false;
    } else {
      auto [error, count] = co_await asio::async_write(*wire_, bytes, kTuple);
      if (error) co_return false;
    }
  }
  if (!chunked) co_return false;
  wire_->transport().expires_after(context_.options.write_timeout);
  const auto last = http::make_chunk_last();
  auto [error, count] = co_await asio::async_write(*wire_, last, kTuple);
  co_return !error;
}

asio::awaitable<void> Session::refuse(Problem problem, const Request& request, Framing framing) {
  auto response = std::make_shared<Response>(render(problem, request));
  complete_headers(*response, request);
  context_.services.metrics.request_started();
  context_.services.metrics.request_finished("none", response->status, 0);
  framing.keep_alive = false;
  const bool sent = co_await send(std::move(response), framing);
  if (!sent) co_return;
  // Closing with unread bytes would reset the connection and take the answer from the client.
  wire_->transport().expires_after(kLinger);
  co_await wire_->end_sending();
  std::array<char, 4096> discarded;
  std::size_t total = 0;
  while (total < kLingerBytes) {
    const auto bytes = asio::buffer(discarded);
    auto [error, count] = co_await wire_->transport().async_read_some(bytes, kTuple);
    if (error) break;
    total += count;
  }
}

}  // namespace countersign::api
