// A server on a Unix socket: many connections at once on both its sockets, its end while they are
// open, and the file from one server to the next. Processes and permissions: e2e/unix_socket_test.
#include "api/http/peer.h"
#include "api/http/problem.h"
#include "tests/api/http_client.h"
#include "tests/api/served.h"
#include "tests/support/temp_dir.h"

#include <atomic>
#include <thread>
#include <variant>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace countersign::api {
namespace {

std::variant<Response, Problem> name_of(const Request& request, Services&) {
  Response response;
  response.content_type = "text/plain";
  response.body = request.param("name");
  return response;
}

const Endpoint kNamed[] = {{"GET", "/v1/named/{name}", Access::open, &name_of, "named", 0}};

class ListenerTest : public ::testing::Test {
 protected:
  // A socket's path is short, that of a directory for temporary files perhaps not.
  std::filesystem::path path() const { return directory_.path() / "s"; }
  ServerOptions options() const { return {.unix_socket = path()}; }

  countersign::testing::TempDir directory_;
};

TEST_F(ListenerTest, ServesBothSocketsAtOnce) {
  Served served(kNamed, options());
  std::atomic<int> right = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&, i] {
      HttpClient here(path());
      HttpClient network(served.port());
      for (int j = 0; j < 50; ++j) {
        const std::string name = std::to_string(i) + "-" + std::to_string(j);
        const auto answer = (j % 2 == 0 ? here : network).request("GET", "/v1/named/" + name);
        if (answer && answer->status == 200 && answer->body == name) ++right;
      }
    });
  }
  for (std::thread& one : clients) one.join();
  EXPECT_EQ(right, 400);
}

TEST_F(ListenerTest, AnEndClosesIdleConnectionsAndTheNextServerTakesTheirPlace) {
  for (int i = 0; i < 3; ++i) {
    Served served(kNamed, options());
    HttpClient client(path());
    ASSERT_TRUE(client.request("GET", "/v1/named/a"));
    EXPECT_TRUE(served.server->stop(std::chrono::seconds(5)));
    EXPECT_TRUE(client.closed());
    EXPECT_THROW(HttpClient{path()}, std::runtime_error);
  }
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(ListenerTest, ASocketThatNobodyServesIsReplacedAndOneThatIsServedIsNot) {
  const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path().string().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(left);  // as when a process is killed: the file stays

  Served served(kNamed, options());
  ServerOptions others = options();
  others.port = 0;
  const auto second = Server::start(std::move(others), kNamed, *served.services);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ledger::Errc::io);
  HttpClient client(path());
  EXPECT_TRUE(client.request("GET", "/v1/named/a"));
}

TEST(Peer, OnlyOfAUnixSocketTheLastForwardedAddressCounts) {
  const auto forwarded = [](const Peer& peer, const char* addresses) {
    Request request;
    request.headers.emplace_back("x-forwarded-for", addresses);
    return client_of(peer, request);
  };
  EXPECT_EQ(forwarded({}, "192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(forwarded({}, "192.0.2.1,\t192.0.2.2 "), "192.0.2.2");
  EXPECT_EQ(forwarded({}, "192.0.2.1, 2001:db8::7"), "2001:db8::/64");
  for (const char* none : {"", " ", ",", "192.0.2.1,", "192.0.2.1, unknown", "192.0.2.1:80"}) {
    EXPECT_EQ(forwarded({}, none), "") << none;
  }
  EXPECT_EQ(client_of({}, Request{}), "");
  EXPECT_EQ(forwarded({"192.0.2.9"}, "192.0.2.1"), "192.0.2.9");
}

}  // namespace
}  // namespace countersign::api
