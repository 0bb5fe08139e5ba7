// Client: one keep-alive HTTP connection, plain or under TLS, to a running service, for the command
// line, the demonstration and the tests. Blocking; reconnects once when the server closed an idle
// connection.
//
// Thread safety: one thread at a time.
#pragma once

#include "ledger/base/result.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::tools {

struct Reply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

class Client {
 public:
  // `base_url` is an address as address.h has it. Under TLS the service must show a certificate of
  // that host, issued by one in the PEM file `authorities`, or without such a file by one that this
  // machine trusts.
  explicit Client(std::string base_url, std::string authorities = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // Sent with every request from now on; empty: none.
  void set_token(std::string token);

  // Any HTTP status is a Reply; only a failed connection is an error. A write without an
  // Idempotency-Key gets one, so that it is done once however often it is sent.
  //   Errc::unavailable   nobody listens there, or one whose certificate is not trusted
  //   Errc::io            the connection broke while answering: the outcome of a write is unknown,
  //                       and sending it again with the same Idempotency-Key is safe
  //   Errc::malformed     not such a URL
  ledger::Result<Reply> send(const std::string& method, const std::string& target,
                             std::string body = {}, const Headers& headers = {});

  // Reads a response that does not end, such as a feed: gives each piece to `more` as it comes,
  // until that returns false or the server ends it. A status of 400 or above is returned with its
  // whole body and never given to `more`. Errors as send(); nothing is heard for `quiet`: Errc::io.
  ledger::Result<Reply> stream(const std::string& target, const Headers& headers,
                               std::chrono::seconds quiet,
                               const std::function<bool(std::string_view piece)>& more);

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

// A path segment or query value, percent-encoded.
std::string percent_encode(std::string_view text);

}  // namespace countersign::tools
