// Bodies that are taken as files, over a real loopback socket.
#include "api/http/problem.h"
#include "ledger/crypto/sha256.h"
#include "ledger/evidence/incoming_file.h"
#include "tests/api/http_client.h"
#include "tests/api/served.h"
#include "tests/support/temp_dir.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::api {
namespace {

namespace fs = std::filesystem;
using ReadResult = std::variant<Response, Problem>;

std::atomic<int> g_handled = 0;

// Says size, hash and first bytes of what came; keeps it where the header says.
ReadResult measure(const Request& request, Services&) {
  ++g_handled;
  Response response;
  response.content_type = "text/plain";
  if (request.file == nullptr) {
    response.body = "nothing";
    return response;
  }
  response.body = std::to_string(request.file->size()) + " " +
                  ledger::to_hex(request.file->hash()) + " " +
                  std::string(request.file->head().substr(0, 4));
  if (const std::string* to = request.header("keep-as")) {
    if (!request.file->move_to(*to)) response.status = 500;
  }
  return response;
}

std::optional<Problem> welcome(const Request& request, const Services&) {
  if (request.param("name") != "closed") return std::nullopt;
  return forbidden({"不可", "no"}, {"无", "none"});
}

const Endpoint kSpooledEndpoints[] = {
    {"POST", "/v1/files/{name}", Access::open, &measure, "measure", 64 << 20, BodyTo::file,
     &welcome},
    {"POST", "/v1/mine", Access::authenticated, &measure, "mine", 64 << 20, BodyTo::file},
};

std::string expected(const std::string& body) {
  return std::to_string(body.size()) + " " +
         ledger::to_hex(ledger::sha256(ledger::as_bytes(body))) + " " + body.substr(0, 4);
}

class SpoolTest : public ::testing::Test {
 protected:
  SpoolTest() {
    g_handled = 0;
    fs::create_directory(root_ / "incoming");
  }

  ServerOptions options(std::uint64_t reserve = 0) const {
    ServerOptions options;
    options.body_timeout = std::chrono::seconds(1);
    options.spool.directory = root_ / "incoming";
    options.spool.body_bytes_max = 1 << 20;
    options.spool.space_reserve_bytes = reserve;
    return options;
  }
  // Files being received are removed by the connection's end, which the client does not see.
  bool nothing_left() const {
    for (int i = 0; i < 1000 && !fs::is_empty(root_ / "incoming"); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return fs::is_empty(root_ / "incoming");
  }

  countersign::testing::TempDir root_;
};

TEST_F(SpoolTest, ABodyOfAnySizeIsWholeAndHashed) {
  const Served served(kSpooledEndpoints, options());
  HttpClient client(served.port());
  for (const std::size_t size : {1u, 131071u, 131072u, 131073u, 262144u, 1048576u}) {
    const std::string body = "head" + std::string(size, 'x');
    const auto answer = client.request("POST", "/v1/files/a", "", body.substr(0, size));
    ASSERT_TRUE(answer) << size;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, expected(body.substr(0, size)));
  }
  EXPECT_TRUE(nothing_left());
}

TEST_F(SpoolTest, WhatTheHandlerKeepsStays) {
  const Served served(kSpooledEndpoints, options());
  HttpClient client(served.port());
  const std::string place = (root_ / "kept").string();
  ASSERT_TRUE(client.request("POST", "/v1/files/a", "Keep-As: " + place + "\r\n", "to be kept"));
  EXPECT_EQ(fs::file_size(place), 10u);
  EXPECT_TRUE(nothing_left());
}

TEST_F(SpoolTest, ChunksCountAsOneBodyAndTheConnectionGoesOn) {
  const Served served(kSpooledEndpoints, options());
  HttpClient client(served.port());
  client.send(
      "POST /v1/files/a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
      "POST /v1/files/a HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nfgh"
      "POST /v1/files/a HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n");
  for (const std::string& body : {expected("abcde"), expected("fgh"), std::string("nothing")}) {
    const auto answer = client.read();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, body);
  }
}

TEST_F(SpoolTest, OverTheSettingIsRefusedAnnouncedOrNot) {
  const Served served(kSpooledEndpoints, options());
  HttpClient announced(served.port());
  announced.send("POST /v1/files/a HTTP/1.1\r\nHost: t\r\nContent-Length: 1048577\r\n\r\n");
  const auto first = announced.read();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->status, 413);
  EXPECT_EQ(nlohmann::json::parse(first->body).at("facts").at("bytes_max"), "1048576");

  HttpClient chunked(served.port());
  std::string text = "POST /v1/files/a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 17; ++i) text += "10000\r\n" + std::string(65536, 'x') + "\r\n";
  chunked.send(text);
  const auto second = chunked.read();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->status, 413);
  EXPECT_EQ(g_handled, 0);
  EXPECT_TRUE(nothing_left());
}

TEST_F(SpoolTest, ContinueIsSaidOnlyToWhomTheBodyIsWelcome) {
  const Served served(kSpooledEndpoints, options());
  const std::string rest = "Host: t\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  HttpClient welcome(served.port());
  welcome.send("POST /v1/files/a HTTP/1.1\r\n" + rest);
  const auto go_on = welcome.read();
  ASSERT_TRUE(go_on);
  EXPECT_EQ(go_on->status, 100);
  welcome.send("ok");
  const auto answer = welcome.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, expected("ok"));

  HttpClient stranger(served.port());
  stranger.send("POST /v1/mine HTTP/1.1\r\n" + rest);
  const auto unknown = stranger.read();
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->status, 401);

  HttpClient unwelcome(served.port());
  unwelcome.send("POST /v1/files/closed HTTP/1.1\r\n" + rest);
  const auto refused = unwelcome.read();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 403);
  EXPECT_EQ(refused->headers.at("connection"), "close");
  EXPECT_EQ(g_handled, 1);
}

TEST_F(SpoolTest, WhatOldClientsExpectIsPassedOver) {
  const Served served(kSpooledEndpoints, options());
  HttpClient client(served.port());
  client.send("POST /v1/files/a HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nok");
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, expected("ok"));
}

TEST_F(SpoolTest, ANearlyFullDiskIsSaidBeforeTheBodyIsSent) {
  const Served served(kSpooledEndpoints, options(~std::uint64_t{0}));
  HttpClient client(served.port());
  client.send(
      "POST /v1/files/a HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(nlohmann::json::parse(answer->body).at("code"), "storage_full");
  EXPECT_TRUE(answer->headers.contains("retry-after"));
  EXPECT_EQ(g_handled, 0);
  EXPECT_TRUE(nothing_left());
}

TEST_F(SpoolTest, UploadsThatAreCutOffOrNeverEndLeaveNothing) {
  const Served served(kSpooledEndpoints, options());
  const std::string begun =
      "POST /v1/files/a HTTP/1.1\r\nHost: t\r\nContent-Length: 900000\r\n\r\n" +
      std::string(300000, 'x');
  { HttpClient(served.port()).send(begun); }
  EXPECT_TRUE(nothing_left());
  HttpClient silent(served.port());
  silent.send(begun);
  EXPECT_TRUE(silent.closed());
  EXPECT_TRUE(nothing_left());
  HttpClient broken(served.port());
  broken.send("POST /v1/files/a HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
  const auto answer = broken.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 400);
  EXPECT_TRUE(nothing_left());
  EXPECT_EQ(g_handled, 0);
}

TEST_F(SpoolTest, AllUploadsTogetherAreBounded) {
  ServerOptions tight = options();
  tight.spool.bodies_bytes_max = 3 << 19;
  const Served served(kSpooledEndpoints, tight);
  HttpClient first(served.port());
  first.send(
      "POST /v1/files/a HTTP/1.1\r\nHost: t\r\nContent-Length: 1048576\r\n"
      "Expect: 100-continue\r\n\r\n");
  ASSERT_TRUE(first.read());
  HttpClient second(served.port());
  second.send("POST /v1/files/a HTTP/1.1\r\nHost: t\r\nContent-Length: 1048576\r\n\r\n");
  const auto busy = second.read();
  ASSERT_TRUE(busy);
  EXPECT_EQ(busy->status, 503);
}

TEST_F(SpoolTest, WithoutAPlaceForFilesNothingIsTaken) {
  ServerOptions nowhere;
  nowhere.spool.directory = root_ / "nowhere";
  const Served served(kSpooledEndpoints, nowhere);
  HttpClient client(served.port());
  client.send("POST /v1/files/a HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nok");
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_EQ(g_handled, 0);
}

}  // namespace
}  // namespace countersign::api
