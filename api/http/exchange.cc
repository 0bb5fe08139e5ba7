#include "api/http/exchange.h"

#include "api/http/tokens.h"
#include "ledger/base/bytes.h"
#include "ledger/crypto/random.h"
#include "ledger/ledger.h"

#include <algorithm>
#include <ctime>

namespace countersign::api {

namespace {

constexpr std::size_t kCorrelationMax = 64;
constexpr std::chrono::seconds kAuthenticFor{1};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_plain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

std::string_view bearer_token(const Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string* header = request.header("authorization");
  if (header == nullptr || header->size() <= kScheme.size()) return {};
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  if (!std::equal(kScheme.begin(), kScheme.end(), header->begin(),
                  [&](char b, char a) { return same(a, b); })) {
    return {};
  }
  return std::string_view(*header).substr(kScheme.size());
}

Problem method_not_allowed(std::string allow) {
  Problem problem;
  problem.status = 405;
  problem.code = "method_not_allowed";
  problem.guard = {"该地址不支持此方法", "This address does not take this method"};
  problem.cure = {"可用方法：" + allow, "It takes " + allow};
  problem.headers.emplace_back("Allow", std::move(allow));
  return problem;
}

}  // namespace

std::optional<Problem> authenticate(Request& request, const Endpoint& endpoint,
                                    const Services& services) {
  auto directory = services.ledger.directory();
  const auto now = std::chrono::steady_clock::now();
  // A token that held for the head of this very request, a moment ago, still holds.
  if (request.account != nullptr && request.directory == directory &&
      now - request.authenticated_at < kAuthenticFor) {
    return std::nullopt;
  }
  request.authenticated_at = now;
  request.directory = std::move(directory);
  request.account = nullptr;
  const std::string_view token = bearer_token(request);
  if (!token.empty()) {
    const auto claims = request.last_token == nullptr
                            ? services.tokens.verify(token)
                            : request.last_token->verify(services.tokens, token);
    if (claims) {
      request.account = account_of(*claims, *request.directory, services.ledger.clock().now());
    }
  }
  if (endpoint.access == Access::authenticated && request.account == nullptr) {
    return unauthenticated();
  }
  return std::nullopt;
}

Exchange admit(Request head, std::string_view target, const Router& router,
               const Services& services) {
  Exchange exchange{std::move(head), nullptr, std::nullopt};
  auto parsed = parse_target(target);
  if (!parsed) {
    exchange.refused = bad_request("malformed_target", {"地址格式有误", "The address is malformed"},
                                   {"请使用 UTF-8 百分号编码", "Use percent-encoded UTF-8"});
    return exchange;
  }
  exchange.request.path = std::move(parsed->path);
  exchange.request.query = std::move(parsed->query);
  auto found = router.find(exchange.request.method, parsed->segments);
  if (auto* wrong = std::get_if<Router::WrongMethod>(&found)) {
    exchange.refused = method_not_allowed(std::move(wrong->allow));
  } else if (auto* match = std::get_if<Router::Match>(&found)) {
    exchange.endpoint = match->endpoint;
    exchange.request.params = std::move(match->params);
    exchange.refused = authenticate(exchange.request, *match->endpoint, services);
    if (!exchange.refused && match->endpoint->head_check != nullptr) {
      exchange.request.received_at = services.ledger.clock().now();
      exchange.refused = match->endpoint->head_check(exchange.request, services);
    }
  } else {
    exchange.refused = not_found("address", "该地址");
  }
  return exchange;
}

std::string correlation_id_of(const Request& head) {
  const std::string* given = head.header("x-correlation-id");
  if (given != nullptr && !given->empty() && given->size() <= kCorrelationMax &&
      std::ranges::all_of(*given, is_plain)) {
    return *given;
  }
  return ledger::to_hex(ledger::as_bytes(ledger::random_bytes(16)));
}

Problem body_too_large(std::size_t bytes_max) {
  Problem problem;
  problem.status = 413;
  problem.code = "body_too_large";
  problem.guard = {"请求内容过大", "The body is too large"};
  problem.cure = {"请控制在所列字节数以内", "Stay within the number of bytes given"};
  problem.facts["bytes_max"] = std::to_string(bytes_max);
  return problem;
}

Problem body_not_taken() {
  return bad_request("body_not_taken", {"该地址不接受请求内容", "This address takes no body"},
                     {"请不带内容发送", "Send it without a body"});
}

Problem too_much_at_once() {
  Problem problem;
  problem.status = 503;
  problem.code = "too_much_at_once";
  problem.guard = {"正在收发的内容过多，或该账号正在收发的内容过多",
                   "Too much is under way at once, or too much of it is this account's"};
  problem.cure = {"请稍后重试", "Try again after a moment"};
  problem.headers.emplace_back("Retry-After", "1");
  return problem;
}

Problem storage_full() {
  Problem problem;
  problem.status = 503;
  problem.code = "storage_full";
  problem.guard = {"存储空间不足，未保存任何内容", "The disk is nearly full; nothing was kept"};
  problem.cure = {"请联系系统运维人员，稍后再传",
                  "Tell the operators of this service, and send it again later"};
  problem.headers.emplace_back("Retry-After", "60");
  return problem;
}

Problem header_too_large() {
  Problem problem;
  problem.status = 431;
  problem.code = "header_too_large";
  problem.guard = {"请求头过大", "The request's header is too large"};
  problem.cure = {"请缩短请求头", "Send a shorter header"};
  return problem;
}

Problem broken_request() {
  return bad_request("malformed_request",
                     {"不是有效的 HTTP 请求", "This is not a valid HTTP request"},
                     {"请使用 HTTP/1.1", "Speak HTTP/1.1"});
}

Problem too_many_requests(std::chrono::seconds retry_after) {
  Problem problem;
  problem.status = 429;
  problem.code = "too_many_requests";
  problem.guard = {"请求过于频繁", "Too many requests from this client"};
  problem.cure = {"请稍后再试", "Try again after the time given"};
  problem.headers.emplace_back("Retry-After", std::to_string(retry_after.count()));
  return problem;
}

bool is_well_framed(const Request& head, unsigned version) {
  const std::string* host = head.header("host");
  // Lines of one name were joined by a comma, which no host holds.
  const bool one_host = host != nullptr && host->find(',') == std::string::npos;
  if (version >= 11 && !one_host) return false;
  const std::string* length = head.header("content-length");
  if (length != nullptr && !std::ranges::all_of(*length, is_digit)) return false;
  const std::string* coding = head.header("transfer-encoding");
  if (coding == nullptr) return true;
  const auto same = [](char wanted, char c) {
    return wanted == (c >= 'A' && c <= 'Z' ? c + 32 : c);
  };
  return version >= 11 && length == nullptr &&
         std::ranges::equal(std::string_view("chunked"), *coding, same);
}

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  const std::size_t size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return std::string(text, size);
}

void complete_headers(Response& response, const Request& request) {
  const auto missing = [&](std::string_view name) {
    return std::ranges::none_of(response.headers,
                                [&](const auto& header) { return header.first == name; });
  };
  constexpr std::size_t kHeadersHere = 4;
  response.headers.reserve(response.headers.size() + kHeadersHere);
  response.headers.emplace_back("Date", http_date());
  response.headers.emplace_back("X-Correlation-Id", request.correlation_id);
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  const bool private_to_reader = request.path.starts_with("/v1/") || response.status >= 400;
  if (private_to_reader && missing("Cache-Control")) {
    response.headers.emplace_back("Cache-Control", "no-store");
  }
}

}  // namespace countersign::api
