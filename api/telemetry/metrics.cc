#include "api/telemetry/metrics.h"

#include <array>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace countersign::api {

namespace {

using prometheus::Histogram;

const Histogram::BucketBoundaries kSeconds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                           0.1,    0.25,  0.5,    1,     2.5,  10};
const Histogram::BucketBoundaries kCounts{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};

constexpr std::array<const char*, 5> kStatusClasses{"1xx", "2xx", "3xx", "4xx", "5xx"};

std::size_t class_of(int status) {
  return status >= 100 && status < 600 ? static_cast<std::size_t>(status / 100 - 1)
                                       : kStatusClasses.size() - 1;
}

template <typename Builder>
auto& family(prometheus::Registry& registry, Builder builder, const char* name, const char* help) {
  return builder.Name(name).Help(help).Register(registry);
}

prometheus::Counter& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return family(registry, prometheus::BuildCounter(), name, help).Add({});
}

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return family(registry, prometheus::BuildGauge(), name, help).Add({});
}

Histogram& histogram(prometheus::Registry& registry, const char* name, const char* help,
                     const Histogram::BucketBoundaries& buckets) {
  return family(registry, prometheus::BuildHistogram(), name, help).Add({}, buckets);
}

}  // namespace

class Metrics::Families {
 public:
  prometheus::Registry registry;

  prometheus::Family<prometheus::Counter>& requests =
      family(registry, prometheus::BuildCounter(), "countersign_http_requests_total",
             "Requests answered, by route and class of status.");
  prometheus::Family<Histogram>& request_seconds =
      family(registry, prometheus::BuildHistogram(), "countersign_http_request_duration_seconds",
             "From the arrival of the whole request to its answer, by route.");
  prometheus::Gauge& in_flight =
      gauge(registry, "countersign_http_requests_in_flight", "Requests being answered now.");
  prometheus::Gauge& connections =
      gauge(registry, "countersign_http_connections", "Connections open now.");
  prometheus::Counter& connections_refused =
      counter(registry, "countersign_http_connections_refused_total",
              "Connections turned away because too many were open.");
  prometheus::Counter& retried =
      counter(registry, "countersign_write_retries_total",
              "Prepared commands that went stale and were prepared again.");

  prometheus::Counter& commands =
      counter(registry, "countersign_ledger_commands_total", "Commands committed.");
  prometheus::Counter& entries =
      counter(registry, "countersign_ledger_entries_total", "Entries committed.");
  Histogram& batch_commands = histogram(registry, "countersign_ledger_commit_commands",
                                        "Commands in one group commit.", kCounts);
  Histogram& batch_seconds = histogram(registry, "countersign_ledger_commit_duration_seconds",
                                       "The synced write of one group commit.", kSeconds);
  prometheus::Family<prometheus::Counter>& refusals =
      family(registry, prometheus::BuildCounter(), "countersign_ledger_refusals_total",
             "Commands refused by the sequencer's decision, by code.");
  prometheus::Family<prometheus::Counter>& failures =
      family(registry, prometheus::BuildCounter(), "countersign_ledger_commit_failures_total",
             "Group commits that failed, by error.");

  prometheus::Gauge& tree_size =
      gauge(registry, "countersign_ledger_tree_size", "Entries in the log.");
  prometheus::Gauge& applied_index =
      gauge(registry, "countersign_views_applied_index", "Entries applied to the views.");
  prometheus::Gauge& parked =
      gauge(registry, "countersign_views_parked",
            "1 when an entry could not be applied and the views stand still.");
  prometheus::Gauge& writing =
      gauge(registry, "countersign_ledger_writing", "1 while the ledger takes commands.");

  prometheus::Gauge& rules_broken =
      gauge(registry, "countersign_rules_broken",
            "Rules that found nothing out in the last run over some table.");
  prometheus::Gauge& erasure_pending =
      gauge(registry, "countersign_erasure_pending",
            "1 while views or storage may still hold something that was erased.");
  prometheus::Gauge& disk_free =
      gauge(registry, "countersign_disk_free_bytes", "Free on the disk of the ledger.");
  prometheus::Gauge& backed_up =
      gauge(registry, "countersign_backup_last_success_timestamp_seconds",
            "When the newest backup was made, in seconds since 1970; 0: never.");
  prometheus::Gauge& certificate =
      gauge(registry, "countersign_certificate_expiry_timestamp_seconds",
            "When the certificate that is shown ends, in seconds since 1970; 0: no TLS is spoken.");

  prometheus::Gauge& clock =
      gauge(registry, "countersign_ledger_clock_timestamp_seconds",
            "The ledger's time in seconds since 1970; a simulated ledger has its own.");
  prometheus::Family<prometheus::Gauge>& task_due =
      family(registry, prometheus::BuildGauge(), "countersign_task_due_timestamp_seconds",
             "Of each task that waits for its department, the due instant in seconds since 1970.");
  prometheus::Family<prometheus::Gauge>& tasks_open =
      family(registry, prometheus::BuildGauge(), "countersign_tasks_open",
             "Tasks that wait for their department.");

  prometheus::Counter& alerts_sent =
      counter(registry, "countersign_alerts_sent_total", "Alerts that the Alertmanager took.");
  prometheus::Counter& alerts_lost =
      counter(registry, "countersign_alerts_lost_total",
              "Alerts given up, because they were refused or failed too often.");
  prometheus::Counter& alert_failures =
      counter(registry, "countersign_alert_attempts_failed_total",
              "Requests to the Alertmanager that failed; most are tried again.");

  prometheus::Family<prometheus::Gauge>& witness_cosigned =
      family(registry, prometheus::BuildGauge(), "countersign_witness_cosigned_timestamp_seconds",
             "When the witness last cosigned a checkpoint, in seconds since 1970; 0: never.");
  prometheus::Family<prometheus::Gauge>& witness_conflict =
      family(registry, prometheus::BuildGauge(), "countersign_witness_conflict",
             "1 while the witness refuses because this log is not the one it saw before.");
  prometheus::Family<prometheus::Counter>& witness_failures =
      family(registry, prometheus::BuildCounter(), "countersign_witness_failures_total",
             "Submissions to the witness without a cosignature.");

  prometheus::Gauge& timestamp_last =
      gauge(registry, "countersign_timestamp_last_timestamp_seconds",
            "What the newest kept token of the time-stamping authority says, in seconds since 1970; "
            "0: there is none.");
  prometheus::Gauge& timestamp_owed =
      gauge(registry, "countersign_timestamp_owed_since_timestamp_seconds",
            "Since when a token is wanted and has not come, in seconds since 1970; 0: none is.");
  prometheus::Counter& timestamp_failures =
      counter(registry, "countersign_timestamp_failures_total",
              "Requests to the time-stamping authority without a token that holds.");
  prometheus::Gauge& clock_ahead =
      gauge(registry, "countersign_timestamp_clock_ahead_seconds",
            "By how much the machine's clock was ahead of the authority's at the newest token; below "
            "0: behind.");

  // What is counted of one route. Looking a metric up by its labels costs more than counting.
  struct Route {
    std::array<prometheus::Counter*, kStatusClasses.size()> answered{};
    Histogram* seconds = nullptr;
  };
  const Route& route(std::string_view name);

  // REQUIRES: mutex is held.
  void show(const std::shared_ptr<const projections::OpenTasks>& tasks);

  // What task_due and tasks_open show.
  std::shared_ptr<const projections::OpenTasks> shown;
  std::vector<prometheus::Gauge*> due_gauges;
  std::vector<prometheus::Gauge*> open_gauges;
  std::mutex mutex;  // of sampler and shown
  std::function<Sample()> sampler;
  std::shared_mutex routes_mutex;  // of routes
  std::map<std::string, Route, std::less<>> routes;
};

const Metrics::Families::Route& Metrics::Families::route(std::string_view name) {
  {
    const std::shared_lock lock(routes_mutex);
    if (const auto known = routes.find(name); known != routes.end()) return known->second;
  }
  const std::unique_lock lock(routes_mutex);
  const auto [at, fresh] = routes.try_emplace(std::string(name));
  if (fresh) {
    for (std::size_t i = 0; i < kStatusClasses.size(); ++i) {
      at->second.answered[i] = &requests.Add({{"route", at->first}, {"status", kStatusClasses[i]}});
    }
    at->second.seconds = &request_seconds.Add({{"route", at->first}}, kSeconds);
  }
  return at->second;
}

void Metrics::Families::show(const std::shared_ptr<const projections::OpenTasks>& tasks) {
  if (tasks == nullptr || tasks == shown) return;
  for (auto* gauge : due_gauges) task_due.Remove(gauge);
  for (auto* gauge : open_gauges) tasks_open.Remove(gauge);
  due_gauges.clear();
  open_gauges.clear();
  for (const auto& task : tasks->tasks) {
    auto& due = task_due.Add(
        {{"campaign", task.campaign}, {"department", task.department}, {"table", task.table}});
    due.Set(static_cast<double>(task.due.micros) / 1e6);
    due_gauges.push_back(&due);
  }
  for (const auto& [whose, count] : tasks->counts) {
    auto& open = tasks_open.Add({{"campaign", whose.first}, {"department", whose.second}});
    open.Set(count);
    open_gauges.push_back(&open);
  }
  shown = tasks;
}

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::sample_with(std::function<Sample()> sampler) {
  const std::lock_guard lock(families_->mutex);
  families_->sampler = std::move(sampler);
}

void Metrics::request_started() { families_->in_flight.Increment(); }

void Metrics::request_finished(std::string_view route, int status, double seconds) {
  families_->in_flight.Decrement();
  const Families::Route& counted = families_->route(route);
  counted.answered[class_of(status)]->Increment();
  counted.seconds->Observe(seconds);
}

void Metrics::connection_opened() { families_->connections.Increment(); }
void Metrics::connection_closed() { families_->connections.Decrement(); }
void Metrics::connection_refused() { families_->connections_refused.Increment(); }
void Metrics::write_retried() { families_->retried.Increment(); }
void Metrics::alerts_sent(std::size_t count) {
  families_->alerts_sent.Increment(static_cast<double>(count));
}
void Metrics::alerts_lost(std::size_t count) {
  families_->alerts_lost.Increment(static_cast<double>(count));
}
void Metrics::alert_attempt_failed() { families_->alert_failures.Increment(); }

void Metrics::witness_cosigned(const std::string& witness, std::int64_t at_seconds) {
  families_->witness_cosigned.Add({{"witness", witness}}).Set(static_cast<double>(at_seconds));
}
void Metrics::witness_failed(const std::string& witness) {
  families_->witness_failures.Add({{"witness", witness}}).Increment();
}
void Metrics::witness_conflict(const std::string& witness, bool conflict) {
  families_->witness_conflict.Add({{"witness", witness}}).Set(conflict ? 1 : 0);
}

void Metrics::timestamp_made(std::int64_t at_seconds) {
  families_->timestamp_last.Set(static_cast<double>(at_seconds));
}
void Metrics::timestamp_failed() { families_->timestamp_failures.Increment(); }
void Metrics::timestamp_owed_since(std::int64_t at_seconds) {
  families_->timestamp_owed.Set(static_cast<double>(at_seconds));
}
void Metrics::clock_ahead(std::int64_t seconds) {
  families_->clock_ahead.Set(static_cast<double>(seconds));
}

void Metrics::committed(std::size_t commands, std::size_t entries, double write_seconds) {
  families_->commands.Increment(static_cast<double>(commands));
  families_->entries.Increment(static_cast<double>(entries));
  families_->batch_commands.Observe(static_cast<double>(commands));
  families_->batch_seconds.Observe(write_seconds);
}

void Metrics::refused(ledger::RefusalCode code) {
  families_->refusals.Add({{"code", std::string(ledger::to_string(code))}}).Increment();
}

void Metrics::failed(ledger::Errc code) {
  families_->failures.Add({{"code", std::string(ledger::to_string(code))}}).Increment();
}

std::string Metrics::text() const {
  // Also while serializing, so that no scrape sees half of what another replaces.
  const std::lock_guard lock(families_->mutex);
  if (families_->sampler) {
    const Sample sample = families_->sampler();
    families_->tree_size.Set(static_cast<double>(sample.tree_size));
    families_->applied_index.Set(static_cast<double>(sample.applied_index));
    families_->parked.Set(sample.parked ? 1 : 0);
    families_->writing.Set(sample.writing ? 1 : 0);
    families_->rules_broken.Set(static_cast<double>(sample.rules_broken));
    families_->erasure_pending.Set(sample.erasure_pending ? 1 : 0);
    families_->disk_free.Set(static_cast<double>(sample.disk_free_bytes));
    families_->backed_up.Set(static_cast<double>(sample.backed_up_at));
    families_->certificate.Set(static_cast<double>(sample.certificate_expires_at));
    families_->clock.Set(static_cast<double>(sample.now));
    families_->show(sample.open_tasks);
  }
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace countersign::api
