// The limit of HTTP here: a server that reads a request with Beast and answers as many bytes as it
// was told, and does nothing else. Beast's own way with coroutines, one thread.
#pragma once

#include "ledger/base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace countersign::tools {

// Serves on 127.0.0.1 until SIGTERM or SIGINT. `listening` is called once with the port.
//   Errc::io   no port can be had
ledger::Result<void> serve_echo(std::size_t answer_bytes,
                                const std::function<void(std::uint16_t port)>& listening);

}  // namespace countersign::tools
