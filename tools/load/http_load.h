// http_load: many clients at once over HTTP/1.1, each one keep-alive connection on which the next
// request follows the answer to the last. All are served by events on one thread: the generator
// shares the machine with what it measures, and a thread a client would take more of it than the
// work itself.
#pragma once

#include "ledger/base/result.h"
#include "tools/load/timings.h"

#include <chrono>
#include <string>
#include <string_view>

namespace countersign::tools {

// What clients send, and who judges what they are answered. Called on one thread.
class LoadSource {
 public:
  virtual ~LoadSource() = default;

  // Replaces `out` by this client's next request, head and body as they go over the wire.
  virtual void next_request(unsigned client, std::string& out) = 0;

  // What is wrong with the answer to this client's last request, which ends the run; empty:
  // nothing.
  virtual std::string judge(unsigned client, unsigned status, std::string_view body) = 0;
};

struct HttpLoadResult {
  Timings timings;  // from before a request is sent until its answer is parsed
  double seconds = 0;
  std::uint64_t request_bytes = 0;  // of all, heads included
  std::uint64_t answer_bytes = 0;
};

// Runs for `length`, and until all that was sent by then is answered. `url` is "http://host:port" or
// "unix:/path" (tools/client/address.h).
//   Errc::malformed     not such a URL
//   Errc::unavailable   nobody listens there
//   Errc::io            a connection broke, an answer was not HTTP, or `source` found one wrong
//   Errc::timeout       no answer for a minute
ledger::Result<HttpLoadResult> run_http_load(const std::string& url, unsigned clients,
                                             std::chrono::duration<double> length,
                                             LoadSource& source);

}  // namespace countersign::tools
