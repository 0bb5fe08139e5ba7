// Service address: where a service listens, as users write it: a web address, or "unix:/path" for
// its socket on this machine.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "api/http/web_address.h"
#include "ledger/base/result.h"

#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/generic/stream_protocol.hpp>

namespace countersign::tools {

struct ServiceAddress {
  api::WebAddress web;  // with a socket: "localhost", which its requests name
  std::string socket;   // path of this machine's socket; empty: a network address
};

// Looks nothing up. The error does not repeat the text, which may hold a password.
//   Errc::malformed   it is neither, or the path is longer than such sockets allow
ledger::Result<ServiceAddress> service_address_of(std::string_view text);

// What to connect to, to be tried in turn. Looks names up and waits for that.
//   Errc::unavailable   there is no such name
ledger::Result<std::vector<boost::asio::generic::stream_protocol::endpoint>> endpoints_of(
    const ServiceAddress& address);

}  // namespace countersign::tools
