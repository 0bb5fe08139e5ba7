// The limit of open files of this process. Sockets and the log's files share it; a log that cannot
// open a file stops the service, so sockets must not be able to take the last one.
#pragma once

#include <cstddef>

namespace countersign::api {

// Raises the limit to what the system allows and returns how many of `connections` then fit beside
// the files that the log, the views and the process itself need.
std::size_t connections_within_file_limit(std::size_t connections);

}  // namespace countersign::api
