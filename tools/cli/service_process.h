// A service of one's own, as a child process: the demonstration plays against one.
#pragma once

#include "ledger/base/result.h"

#include <filesystem>
#include <string>

#include <sys/types.h>

namespace countersign::tools {

class ServiceProcess {
 public:
  // Starts the countersignd that stands beside this program on a free port and waits until it
  // listens.
  //   Errc::not_found     no countersignd there
  //   Errc::unavailable   it ended before it listened
  static ledger::Result<ServiceProcess> start(const std::filesystem::path& data);
  ServiceProcess(ServiceProcess&& other) noexcept;
  ServiceProcess& operator=(ServiceProcess&&) = delete;
  ~ServiceProcess();  // stop()

  const std::string& url() const { return url_; }
  // SIGTERM, then waits.
  //   Errc::io   it did not end as it should
  ledger::Result<void> stop();

 private:
  ServiceProcess(pid_t pid, std::string url) : pid_(pid), url_(std::move(url)) {}

  pid_t pid_;
  std::string url_;
};

}  // namespace countersign::tools
