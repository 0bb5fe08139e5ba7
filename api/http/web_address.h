// Web address: where a service is reached over HTTP, as people write it in a setting or on the
// command line: "http://127.0.0.1:9093", "https://[2001:db8::7]/alertmanager" (RFC 3986,
// section 3.2).
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/result.h"

#include <string>
#include <string_view>

namespace countersign::api {

struct WebAddress {
  bool encrypted = false;
  std::string host;  // a name or an address, without brackets
  std::string port;  // 1 to 65535
  std::string path;  // before every target; empty or "/alertmanager"

  // Host and port as a request names them (RFC 9110, section 7.2): an IPv6 address in brackets, the
  // port unless it is the scheme's own.
  std::string authority() const;
};

// Looks nothing up. The error does not repeat the text, which may hold a password.
//   Errc::malformed   not an http or https address, or one with a query or a user's name
ledger::Result<WebAddress> web_address_of(std::string_view url);

}  // namespace countersign::api
