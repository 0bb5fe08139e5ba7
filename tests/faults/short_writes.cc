// Preloaded into a process: every COUNTERSIGN_SHORT_EVERYth write to a regular file writes the
// first half of its bytes and says so, as the operating system may. A caller that takes a short
// write for a whole one loses bytes.
//
// Says how many writes were short in the file COUNTERSIGN_SHORT_COUNT when the process ends.
#include <atomic>
#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

namespace {

std::atomic<unsigned long> g_writes{0};
std::atomic<unsigned long> g_short{0};

unsigned long every() {
  static const char* const wanted = std::getenv("COUNTERSIGN_SHORT_EVERY");
  static const unsigned long number = wanted == nullptr ? 0 : std::strtoul(wanted, nullptr, 10);
  return number;
}

// How many of the bytes this write may take.
size_t allowed(int file, size_t size) {
  struct stat about {};
  if (every() == 0 || size < 2 || fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) return size;
  if (++g_writes % every() != 0) return size;
  ++g_short;
  return size / 2;
}

template <typename Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

struct Report {
  ~Report() {
    const char* name = std::getenv("COUNTERSIGN_SHORT_COUNT");
    if (name == nullptr) return;
    if (FILE* out = std::fopen(name, "w"); out != nullptr) {
      std::fprintf(out, "%lu\n", g_short.load());
      std::fclose(out);
    }
  }
} g_report;

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t size) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  return real(file, bytes, allowed(file, size));
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return real(file, bytes, allowed(file, size), at);
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  return real(file, bytes, allowed(file, size), at);
}

}  // extern "C"
