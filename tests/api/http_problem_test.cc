#include "api/http/problem.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::api {
namespace {

using ledger::Errc;
using ledger::RefusalCode;

const std::string* header(const Problem& problem, const std::string& name) {
  for (const auto& [key, value] : problem.headers) {
    if (key == name) return &value;
  }
  return nullptr;
}

TEST(Problem, EveryRefusalIsTheClientsToSolve) {
  for (int i = 0; i <= static_cast<int>(RefusalCode::ledger_exists); ++i) {
    const auto code = static_cast<RefusalCode>(i);
    const Problem problem = problem_of(ledger::Refusal{code, {}});
    EXPECT_GE(problem.status, 401) << to_string(code);
    EXPECT_LE(problem.status, 422) << to_string(code);
    EXPECT_EQ(problem.code, to_string(code));
    EXPECT_FALSE(problem.guard.zh.empty() || problem.guard.en.empty());
    EXPECT_FALSE(problem.cure.zh.empty() || problem.cure.en.empty());
  }
}

TEST(Problem, StatusesPeopleExpect) {
  const auto status = [](RefusalCode code) { return problem_of(ledger::Refusal{code, {}}).status; };
  EXPECT_EQ(status(RefusalCode::right_missing), 403);
  EXPECT_EQ(status(RefusalCode::unknown_table), 404);
  EXPECT_EQ(status(RefusalCode::same_person), 409);
  EXPECT_EQ(status(RefusalCode::version_moved_on), 412);
  EXPECT_EQ(status(RefusalCode::reason_missing), 422);
}

TEST(Problem, ErrorsSayWhetherToTryAgain) {
  const struct {
    Errc code;
    int status;
    bool again;
  } kTable[] = {{Errc::not_found, 404, false},    {Errc::malformed, 400, false},
                {Errc::unauthorized, 403, false}, {Errc::overloaded, 503, true},
                {Errc::stale, 503, true},         {Errc::conflict, 409, false},
                {Errc::fenced, 503, true},        {Errc::io, 500, false},
                {Errc::corrupt, 500, false},      {Errc::unavailable, 503, true},
                {Errc::timeout, 503, true}};
  for (const auto& row : kTable) {
    const Problem problem = problem_of(ledger::Error{row.code, "inside"});
    EXPECT_EQ(problem.status, row.status) << to_string(row.code);
    EXPECT_EQ(header(problem, "Retry-After") != nullptr, row.again) << to_string(row.code);
    EXPECT_EQ(problem.facts.contains("why"), row.code == Errc::malformed);
  }
}

TEST(Problem, PreconditionTellsTheCurrentEtag) {
  const Problem moved = problem_of(ledger::PreconditionFailed{ledger::LeafIndex{42}});
  EXPECT_EQ(moved.status, 412);
  ASSERT_NE(header(moved, "ETag"), nullptr);
  EXPECT_EQ(*header(moved, "ETag"), "\"42\"");
  EXPECT_EQ(header(problem_of(ledger::PreconditionFailed{}), "ETag"), nullptr);
}

TEST(Problem, RendersAsProblemJson) {
  Request request;
  request.correlation_id = "c-1";
  ledger::RowsRejected rejected;
  rejected.problems.push_back({7, {"staff_no", "is required", "为必填项"}});
  rejected.more = true;
  Problem problem = problem_of(rejected);
  problem.facts["from_client"] = "\xff";
  const Response response = render(problem, request);
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.content_type, "application/problem+json");
  const auto body = nlohmann::json::parse(response.body);
  EXPECT_EQ(body.at("type"), "/problems/rows_rejected");
  EXPECT_EQ(body.at("title"), "Rows rejected");
  EXPECT_EQ(body.at("status"), 422);
  EXPECT_EQ(body.at("code"), "rows_rejected");
  EXPECT_EQ(body.at("correlation_id"), "c-1");
  EXPECT_EQ(body.at("rows").at(0).at("line"), 7);
  EXPECT_EQ(body.at("rows").at(0).at("column"), "staff_no");
  EXPECT_EQ(body.at("rows").at(0).at("problem").at("zh"), "为必填项");
  EXPECT_EQ(body.at("more_rows"), true);
  EXPECT_FALSE(body.at("cure").at("zh").get<std::string>().empty());
}

}  // namespace
}  // namespace countersign::api
