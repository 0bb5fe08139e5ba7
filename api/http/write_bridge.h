// The way from a handler's answer to a committed command: makes the envelope, prepares, proposes,
// prepares again what went stale, and renders the receipts.
//
// All coroutines run on the caller's executor: the worker pool, or a socket's for what is quick. None
// blocks a thread while the command waits for its group commit.
#pragma once

#include "api/http/exchange.h"

#include <memory>
#include <variant>

#include <boost/asio/awaitable.hpp>

namespace countersign::api {

// How often a command that went stale is prepared again before its client is told to.
inline constexpr int kAttemptsMax = 8;

// A command longer than this many entries is answered with its first and last receipts.
inline constexpr std::uint32_t kReceiptsMax = 64;

// What becomes of a request: its handler's answer, or of what the handler wants, the ledger's.
// Failures are rendered; an exception becomes 500. Reads run on the calling executor and may block
// on disk.
boost::asio::awaitable<Response> answer(std::shared_ptr<Exchange> exchange, Services& services);

}  // namespace countersign::api
