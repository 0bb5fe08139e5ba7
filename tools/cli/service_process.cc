#include "tools/cli/service_process.h"

#include <array>
#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

// build/<preset>/tools/countersign and build/<preset>/api/countersignd, or side by side.
Result<std::filesystem::path> find_service() {
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
  for (const auto& candidate : {self / "countersignd", self / ".." / "api" / "countersignd"}) {
    if (std::filesystem::exists(candidate)) return candidate.lexically_normal();
  }
  return Error{Errc::not_found, "countersignd does not stand beside this program"};
}

// The first line the service prints: "countersignd listening on http://… …".
std::string read_first_line(int file) {
  std::string line;
  char c = 0;
  while (::read(file, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

}  // namespace

Result<ServiceProcess> ServiceProcess::start(const std::filesystem::path& data) {
  CS_TRY(const auto program, find_service());
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return Error{Errc::io, "cannot make a pipe"};
  const pid_t pid = ::fork();
  if (pid < 0) return Error{Errc::io, "cannot start a process"};
  if (pid == 0) {
    ::dup2(pipe[1], STDOUT_FILENO);
    ::execl(program.c_str(), program.c_str(), "--data", data.c_str(), "--listen", "127.0.0.1:0",
            "--log_level", "warn", nullptr);
    ::_exit(127);
  }
  ::close(pipe[1]);
  const std::string line = read_first_line(pipe[0]);
  ::close(pipe[0]);
  const auto url = line.find("http://");
  ServiceProcess process(
      pid, url == std::string::npos ? std::string() : line.substr(url, line.find(' ', url) - url));
  if (process.url_.empty()) {
    (void)process.stop().has_value();
    return Error{Errc::unavailable, "countersignd ended before it listened"};
  }
  return process;
}

ServiceProcess::ServiceProcess(ServiceProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), url_(std::move(other.url_)) {}

ServiceProcess::~ServiceProcess() { (void)stop().has_value(); }

Result<void> ServiceProcess::stop() {
  if (pid_ < 0) return {};
  const pid_t pid = std::exchange(pid_, -1);
  ::kill(pid, SIGTERM);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error{Errc::io, "countersignd did not end cleanly"};
  }
  return {};
}

}  // namespace countersign::tools
