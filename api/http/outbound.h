// Outbound: requests of the service to another one, plain or under TLS. Blocking, within one limit
// of time for all of it: for a process's own thread, never for a handler.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "api/http/web_address.h"
#include "ledger/base/result.h"

#include <chrono>
#include <filesystem>
#include <string>

namespace countersign::api {

// Where requests go.
struct Destination {
  WebAddress at;
  // PEM file of those who may vouch for the other side; empty: whom this machine trusts.
  std::filesystem::path authorities;
};

//   as web_address_of()
ledger::Result<Destination> destination_of(const std::string& url,
                                           std::filesystem::path authorities);

struct Reply {
  int status = 0;
  std::string content_type;
  std::string body;
};

// Posts a body. Any status is a success.
//   Errc::unavailable   nobody listens there, or one whose certificate does not show that name
//   Errc::io            the connection broke, the answer is longer than 64 KiB, or the time was up:
//                       whether it arrived is unknown
ledger::Result<Reply> post(const Destination& to, const std::string& target,
                           const std::string& content_type, std::string body,
                           std::chrono::milliseconds limit);

// Posts a JSON text. Any status is a success; its answer's body is not read.
//   as post()
ledger::Result<int> post_json(const Destination& to, const std::string& target, std::string body,
                              std::chrono::milliseconds limit);

}  // namespace countersign::api
