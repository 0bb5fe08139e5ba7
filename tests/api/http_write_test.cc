// From a write handler's wish to a receipt, through the real ledger.
#include "api/http/problem.h"
#include "ledger/domain/events.h"
#include "tests/api/http_client.h"
#include "tests/api/served.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::api {
namespace {

using nlohmann::json;
using WriteResult = std::variant<Wanted, RecordedAnswer, Response, Problem>;

// Opens the account the path names, for a person of its own.
WriteResult open_account(const Request& request, Services&) {
  const std::string& name = request.param("name");
  ledger::OpenAccount command;
  command.account.id = ledger::AccountId(name);
  command.account.person = ledger::PersonId("p-" + name);
  command.account.hats = {{ledger::Role::auditor, ledger::DepartmentId("")}};
  command.person =
      ledger::Person{ledger::PersonId("p-" + name), "Someone", ledger::DepartmentId("")};
  return Wanted{ledger::Command(command), 201};
}

// Tells something once it is recorded that it does.
std::variant<RecordedAnswer, Response, Problem> tell(const Request&, Services&) {
  ledger::ExportData record;
  record.what = "log";
  return RecordedAnswer{std::move(record), Response{}, {}};
}

const Endpoint kWriteEndpoints[] = {
    {"POST", "/v1/accounts/{name}", Access::authenticated, &open_account, "open_account", 1024},
    {"GET", "/v1/told", Access::authenticated, &tell, "tell"},
};

class WriteTest : public ::testing::Test {
 protected:
  std::optional<Answer> post(const std::string& name, const std::string& headers = {},
                             const std::string& body = {}) {
    HttpClient client(served_.port());
    return client.request("POST", "/v1/accounts/" + name, served_.authorization() + headers, body);
  }

  Served served_{kWriteEndpoints};
};

TEST_F(WriteTest, AnswersWithReceipts) {
  const auto answer = post("a");
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->status, 201) << answer->body;
  const json body = json::parse(answer->body);
  EXPECT_EQ(body.at("first_index"), 1);
  EXPECT_EQ(body.at("count"), 1);
  EXPECT_EQ(body.at("tree_size"), 2);
  EXPECT_EQ(body.at("repeated"), false);
  EXPECT_EQ(body.at("command").get<std::string>().size(), 32u);
  ASSERT_EQ(body.at("receipts").size(), 1u);
  const json& receipt = body.at("receipts").at(0);
  EXPECT_EQ(receipt.at("index"), 1);
  EXPECT_EQ(receipt.at("header"), *served_.ledger->reader().log().header(1));
  EXPECT_TRUE(receipt.at("proof").get<std::string>().starts_with("c2sp.org/tlog-proof@v1\n"));
}

TEST_F(WriteTest, TheSameKeyGetsTheFirstAnswerAndAnotherBodyNone) {
  const auto first = post("a", "Idempotency-Key: k1\r\n", "{}");
  const auto again = post("a", "Idempotency-Key: k1\r\n", "{}");
  ASSERT_TRUE(first && again);
  ASSERT_EQ(first->status, 201) << first->body;
  ASSERT_EQ(again->status, 201) << again->body;
  json one = json::parse(first->body);
  json two = json::parse(again->body);
  EXPECT_EQ(one.at("repeated"), false);
  EXPECT_EQ(two.at("repeated"), true);
  one.erase("repeated");
  two.erase("repeated");
  EXPECT_EQ(one, two);

  for (const auto& other :
       {post("a", "Idempotency-Key: k1\r\n", "{ }"), post("b", "Idempotency-Key: k1\r\n", "{}")}) {
    ASSERT_TRUE(other);
    EXPECT_EQ(other->status, 422);
    EXPECT_EQ(json::parse(other->body).at("code"), "idempotency_key_reused");
  }
  EXPECT_EQ(served_.ledger->reader().size(), 2u);
}

TEST_F(WriteTest, AKeyDoesNotMakeTwoReadsOne) {
  for (const char* index : {"1", "2", "3"}) {
    HttpClient client(served_.port());
    const std::string headers = served_.authorization() + "Idempotency-Key: k1\r\n";
    const auto answer = client.request("GET", "/v1/told", headers);
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->status, 200) << answer->body;
    EXPECT_EQ(answer->headers.at("countersign-recorded-as"), index);
  }
  EXPECT_EQ(served_.ledger->reader().size(), 4u);
}

TEST_F(WriteTest, RefusalsNameGuardAndCure) {
  ASSERT_EQ(post("a")->status, 201);
  const auto answer = post("a");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 409);
  const json body = json::parse(answer->body);
  EXPECT_EQ(body.at("code"), "already_exists");
  EXPECT_FALSE(body.at("guard").at("zh").get<std::string>().empty());
  EXPECT_FALSE(body.at("cure").at("en").get<std::string>().empty());
}

TEST_F(WriteTest, HeadersOfTheEnvelopeAreChecked) {
  for (const char* header :
       {"Countersign-Hat: emperor/HR\r\n", "Countersign-Claimed-At: yesterday\r\n",
        "Countersign-Claimed-At: 2020-10-01T00:00:00\r\n", "Idempotency-Key: \r\n"}) {
    const auto answer = post("a", header);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 400) << header;
    EXPECT_EQ(json::parse(answer->body).at("code"), "malformed_header");
  }
  const auto accepted = post("a",
                             "Countersign-Hat: administrator\r\n"
                             "Countersign-Claimed-At: 2020-10-01T00:00:00+08:00\r\n"
                             "X-Correlation-Id: tie\r\n");
  ASSERT_TRUE(accepted);
  ASSERT_EQ(accepted->status, 201) << accepted->body;
  const auto event = served_.ledger->reader().event(1);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->correlation_id, "tie");
  ASSERT_TRUE(event->claimed_at);
  EXPECT_EQ(ledger::format_utc(*event->claimed_at), "2020-09-30T16:00:00.000000Z");
}

TEST_F(WriteTest, ManyWritersShareTheLog) {
  std::atomic<int> created = 0;
  std::vector<std::thread> writers;
  for (int w = 0; w < 8; ++w) {
    writers.emplace_back([&, w] {
      HttpClient client(served_.port());
      const std::string headers = served_.authorization();
      for (int i = 0; i < 20; ++i) {
        const std::string name = "w" + std::to_string(w) + "-" + std::to_string(i);
        const auto answer = client.request("POST", "/v1/accounts/" + name, headers);
        ASSERT_TRUE(answer) << name;
        ASSERT_EQ(answer->status, 201) << name << ": " << answer->body;
        ++created;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(created, 160);
  EXPECT_EQ(served_.ledger->reader().size(), 161u);
}

TEST_F(WriteTest, AFullDiskIsToldAsSuch) {
  served_.log->fail_next_append(ledger::AppendFault::out_of_space);
  const auto answer = post("a");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_TRUE(answer->headers.contains("retry-after"));
  EXPECT_EQ(post("a")->status, 201);
}

TEST_F(WriteTest, AFailedWriteIsAnUnknownOutcome) {
  served_.log->fail_next_append(ledger::AppendFault::persisted);
  const auto answer = post("a", "Idempotency-Key: k\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_EQ(json::parse(answer->body).at("code"), "outcome_unknown");
  EXPECT_TRUE(served_.ledger->failure());
}

}  // namespace
}  // namespace countersign::api
