#include "api/file_limit.h"

#include <algorithm>

#include <sys/resource.h>

namespace countersign::api {

namespace {

// The log's engine keeps up to 512 open; the rest is for views, their journals and the process.
constexpr std::size_t kReserved = 512 + 128;

}  // namespace

std::size_t connections_within_file_limit(std::size_t connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return connections;
  if (limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur == RLIM_INFINITY) return connections;
  const auto files = static_cast<std::size_t>(limit.rlim_cur);
  const std::size_t room = files > kReserved ? files - kReserved : 1;
  return std::min(connections, room);
}

}  // namespace countersign::api
