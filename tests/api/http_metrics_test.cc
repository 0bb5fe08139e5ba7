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

}  // namespace
}  // namespace countersign::api
