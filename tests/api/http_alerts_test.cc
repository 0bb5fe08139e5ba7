#include "api/http/outbound.h"
#include "api/http/problem.h"
#include "api/processes/alerts.h"
#include "api/telemetry/metrics.h"
#include "tests/api/served.h"

#include <array>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::api {
namespace {

using nlohmann::json;

// Takes alerts, or answers as it is told to, and remembers what came.
std::mutex mutex;
std::vector<json> taken;
std::vector<int> answers;  // to the next requests; after them 200

std::variant<Response, Problem> take(const Request& request, Services&) {
  const std::lock_guard lock(mutex);
  Response response;
  response.body = "{}";
  if (!answers.empty()) {
    response.status = answers.front();
    answers.erase(answers.begin());
  }
  if (response.status == 200) taken.push_back(json::parse(request.body));
  return response;
}

constexpr std::array kAlertmanager{
    Endpoint{"POST", "/prefix/api/v2/alerts", Access::open, ReadHandler(take), "take_alerts"}};

class AlertsTest : public ::testing::Test {
 protected:
  AlertsTest() {
    const std::lock_guard lock(mutex);
    taken.clear();
    answers.clear();
  }

  AlertSettings settings(std::uint16_t port) const {
    AlertSettings settings;
    settings.url = "http://127.0.0.1:" + std::to_string(port) + "/prefix";
    settings.attempts_max = 3;
    settings.first_pause = std::chrono::milliseconds(1);
    return settings;
  }
  std::unique_ptr<Alerts> started(AlertSettings settings) {
    auto alerts = Alerts::start(std::move(settings), metrics);
    CS_ASSERT(alerts.has_value());
    return std::move(*alerts);
  }
  // Waits until a counter shows a number; what never comes fails the test by its time limit.
  void await(const std::string& line) const {
    while (metrics.text().find(line + "\n") == std::string::npos) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  bool shows(const std::string& line) const {
    return metrics.text().find(line + "\n") != std::string::npos;
  }

  Metrics metrics;
  const Alert alert{{{"alertname", "TaskChased"}, {"department", "HR"}}, {{"summary", "Chased"}}};
};

TEST_F(AlertsTest, TellsWhatHappenedInTheFormOfTheApi) {
  const Served alertmanager(kAlertmanager);
  const auto alerts = started(settings(alertmanager.port()));
  alerts->send(alert);
  await("countersign_alerts_sent_total 1");
  const std::lock_guard lock(mutex);
  ASSERT_EQ(taken.size(), 1U);
  ASSERT_EQ(taken[0].size(), 1U);
  const json& told = taken[0][0];
  EXPECT_EQ(told.at("labels"), json({{"alertname", "TaskChased"}, {"department", "HR"}}));
  EXPECT_EQ(told.at("annotations"), json({{"summary", "Chased"}}));
  const auto from = ledger::parse_rfc3339(told.at("startsAt").get<std::string>());
  const auto until = ledger::parse_rfc3339(told.at("endsAt").get<std::string>());
  ASSERT_TRUE(from && until);
  EXPECT_EQ(*until - *from, ledger::Duration::hours(1));
}

TEST_F(AlertsTest, AFailureThatMayPassIsTriedAgain) {
  answers = {503, 429};
  const Served alertmanager(kAlertmanager);
  const auto alerts = started(settings(alertmanager.port()));
  alerts->send(alert);
  await("countersign_alerts_sent_total 1");
  EXPECT_TRUE(shows("countersign_alert_attempts_failed_total 2"));
  EXPECT_TRUE(shows("countersign_alerts_lost_total 0"));
}

TEST_F(AlertsTest, ARefusalIsNotTriedAgainAndWhatFollowsIsTold) {
  answers = {400};
  const Served alertmanager(kAlertmanager);
  const auto alerts = started(settings(alertmanager.port()));
  alerts->send(alert);
  await("countersign_alerts_lost_total 1");
  EXPECT_TRUE(shows("countersign_alert_attempts_failed_total 1"));
  alerts->send(alert);
  await("countersign_alerts_sent_total 1");
}

TEST_F(AlertsTest, NobodyThereIsGivenUpAfterSoManyAttempts) {
  std::uint16_t closed = 0;
  { closed = Served(kAlertmanager).port(); }
  const auto alerts = started(settings(closed));
  alerts->send(alert);
  await("countersign_alerts_lost_total 1");
  EXPECT_TRUE(shows("countersign_alert_attempts_failed_total 3"));
  EXPECT_TRUE(shows("countersign_alerts_sent_total 0"));
}

TEST_F(AlertsTest, TooManyThatWaitAreLostAtOnce) {
  std::uint16_t closed = 0;
  { closed = Served(kAlertmanager).port(); }
  AlertSettings wanted = settings(closed);
  wanted.waiting_max = 0;
  const auto alerts = started(wanted);
  alerts->send(alert);
  EXPECT_TRUE(shows("countersign_alerts_lost_total 1"));
  EXPECT_TRUE(shows("countersign_alert_attempts_failed_total 0"));
}

TEST_F(AlertsTest, StoppingDoesNotWaitForAttemptsToCome) {
  std::uint16_t closed = 0;
  { closed = Served(kAlertmanager).port(); }
  AlertSettings wanted = settings(closed);
  wanted.first_pause = std::chrono::hours(24);
  auto alerts = started(wanted);
  alerts->send(alert);
  await("countersign_alert_attempts_failed_total 1");
  alerts.reset();
  EXPECT_TRUE(shows("countersign_alerts_lost_total 1"));
}

}  // namespace
}  // namespace countersign::api
