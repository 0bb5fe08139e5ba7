// A request as handlers see it and the response they give back. No Beast type stands here, so that
// routes compile fast and are tested without a socket.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/base/time.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::ledger {
struct AccountRecord;
struct Directory;
class IncomingFile;
}  // namespace countersign::ledger

namespace countersign::api {

class LastToken;  // tokens.h

struct Request {
  std::string method;                          // upper case
  std::string path;                            // decoded per segment only in `params`
  std::map<std::string, std::string> params;   // path parameters, percent-decoded, valid UTF-8
  std::map<std::string, std::string> query;    // first value of each name, decoded
  // Names in lower case, each once: several lines of one name are joined by ", " (RFC 9110).
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // The body of a route that takes it as a file (BodyTo::file), whole and hashed; null when it is
  // empty. It goes with the request unless it is kept.
  std::shared_ptr<ledger::IncomingFile> file;
  ledger::Timestamp received_at;  // when the whole request had arrived, by the ledger's clock
  std::string correlation_id;

  // What its connection brought last, for who verifies the token; null: nothing is remembered. Not
  // owned, and used on the thread that serves the request.
  LastToken* last_token = nullptr;

  // The directory this request is judged by, and its account; null on public endpoints.
  std::shared_ptr<const ledger::Directory> directory;
  const ledger::AccountRecord* account = nullptr;
  std::chrono::steady_clock::time_point authenticated_at{};

  const std::string* header(std::string_view lower_case_name) const;
  const std::string& param(const std::string& name) const;  // REQUIRES: in the route's pattern
  std::string query_or(const std::string& name, std::string fallback) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // Set: sent chunked instead of `body`; appends the next part and returns false after the last.
  std::function<bool(std::string& part)> stream;
  // Of a stream that goes on for as long as something may still happen: an empty part means that
  // nothing has, and it is asked again after this long. Zero: an empty part is passed over.
  std::chrono::milliseconds stream_pause{0};
};

}  // namespace countersign::api
