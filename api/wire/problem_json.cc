// Renders a Problem as application/problem+json (RFC 9457).
#include "api/http/problem.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

namespace {

using nlohmann::ordered_json;

ordered_json to_json(const ledger::BilingualText& text) {
  return {{"zh", text.zh}, {"en", text.en}};
}

std::string title_of(std::string code) {
  std::replace(code.begin(), code.end(), '_', ' ');
  if (!code.empty() && code[0] >= 'a' && code[0] <= 'z') code[0] = static_cast<char>(code[0] - 32);
  return code;
}

}  // namespace

Response render(const Problem& problem, const Request& request) {
  ordered_json body{{"type", "/problems/" + problem.code},
                    {"title", title_of(problem.code)},
                    {"status", problem.status},
                    {"code", problem.code},
                    {"detail", problem.guard.en},
                    {"guard", to_json(problem.guard)},
                    {"cure", to_json(problem.cure)},
                    {"correlation_id", request.correlation_id}};
  if (!problem.facts.empty()) body["facts"] = problem.facts;
  if (!problem.rows.empty()) {
    ordered_json rows = ordered_json::array();
    for (const ledger::RowProblem& row : problem.rows) {
      rows.push_back({{"line", row.line},
                      {"column", row.cell.column},
                      {"problem", {{"zh", row.cell.problem_zh}, {"en", row.cell.problem_en}}}});
    }
    body["rows"] = std::move(rows);
    body["more_rows"] = problem.more_rows;
  }
  Response response;
  response.status = problem.status;
  response.content_type = "application/problem+json";
  response.headers = problem.headers;
  // What a client sent may stand in a fact and need not be UTF-8.
  response.body = body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return response;
}

}  // namespace countersign::api
