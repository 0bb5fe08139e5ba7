// What bodies and answers may take of the service's memory, and for how long.
#include "api/http/problem.h"
#include "tests/api/http_client.h"
#include "tests/api/served.h"

#include <chrono>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::api {
namespace {

using ReadResult = std::variant<Response, Problem>;
using WriteResult = std::variant<Wanted, RecordedAnswer, Response, Problem>;

// A body of so much takes all of the gate (gate.h).
constexpr std::size_t kWholeGate = 128 << 10;
constexpr std::size_t kSheet = 64 << 20;

ReadResult bytes_of(const Request& request, Services&) {
  Response response;
  response.body = std::to_string(request.body.size());
  return response;
}

ReadResult large(const Request& request, Services&) {
  Response response;
  response.body = std::string(std::stoul(request.param("mebibytes")) << 20, '.');
  return response;
}

WriteResult large_write(const Request&, Services&) {
  Response response;
  response.body = std::string(1 << 20, '.');
  return response;
}

// Says one thing and then nothing for as long as the client stays.
ReadResult endless(const Request&, Services&) {
  Response response;
  response.stream = [first = true](std::string& part) mutable {
    if (first) part = "begun";
    first = false;
    return true;
  };
  response.stream_pause = std::chrono::milliseconds(20);
  return response;
}

const Endpoint kRoomEndpoints[] = {
    {"POST", "/v1/sheet", Access::open, &bytes_of, "sheet", kSheet},
    {"POST", "/v1/own-sheet", Access::authenticated, &bytes_of, "own_sheet", kSheet},
    {"GET", "/v1/sheet", Access::open, &bytes_of, "get_sheet", kSheet},
    {"GET", "/v1/large/{mebibytes}", Access::open, &large, "large"},
    {"POST", "/v1/large", Access::authenticated, &large_write, "large_write"},
    {"POST", "/v1/endless", Access::open, &endless, "endless"},
};

std::string code_of(const Answer& answer) {
  return nlohmann::json::parse(answer.body).at("code").get<std::string>();
}

TEST(Room, AnAnswerThatGoesOnHoldsNeitherTheGateNorItsBodysRoom) {
  Served served(kRoomEndpoints, {.bodies_bytes_max = 4 * kWholeGate});
  const std::string body(kWholeGate, 'x');
  HttpClient follower(served.port());
  follower.send("POST /v1/endless HTTP/1.1\r\nHost: t\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
  ASSERT_TRUE(follower.begins());
  HttpClient other(served.port());
  const auto answer = other.request("POST", "/v1/sheet", {}, body + body);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
}

TEST(Room, ARouteThatOnlyReadsTakesNoBody) {
  Served served(kRoomEndpoints);
  const std::string body(kWholeGate, 'x');
  for (const std::string& method : {std::string("GET"), std::string("HEAD")}) {
    HttpClient client(served.port());
    const auto refused = client.request(method, "/v1/sheet", {}, body);
    ASSERT_TRUE(refused) << method;
    EXPECT_EQ(refused->status, 400) << method;
    EXPECT_EQ(refused->headers.at("connection"), "close") << method;
    EXPECT_TRUE(client.closed()) << method;
  }
  const std::string chunked =
      "GET /v1/sheet HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";
  HttpClient some(served.port());
  some.send(chunked + "1\r\nx\r\n0\r\n\r\n");
  const auto refused = some.read();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 400);
  EXPECT_EQ(code_of(*refused), "body_not_taken");
  EXPECT_FALSE(some.read());
  // An empty one is none.
  HttpClient none(served.port());
  none.send(chunked + "0\r\n\r\nGET /v1/sheet HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n");
  for (int i = 0; i < 2; ++i) {
    const auto answer = none.read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "0");
  }
}

TEST(Room, UploadsThatAreHeldShutNobodyOut) {
  Served served(kRoomEndpoints);
  const std::string waiting = "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n";
  const auto begin = [&](HttpClient& client, const std::string& target,
                         const std::string& authorization) {
    client.send("POST " + target + " HTTP/1.1\r\nHost: t\r\n" + authorization + waiting);
    return client.read();
  };
  const std::string token = served.authorization();
  HttpClient first(served.port()), second(served.port()), third(served.port());
  for (HttpClient* client : {&first, &second}) {
    const auto invited = begin(*client, "/v1/own-sheet", token);
    ASSERT_TRUE(invited);
    EXPECT_EQ(invited->status, 100);
  }
  // A third of the same account, wherever it goes.
  const auto refused = begin(third, "/v1/own-sheet", token);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(code_of(*refused), "too_much_at_once");
  EXPECT_EQ(refused->headers.at("retry-after"), "1");
  // One of another, and then what is left is for small bodies.
  HttpClient stranger(served.port()), late(served.port());
  const auto invited = begin(stranger, "/v1/sheet", {});
  ASSERT_TRUE(invited);
  EXPECT_EQ(invited->status, 100);
  const auto no_room = begin(late, "/v1/sheet", {});
  ASSERT_TRUE(no_room);
  EXPECT_EQ(no_room->status, 503);
  HttpClient small(served.port());
  for (const std::string& authorization : {std::string(), token}) {
    for (const std::size_t size : {1u, 64u << 10}) {
      const auto answer =
          small.request("POST", "/v1/sheet", authorization, std::string(size, 'x'));
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->status, 200);
    }
  }
  // An upload that is held is still one that may be finished.
  first.send("2\r\nab\r\n0\r\n\r\n");
  const auto finished = first.read();
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->body, "2");
}

TEST(Room, AnswersShareOneBudgetUntilTheyAreSent) {
  Served served(kRoomEndpoints, {.answers_bytes_max = 64 << 20});
  // More than sockets keep of it for a client that does not read.
  const std::string target = "/v1/large/24";
  const auto ask = [&](HttpClient& client, const std::string& authorization = {}) {
    client.send("GET " + target + " HTTP/1.1\r\nHost: t\r\n" + authorization + "\r\n");
  };
  HttpClient slow(served.port()), own(served.port()), other(served.port());
  ask(slow);
  ASSERT_TRUE(slow.begins());
  // One holder has half of it at most.
  const auto refused = other.request("GET", target);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(code_of(*refused), "too_much_at_once");
  EXPECT_EQ(refused->headers.at("retry-after"), "1");
  // The connection goes on, and so do answers that there is room for.
  const auto fits = other.request("GET", "/v1/large/1");
  ASSERT_TRUE(fits);
  EXPECT_EQ(fits->status, 200);
  const auto nothing = other.request("GET", "/v1/large/0");
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->status, 200);
  ask(own, served.authorization());
  ASSERT_TRUE(own.begins());
  for (HttpClient* client : {&slow, &own}) {
    const auto whole = client->read();
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->status, 200);
    EXPECT_EQ(whole->body.size(), std::size_t{24} << 20);
  }
  // Given back before the connection's next request is read.
  for (int i = 0; i < 3; ++i) {
    const auto again = slow.request("GET", target);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->status, 200);
  }
}

TEST(Room, WhatAWriteCameToIsToldAllTheSame) {
  Served served(kRoomEndpoints, {.answers_bytes_max = 1 << 20});
  HttpClient client(served.port());
  const auto withheld = client.request("GET", "/v1/large/1", served.authorization());
  ASSERT_TRUE(withheld);
  EXPECT_EQ(withheld->status, 503);
  const auto told = client.request("POST", "/v1/large", served.authorization());
  ASSERT_TRUE(told);
  EXPECT_EQ(told->status, 200);
}

}  // namespace
}  // namespace countersign::api
