// Peer: who is at the other end of a connection.
#pragma once

#include "api/http/message.h"

#include <string>

namespace countersign::api {

struct Peer {
  // The IP address; empty: a process of this machine, over a Unix socket.
  std::string address;
  bool is_local() const { return address.empty(); }
};

// Who a request counts as while it brings no valid token: the address it comes from, as
// client_of_address() (rate_limiter.h) has it. Over a Unix socket the last one in X-Forwarded-For,
// which the proxy there has added; where none is said, all are one client.
std::string client_of(const Peer& peer, const Request& request);

}  // namespace countersign::api
