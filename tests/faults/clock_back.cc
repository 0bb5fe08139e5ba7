// Preloaded into a process: the clock of the day is COUNTERSIGN_CLOCK_BACK seconds behind what it is.
// Clocks that only measure are left alone. Asks the kernel itself, and allocates nothing: allocators
// ask for the time while they begin.
#include <cstdlib>

#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

namespace {

long seconds_back() {
  static const char* const wanted = std::getenv("COUNTERSIGN_CLOCK_BACK");
  static const long seconds = wanted == nullptr ? 0 : std::strtol(wanted, nullptr, 10);
  return seconds;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const long failed = syscall(SYS_clock_gettime, clock, now);
  if (failed == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec -= seconds_back();
  }
  return static_cast<int>(failed);
}

int gettimeofday(timeval* now, void*) noexcept {
  timespec exact{};
  const int failed = clock_gettime(CLOCK_REALTIME, &exact);
  *now = {exact.tv_sec, exact.tv_nsec / 1000};
  return failed;
}

time_t time(time_t* out) noexcept {
  timespec exact{};
  clock_gettime(CLOCK_REALTIME, &exact);
  if (out != nullptr) *out = exact.tv_sec;
  return exact.tv_sec;
}

}  // extern "C"
