// Problem: an RFC 9457 problem document. Every refusal and failure becomes one here and nowhere
// else; it names the guard that failed and what would satisfy it, in Chinese and English.
#pragma once

#include "api/http/message.h"
#include "ledger/domain/refusal.h"
#include "ledger/verified_command.h"

#include <map>
#include <string>
#include <vector>

namespace countersign::api {

struct Problem {
  int status = 500;
  std::string code;                          // last part of "type": "/problems/<code>"
  ledger::BilingualText guard;               // what was not satisfied
  ledger::BilingualText cure;                // what would satisfy it
  std::map<std::string, std::string> facts;  // non-personal values
  std::vector<ledger::RowProblem> rows;      // of rejected input
  bool more_rows = false;
  std::vector<std::pair<std::string, std::string>> headers;  // Retry-After, ETag, WWW-Authenticate
};

// One table from refusal and error codes to HTTP status.
Problem problem_of(const ledger::Refusal& refusal);
Problem problem_of(const ledger::Error& error);
Problem problem_of(const ledger::RowsRejected& rejected);
Problem problem_of(const ledger::PreconditionFailed& failed);
Problem problem_of(const ledger::CommandIdReused& reused);
Problem bad_request(std::string code, ledger::BilingualText guard, ledger::BilingualText cure);
Problem unauthenticated();
Problem forbidden(ledger::BilingualText guard, ledger::BilingualText cure);
Problem not_found(std::string what_en, std::string what_zh);

Response render(const Problem& problem, const Request& request);

}  // namespace countersign::api
