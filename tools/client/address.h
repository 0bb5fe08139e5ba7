// Service address: where a service listens, as users write it: "http://host:port", "https://host:port", or
// "unix:/path" for its socket on this machine.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/result.h"

#include <string>
#include <vector>

#include <boost/asio/generic/stream_protocol.hpp>

namespace countersign::tools {

struct ServiceAddress {
  bool encrypted = false;
  std::string host;    // "localhost" of this machine's socket
  std::string port;    // empty of this machine's socket
  std::string socket;  // its path; empty: a network address
};

// Reads one; what follows host and port is passed over. Looks nothing up.
//   Errc::malformed   it is none of these, or the path is longer than such sockets allow
ledger::Result<ServiceAddress> service_address_of(const std::string& url);

// What to connect to, to be tried in turn. Looks names up and waits for that.
//   Errc::unavailable   there is no such name
ledger::Result<std::vector<boost::asio::generic::stream_protocol::endpoint>> endpoints_of(
    const ServiceAddress& address);

}  // namespace countersign::tools
