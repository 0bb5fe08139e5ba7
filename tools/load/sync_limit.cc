#include "tools/load/sync_limit.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using Steady = std::chrono::steady_clock;

namespace {

Error io_error(const std::string& what) {
  return Error{Errc::io, what + ": " + std::strerror(errno)};
}

}  // namespace

Result<Timings> run_sync_limit(const std::string& file, std::size_t bytes,
                               std::chrono::duration<double> length) {
  const int handle = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (handle < 0) return io_error("cannot make " + file);
  const std::string value(bytes, 'x');
  Timings timings;
  Result<void> outcome;
  const auto end = Steady::now() + std::chrono::duration_cast<Steady::duration>(length);
  for (auto begin = Steady::now(); outcome && begin < end;) {
    if (::write(handle, value.data(), bytes) != static_cast<ssize_t>(bytes) ||
        ::fdatasync(handle) != 0) {
      outcome = io_error("cannot write and sync " + file);
    }
    const auto now = Steady::now();
    timings.add_micros(static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(now - begin).count()));
    begin = now;
  }
  ::close(handle);
  ::unlink(file.c_str());
  if (!outcome) return outcome.error();
  return timings;
}

}  // namespace countersign::tools
