#include "api/telemetry/metrics.h"

#include <gtest/gtest.h>

namespace countersign::api {
namespace {

TEST(Metrics, CountsUnderStableNames) {
  Metrics metrics;
  metrics.sample_with([] { return Metrics::Sample{12, 11, false, true}; });
  metrics.request_started();
  metrics.request_started();
  metrics.request_finished("show_row", 404, 0.003);
  metrics.connection_opened();
  metrics.committed(7, 9, 0.002);
  metrics.refused(ledger::RefusalCode::same_person);
  metrics.failed(ledger::Errc::unavailable);
  const std::string text = metrics.text();
  for (const char* line :
       {"countersign_http_requests_total{route=\"show_row\",status=\"4xx\"} 1",
        "countersign_http_requests_in_flight 1", "countersign_http_connections 1",
        "countersign_http_request_duration_seconds_count{route=\"show_row\"} 1",
        "countersign_ledger_commands_total 7", "countersign_ledger_entries_total 9",
        "countersign_ledger_commit_commands_count 1",
        "countersign_ledger_refusals_total{code=\"same_person\"} 1",
        "countersign_ledger_commit_failures_total{code=\"unavailable\"} 1",
        "countersign_ledger_tree_size 12", "countersign_views_applied_index 11",
        "countersign_views_parked 0", "countersign_ledger_writing 1"}) {
    EXPECT_NE(text.find(std::string(line) + "\n"), std::string::npos) << line << "\n" << text;
  }
}

std::shared_ptr<const projections::OpenTasks> open_tasks(
    std::vector<projections::OpenTask> tasks) {
  auto open = std::make_shared<projections::OpenTasks>();
  open->counts[{"2020", "HR"}] = 0;
  for (const auto& task : tasks) ++open->counts[{task.campaign, task.department}];
  open->tasks = std::move(tasks);
  return open;
}

TEST(Metrics, ShowsTheTasksThatAreOpenNowAndNoOthers) {
  Metrics metrics;
  Metrics::Sample sample;
  sample.now = 1'604'000'000;
  sample.open_tasks = open_tasks({{"2020", "HR", "staff", ledger::Timestamp{1'604'000'000'000'000}, {}},
                                  {"2020", "AA", "majors", ledger::Timestamp{5'000'000}, {}}});
  metrics.sample_with([&sample] { return sample; });
  const std::string before = metrics.text();
  for (const char* line :
       {"countersign_task_due_timestamp_seconds"
        "{campaign=\"2020\",department=\"HR\",table=\"staff\"} 1604000000",
        "countersign_task_due_timestamp_seconds"
        "{campaign=\"2020\",department=\"AA\",table=\"majors\"} 5",
        "countersign_tasks_open{campaign=\"2020\",department=\"AA\"} 1",
        "countersign_ledger_clock_timestamp_seconds 1604000000"}) {
    EXPECT_NE(before.find(std::string(line) + "\n"), std::string::npos) << line << "\n" << before;
  }
  // What could not be read leaves what was known.
  sample.open_tasks = nullptr;
  EXPECT_NE(metrics.text().find("table=\"majors\""), std::string::npos);
  sample.open_tasks = open_tasks({{"2020", "AA", "majors", ledger::Timestamp{6'000'000}, {}}});
  const std::string after = metrics.text();
  EXPECT_EQ(after.find("table=\"staff\""), std::string::npos);
  EXPECT_NE(after.find("table=\"majors\"} 6\n"), std::string::npos) << after;
  EXPECT_NE(after.find("countersign_tasks_open{campaign=\"2020\",department=\"HR\"} 0\n"),
            std::string::npos);
}

}  // namespace
}  // namespace countersign::api
