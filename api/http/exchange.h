// Exchange: one request on its way to its answer, and the checks that can be made from the head
// alone, before a body is read.
#pragma once

#include "api/http/message.h"
#include "api/http/problem.h"
#include "api/http/router.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::api {

struct Exchange {
  Request request;
  const Endpoint* endpoint = nullptr;  // null with some refusals
  std::optional<Problem> refused;      // set: answered with this, and the body is not read
};

// Routes and authenticates. `head` holds method, headers and nothing else.
Exchange admit(Request head, std::string_view target, const Router& router,
               const Services& services);

// Takes the newest directory and finds the account; a Problem when the endpoint needs one and the
// request brings no valid token. Done again once the body has arrived.
std::optional<Problem> authenticate(Request& request, const Endpoint& endpoint,
                                    const Services& services);

// X-Correlation-Id when it is short and plain (at most 64 of A-Z a-z 0-9 . _ -), else a random one.
std::string correlation_id_of(const Request& head);

// Problems of HTTP itself.
Problem body_too_large(std::size_t bytes_max);
Problem body_not_taken();
Problem too_much_at_once();
Problem storage_full();
Problem header_too_large();
Problem broken_request();
Problem too_many_requests(std::chrono::seconds retry_after);

// Whether everybody on the way here must have seen the same end of this request (RFC 9112 sections
// 3.2 and 6.3): one Host, and at most one way to say how long the body is. `version` is 10 or 11.
bool is_well_framed(const Request& head, unsigned version);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7), of now.
std::string http_date();
// The headers every response carries, where the route has not set them: Date, correlation,
// X-Content-Type-Options, and no-store below /v1/.
void complete_headers(Response& response, const Request& request);

}  // namespace countersign::api
