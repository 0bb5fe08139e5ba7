// Sessions over a real loopback socket, with endpoints small enough to see what the server does.
#include "api/http/problem.h"
#include "tests/api/http_client.h"
#include "tests/api/served.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::api {
namespace {

using namespace std::chrono_literals;
using ReadResult = std::variant<Response, Problem>;

std::atomic<bool> g_slow_begun = false;
std::atomic<bool> g_slow_may_end = false;

ReadResult echo(const Request& request, Services&) {
  Response response;
  response.content_type = "text/plain";
  response.body = request.method + " " + request.param("name") + " " + request.body;
  return response;
}

ReadResult whoami(const Request& request, Services&) {
  Response response;
  response.body = request.account->account.id.value;
  return response;
}

ReadResult slow(const Request&, Services&) {
  g_slow_begun = true;
  while (!g_slow_may_end) std::this_thread::sleep_for(1ms);
  Response response;
  response.body = "done";
  return response;
}

ReadResult parts(const Request& request, Services&) {
  const int count = std::stoi(request.param("count"));
  Response response;
  response.stream = [count, i = 0](std::string& part) mutable {
    if (i == count) return false;
    // An empty part in the middle must not look like the end.
    if (i % 2 == 0) part = "part" + std::to_string(i) + "\n";
    return ++i < count;
  };
  return response;
}

std::atomic<int> g_much = 0;

// Too much of it for the buffers between the server and a client that does not read.
ReadResult much(const Request& request, Services&) {
  constexpr std::size_t kBytes = 60'000;
  Response response;
  response.body = request.param("name") + std::string(kBytes, '.');
  ++g_much;
  return response;
}

ReadResult throws(const Request&, Services&) { throw std::runtime_error("a cell's value"); }

const Endpoint kEndpoints[] = {
    {"GET", "/v1/echo/{name}", Access::open, &echo, "echo", 1024},
    {"POST", "/v1/echo/{name}", Access::open, &echo, "echo", 1024},
    {"GET", "/v1/whoami", Access::authenticated, &whoami, "whoami", 1024},
    {"POST", "/v1/whoami", Access::authenticated, &whoami, "whoami", 64 << 20},
    {"GET", "/slow", Access::open, &slow, "slow", 0},
    {"GET", "/parts/{count}", Access::open, &parts, "parts", 0},
    {"GET", "/much/{name}", Access::open, &much, "much", 0},
    {"GET", "/throws", Access::open, &throws, "throws", 0},
};

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    g_slow_begun = false;
    g_slow_may_end = false;
  }

  Served served_{
      kEndpoints,
      {.header_timeout = std::chrono::seconds(1), .body_timeout = std::chrono::seconds(1)}};
};

TEST_F(SessionTest, AnswersWithTheHeadersEveryAnswerCarries) {
  HttpClient client(served_.port());
  const auto answer = client.request("GET", "/v1/echo/a", "X-Correlation-Id: abc.1\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "GET a ");
  EXPECT_EQ(answer->headers.at("content-type"), "text/plain");
  EXPECT_EQ(answer->headers.at("x-correlation-id"), "abc.1");
  EXPECT_EQ(answer->headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer->headers.at("cache-control"), "no-store");
  EXPECT_TRUE(answer->headers.at("date").ends_with(" GMT"));
}

TEST_F(SessionTest, ACorrelationIdThatIsNotPlainIsReplaced) {
  HttpClient client(served_.port());
  for (const std::string& given : {std::string("a b"), std::string(65, 'a'), std::string("<x>")}) {
    const auto answer = client.request("GET", "/v1/echo/a", "X-Correlation-Id: " + given + "\r\n");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->headers.at("x-correlation-id").size(), 32u);
  }
}

TEST_F(SessionTest, PipelinedRequestsAreAnsweredInOrder) {
  HttpClient client(served_.port());
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += "POST /v1/echo/" + std::to_string(i) +
           " HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nhi";
  }
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    const auto answer = client.read();
    ASSERT_TRUE(answer) << i;
    EXPECT_EQ(answer->body, "POST " + std::to_string(i) + " hi");
  }
}

TEST_F(SessionTest, ARequestMayArriveByteByByte) {
  HttpClient client(served_.port());
  const std::string request =
      "POST /v1/echo/a HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nhi";
  for (int i = 0; i < 3; ++i) {
    for (const char byte : request) client.send(std::string(1, byte));
    const auto answer = client.read();
    ASSERT_TRUE(answer) << i;
    EXPECT_EQ(answer->body, "POST a hi");
  }
}

TEST_F(SessionTest, AnswersThatDoNotFitYetArriveWhole) {
  constexpr int kRequests = 400;
  g_much = 0;
  HttpClient client(served_.port());
  std::string all;
  for (int i = 0; i < kRequests; ++i) {
    all += "GET /much/" + std::to_string(i) + " HTTP/1.1\r\nHost: t\r\n\r\n";
  }
  client.send(all);
  // Until the server waits for its client, or where buffers are that large, has answered all.
  for (int answered = -1; answered != g_much || answered == 0;) {
    answered = g_much;
    std::this_thread::sleep_for(50ms);
  }
  for (int i = 0; i < kRequests; ++i) {
    const auto answer = client.read();
    ASSERT_TRUE(answer) << i;
    const std::string name = std::to_string(i);
    EXPECT_EQ(answer->body, name + std::string(answer->body.size() - name.size(), '.')) << i;
    EXPECT_EQ(answer->body.size(), name.size() + 60'000);
  }
}

TEST_F(SessionTest, HeadHasTheLengthAndNoBody) {
  HttpClient client(served_.port());
  const auto head = client.request("HEAD", "/v1/echo/abc");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->headers.at("content-length"), "9");
  const auto next = client.request("GET", "/v1/echo/x");
  ASSERT_TRUE(next);
  EXPECT_EQ(next->body, "GET x ");
}

TEST_F(SessionTest, TellsNotFoundFromNotAllowed) {
  HttpClient client(served_.port());
  const auto missing = client.request("GET", "/nowhere");
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->status, 404);
  EXPECT_EQ(missing->headers.at("content-type"), "application/problem+json");
  const auto wrong = client.request("DELETE", "/v1/echo/a");
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->status, 405);
  EXPECT_EQ(wrong->headers.at("allow"), "GET, HEAD, POST");
  const auto broken = client.request("GET", "/v1/echo/%FF");
  ASSERT_TRUE(broken);
  EXPECT_EQ(broken->status, 400);
  EXPECT_EQ(nlohmann::json::parse(broken->body).at("code"), "malformed_target");
}

TEST_F(SessionTest, AnnouncedBodyOverTheLimitIsRefusedUnread) {
  HttpClient client(served_.port());
  client.send("POST /v1/echo/a HTTP/1.1\r\nHost: t\r\nContent-Length: 1025\r\n\r\n");
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  EXPECT_EQ(answer->headers.at("connection"), "close");
}

TEST_F(SessionTest, ChunkedBodyOverTheLimitIsRefusedWhileRead) {
  HttpClient client(served_.port());
  std::string text = "POST /v1/echo/a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 20; ++i) text += "40\r\n" + std::string(64, 'x') + "\r\n";
  client.send(text + "0\r\n\r\n");
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
}

TEST_F(SessionTest, ChunkedBodyWithinTheLimitIsRead) {
  HttpClient client(served_.port());
  client.send(
      "POST /v1/echo/a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "POST a abcde");
}

TEST_F(SessionTest, ExpectContinueIsAnsweredBeforeTheBody) {
  HttpClient client(served_.port());
  client.send(
      "POST /v1/echo/a HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  const auto go_on = client.read();
  ASSERT_TRUE(go_on);
  EXPECT_EQ(go_on->status, 100);
  client.send("ok");
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "POST a ok");
}

TEST_F(SessionTest, HeaderOverTheLimit) {
  HttpClient client(served_.port());
  const auto answer =
      client.request("GET", "/v1/echo/a", "X-Long: " + std::string(20000, 'x') + "\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 431);
}

TEST_F(SessionTest, WhatIsNotHttpIsABadRequest) {
  HttpClient client(served_.port());
  client.send("hello there\r\n\r\n");
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 400);
  EXPECT_TRUE(client.closed());
}

TEST_F(SessionTest, AHeaderThatNeverEndsIsCutOff) {
  HttpClient client(served_.port());
  client.send("GET /v1/echo/a HTTP/1.1\r\nHost");
  EXPECT_TRUE(client.closed());
}

TEST_F(SessionTest, ABodyThatNeverComesIsCutOff) {
  HttpClient client(served_.port());
  client.send("POST /v1/echo/a HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_TRUE(client.closed());
}

TEST_F(SessionTest, BodiesAreNotReadFromStrangers) {
  HttpClient client(served_.port());
  client.send("POST /v1/whoami HTTP/1.1\r\nHost: t\r\nContent-Length: 50000000\r\n\r\n");
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 401);
  EXPECT_EQ(answer->headers.at("www-authenticate"), "Bearer");
}

TEST_F(SessionTest, ATokenSaysWho) {
  HttpClient client(served_.port());
  const auto answer = client.request("GET", "/v1/whoami", served_.authorization());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "admin");
  for (const char* header : {"", "Authorization: Bearer x.y\r\n", "Authorization: Basic YTpi\r\n",
                             "Authorization: Bearer\r\n"}) {
    const auto refused = client.request("GET", "/v1/whoami", header);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 401) << header;
  }
}

TEST_F(SessionTest, StreamsInChunksAndKeepsTheConnection) {
  HttpClient client(served_.port());
  const auto answer = client.request("GET", "/parts/5");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "part0\npart2\npart4\n");
  EXPECT_EQ(answer->chunks, 3);
  const auto empty = client.request("GET", "/parts/0");
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->body, "");
  const auto head = client.request("HEAD", "/parts/5");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->headers.at("transfer-encoding"), "chunked");
  EXPECT_TRUE(client.request("GET", "/v1/echo/a"));
}

TEST_F(SessionTest, OldClientsGetStreamsUntilTheEnd) {
  HttpClient client(served_.port());
  client.send("GET /parts/3 HTTP/1.0\r\n\r\n");
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "part0\npart2\n");
  EXPECT_FALSE(answer->headers.contains("transfer-encoding") &&
               answer->headers.at("transfer-encoding") == "chunked");
}

TEST_F(SessionTest, AnExceptionIsAnsweredWithoutItsText) {
  HttpClient client(served_.port());
  const auto answer = client.request("GET", "/throws");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_EQ(answer->body.find("cell"), std::string::npos);
}

TEST_F(SessionTest, StoppingLetsARequestFinishAndClosesIdleConnections) {
  HttpClient idle(served_.port());
  ASSERT_TRUE(idle.request("GET", "/v1/echo/a"));
  HttpClient busy(served_.port());
  busy.send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
  while (!g_slow_begun) std::this_thread::sleep_for(1ms);

  std::atomic<bool> finished = false;
  std::thread stopping([&] { finished = served_.server->stop(5s); });
  EXPECT_TRUE(idle.closed());
  EXPECT_FALSE(finished);
  g_slow_may_end = true;
  const auto answer = busy.read();
  stopping.join();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "done");
  EXPECT_EQ(answer->headers.at("connection"), "close");
  EXPECT_TRUE(finished);
  EXPECT_THROW(HttpClient refused(served_.port()), std::runtime_error);
}

TEST_F(SessionTest, StoppingCutsOffWhatDoesNotEnd) {
  HttpClient busy(served_.port());
  busy.send("GET /slow HTTP/1.1\r\nHost: t\r\n\r\n");
  while (!g_slow_begun) std::this_thread::sleep_for(1ms);
  EXPECT_FALSE(served_.server->stop(50ms));
  EXPECT_TRUE(busy.closed());
  g_slow_may_end = true;
}

TEST(Server, TurnsAwayMoreConnectionsThanItTakes) {
  Served served(kEndpoints, {.connections_max = 2});
  HttpClient one(served.port());
  HttpClient two(served.port());
  ASSERT_TRUE(one.request("GET", "/v1/echo/a"));
  ASSERT_TRUE(two.request("GET", "/v1/echo/a"));
  HttpClient three(served.port());
  const auto answer = three.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->headers.at("retry-after"), "1");
  EXPECT_NE(served.metrics.text().find("countersign_http_connections_refused_total 1"),
            std::string::npos);
}

TEST(Server, OneAddressCannotTakeEveryConnection) {
  Served served(kEndpoints, {.connections_max = 10, .connections_per_address_max = 1});
  {
    HttpClient one(served.port());
    ASSERT_TRUE(one.request("GET", "/v1/echo/a"));
    HttpClient two(served.port());
    const auto answer = two.read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 503);
  }
  // A place is given back, some time after the client has gone.
  std::optional<Answer> answer;
  for (int i = 0; i < 1000 && (!answer || answer->status != 200); ++i) {
    HttpClient next(served.port());
    answer = next.request("GET", "/v1/echo/a");
    std::this_thread::sleep_for(5ms);
  }
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
}

TEST(Server, StrangersAndAccountsHaveRatesOfTheirOwn) {
  // One request a second, ten at once.
  Served served(kEndpoints, {.address_rate_max = 1, .account_rate_max = 1});
  HttpClient client(served.port());
  const auto ask = [&](const std::string& headers) {
    const auto answer = client.request("GET", "/v1/echo/a", headers);
    return answer ? answer->status : 0;
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(""), 200) << i;
  const auto refused = client.request("GET", "/v1/echo/a");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 429);
  EXPECT_EQ(refused->headers.at("retry-after"), "1");
  const std::string token = served.authorization();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(token), 200) << i;
  EXPECT_EQ(ask(token), 429);
  EXPECT_EQ(ask("Authorization: Bearer of.nothing\r\n"), 429);
}

TEST_F(SessionTest, ARequestThatCanBeReadInTwoWaysIsRefused) {
  for (const std::string& lines :
       {std::string("Host: t\r\nHost: u\r\n"), std::string(),
        std::string("Host: t\r\nTransfer-Encoding: gzip\r\n"),
        std::string("Host: t\r\nTransfer-Encoding: chunked, gzip\r\n")}) {
    HttpClient client(served_.port());
    client.send("POST /v1/echo/a HTTP/1.1\r\n" + lines +
                "\r\nGET /v1/echo/b HTTP/1.1\r\nHost: t\r\n\r\n");
    const auto answer = client.read();
    ASSERT_TRUE(answer) << lines;
    EXPECT_EQ(answer->status, 400) << lines;
    EXPECT_FALSE(client.read()) << lines;
  }
}

TEST(Server, BodiesShareOneBudget) {
  Served served(kEndpoints, {.bodies_bytes_max = 2 << 20});
  HttpClient client(served.port());
  client.send("POST /v1/whoami HTTP/1.1\r\nHost: t\r\nContent-Length: 2000000\r\n" +
              served.authorization() + "\r\n");
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  // What was taken for a request is given back before the connection's next.
  HttpClient next(served.port());
  for (int i = 0; i < 3; ++i) {
    const auto fits =
        next.request("POST", "/v1/whoami", served.authorization(), std::string(600000, 'x'));
    ASSERT_TRUE(fits);
    EXPECT_EQ(fits->status, 200);
  }
}

TEST(Server, SaysWhyItCannotListen) {
  Served served(kEndpoints);
  const auto second = Server::start({.port = served.port()}, kEndpoints, *served.services);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ledger::Errc::io);
  const auto named = Server::start({.address = "localhost"}, kEndpoints, *served.services);
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().code, ledger::Errc::malformed);
}

}  // namespace
}  // namespace countersign::api
