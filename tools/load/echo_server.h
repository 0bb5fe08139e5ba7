// The limit of HTTP here: a server that reads a request with Beast and answers as many bytes as it
// was told, and does nothing else. Beast's own way with coroutines, one thread.
#pragma once

#include "ledger/base/result.h"

#include <cstddef>
#include <functional>
#include <string>

namespace countersign::tools {

// Serves until SIGTERM or SIGINT, on a Unix socket or, without a path, on any free port of the
// loopback. `listening` is called once with the address.
//   Errc::io   no port can be had, or the socket cannot be made
ledger::Result<void> serve_echo(std::size_t answer_bytes, const std::string& unix_socket,
                                const std::function<void(const std::string& url)>& listening);

}  // namespace countersign::tools
