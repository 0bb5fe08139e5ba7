// The process itself: how it starts, serves, stops and says why it does not.
#include "ledger/ledger.h"
#include "tests/api/http_client.h"
#include "tests/support/temp_dir.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace countersign::api {
namespace {

using nlohmann::json;

// One run of countersignd.
class Daemon {
 public:
  explicit Daemon(std::vector<std::string> arguments) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) throw std::runtime_error("pipe");
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(pipe[1], STDOUT_FILENO);
      ::close(pipe[0]);
      ::close(pipe[1]);
      std::vector<char*> pointers;
      arguments.insert(arguments.begin(), COUNTERSIGND);
      for (std::string& argument : arguments) pointers.push_back(argument.data());
      pointers.push_back(nullptr);
      ::execv(COUNTERSIGND, pointers.data());
      ::_exit(127);
    }
    ::close(pipe[1]);
    out_ = pipe[0];
  }
  ~Daemon() {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      wait();
    }
    ::close(out_);
  }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // The next line of standard output; empty at its end.
  std::string line() {
    std::string text;
    char c = 0;
    while (::read(out_, &c, 1) == 1 && c != '\n') text += c;
    return text;
  }
  void signal(int number) { ::kill(child_, number); }
  int wait() {
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t child_ = -1;
  int out_ = -1;
};

class DaemonTest : public ::testing::Test {
 protected:
  void create() {
    const ledger::Founder founder{{ledger::PersonId("p-1"), "Admin", ledger::DepartmentId("")},
                                  ledger::AccountId("admin"),
                                  "correct horse battery"};
    ASSERT_TRUE(ledger::Ledger::create(directory_ / "ledger", "test.example/daemon", founder, {}));
  }
  std::vector<std::string> arguments() const {
    return {"--data", (directory_ / "ledger").string(), "--listen", "127.0.0.1:0"};
  }
  static std::uint16_t port_in(const std::string& line) {
    const auto at = line.find("127.0.0.1:");
    return static_cast<std::uint16_t>(std::stoi(line.substr(at + 10)));
  }

  countersign::testing::TempDir directory_;
};

TEST_F(DaemonTest, StartsServesAndStops) {
  create();
  Daemon daemon(arguments());
  const std::string line = daemon.line();
  ASSERT_TRUE(line.starts_with("countersignd listening on http://127.0.0.1:")) << line;
  EXPECT_TRUE(line.ends_with(" origin test.example/daemon entries 1")) << line;

  HttpClient client(port_in(line));
  EXPECT_EQ(client.request("GET", "/healthz")->status, 200);
  const auto ready = client.request("GET", "/readyz");
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->status, 200) << ready->body;
  EXPECT_EQ(client.request("GET", "/v1/me")->status, 401);
  const auto wrong =
      client.request("POST", "/v1/login", "", R"({"account":"admin","password":"incorrect"})");
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->status, 401);
  const auto login = client.request("POST", "/v1/login", "",
                                    R"({"account":"admin","password":"correct horse battery"})");
  ASSERT_TRUE(login);
  ASSERT_EQ(login->status, 200) << login->body;
  const std::string token = json::parse(login->body).at("token");
  EXPECT_EQ(client.request("GET", "/v1/me", "Authorization: Bearer " + token + "\r\n")->status,
            200);
  const auto metrics = client.request("GET", "/metrics");
  ASSERT_TRUE(metrics);
  EXPECT_NE(metrics->body.find("countersign_ledger_tree_size 1\n"), std::string::npos);
  EXPECT_NE(metrics->body.find("countersign_ledger_writing 1\n"), std::string::npos);

  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.line(), "") << "nothing but the first line belongs on standard output";
  EXPECT_EQ(daemon.wait(), 0);

  // The token outlives the process, as its key does.
  Daemon again(arguments());
  HttpClient next(port_in(again.line()));
  EXPECT_EQ(next.request("GET", "/v1/me", "Authorization: Bearer " + token + "\r\n")->status, 200);
  again.signal(SIGINT);
  EXPECT_EQ(again.wait(), 0);
}

TEST_F(DaemonTest, TakesItsOptionsFromAFile) {
  create();
  const auto file = directory_ / "countersignd.toml";
  std::ofstream(file) << "data = \"" << (directory_ / "ledger").string()
                      << "\"\nlisten = \"127.0.0.1:0\"\nworker_threads = 2\n";
  Daemon daemon({"--config", file.string()});
  const std::string line = daemon.line();
  ASSERT_TRUE(line.starts_with("countersignd listening on ")) << line;
  EXPECT_EQ(HttpClient(port_in(line)).request("GET", "/healthz")->status, 200);
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.wait(), 0);
}

TEST_F(DaemonTest, SaysWhyItDoesNotStart) {
  Daemon nothing_there(arguments());
  EXPECT_EQ(nothing_there.line(), "");
  EXPECT_EQ(nothing_there.wait(), 1);
  Daemon no_data({});
  EXPECT_EQ(no_data.wait(), 2);
  Daemon no_port({"--data", directory_.path().string(), "--listen", "nonsense"});
  EXPECT_EQ(no_port.wait(), 2);
}

}  // namespace
}  // namespace countersign::api
