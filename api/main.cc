// countersignd: serves one ledger until it is told to stop or can no longer write.
#include "api/app.h"
#include "api/file_limit.h"
#include "ledger/base/diagnostics.h"

#include <csignal>
#include <cstdio>
#include <exception>

// Read by jemalloc when the process begins. What was freed goes back to the system by threads of
// its own. Memory is taken from and given to the processor that a thread runs on: much of it is made
// on one thread and freed on another. A process that may not use all processors does without that,
// as jemalloc then says in a line of its own on standard error.
extern "C" {
extern const char* const malloc_conf;
const char* const malloc_conf = "background_thread:true,percpu_arena:percpu";
}

namespace {

using countersign::api::App;
using countersign::api::Config;
namespace diag = countersign::ledger::diag;

// How soon a ledger that stopped writing is noticed.
constexpr timespec kLookUp{0, 200'000'000};

int serve(const Config& config, const sigset_t& signals) {
  auto app = App::start(config);
  if (!app) {
    diag::error("service.not_started",
                {{"code", std::string(to_string(app.error().code))}, {"why", app.error().detail}});
    std::fprintf(stderr, "countersignd: cannot start: %s\n", app.error().detail.c_str());
    return 1;
  }
  const std::string& address = config.server.address;
  const bool v6 = address.find(':') != std::string::npos;
  const std::string& socket = config.server.unix_socket.native();
  std::printf("countersignd listening on %s://%s%s%s:%u origin %s entries %llu%s%s\n",
              (*app)->has_tls() ? "https" : "http", v6 ? "[" : "", address.c_str(), v6 ? "]" : "",
              (*app)->port(), (*app)->origin().c_str(),
              static_cast<unsigned long long>((*app)->entries()), socket.empty() ? "" : " socket ",
              socket.c_str());
  std::fflush(stdout);
  diag::info("service.started", {{"version", COUNTERSIGN_VERSION},
                                 {"origin", (*app)->origin()},
                                 {"entries", std::to_string((*app)->entries())}});

  while (true) {
    const int signal = sigtimedwait(&signals, nullptr, &kLookUp);
    if (signal == SIGHUP) {
      (*app)->reload();
    } else if (signal > 0) {
      diag::info("service.stopping", {{"signal", std::to_string(signal)}});
      (*app)->stop();
      // A write may have failed while stopping.
      if (!(*app)->failure()) return 0;
    }
    if (const auto failure = (*app)->failure()) {
      diag::error("service.ledger_failed",
                  {{"code", std::string(to_string(failure->code))}, {"why", failure->detail}});
      std::fprintf(stderr,
                   "countersignd: the ledger could not be written and recovers when started again: "
                   "%s\n",
                   failure->detail.c_str());
      (*app)->stop();
      return 1;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  int exit_code = 0;
  auto config = countersign::api::read_config(argc, argv, exit_code);
  if (!config) return exit_code;
  diag::set_threshold(config->log_level);
  const std::size_t wanted = config->server.connections_max;
  config->server.connections_max = countersign::api::connections_within_file_limit(wanted);
  if (config->server.connections_max < wanted) {
    diag::warn("service.connections_limited_by_open_files",
               {{"wanted", std::to_string(wanted)},
                {"allowed", std::to_string(config->server.connections_max)}});
  }

  // Blocked before any thread starts, so that only the main thread takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return serve(*config, signals);
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "countersignd: %s\n", exception.what());
    return 1;
  }
}
