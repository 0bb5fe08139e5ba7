// Moments of a table as people name them: by entry, instant, version, or somebody's statement.
#pragma once

#include "api/routes/access.h"
#include "api/routes/endpoint.h"

#include <string>
#include <variant>

namespace countersign::api {

// The tree size that a text names:
//   "1234"                  just after entry 1234
//   "2020-11-05T18:00:00+08:00"   everything received until then
//   "v3"                    the table's version 3, as submitted
//   "submitted"             its latest submission
//   "passed"                the reader's own latest approval of it
//   "level:first_review"    the latest approval at that level
//   "now"
std::variant<ledger::TreeSize, Problem> moment_of(const Request& request, Services& services,
                                                  const TableAccess& access,
                                                  const std::string& text);

// The tree size that `as_of` (a size) or `at` (an instant) of the query names; nullopt: now.
std::variant<std::optional<ledger::TreeSize>, Problem> past_size(const Request& request,
                                                                 Services& services);

// An RFC 3339 instant of the query; nullopt if absent.
std::variant<std::optional<ledger::Timestamp>, Problem> instant_of(const Request& request,
                                                                   const std::string& name);

}  // namespace countersign::api
