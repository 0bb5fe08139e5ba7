// Metrics: what the service counts, in the Prometheus text format. Names follow that ecosystem's
// conventions (base units, _total, _seconds). Labels are small closed sets: route names, status
// classes, refusal and error codes, witnesses, and of open tasks campaign, department and table;
// never an account, person, row or path.
//
// Thread safety: all functions may be called from any thread and none blocks on I/O.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/sequencer/sequencer_observer.h"
#include "projections/deadlines/queries.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace countersign::api {

class Metrics final : public ledger::SequencerObserver {
 public:
  Metrics();
  ~Metrics() override;

  // What is read at the moment of a scrape instead of being counted.
  struct Sample {
    ledger::TreeSize tree_size = 0;
    ledger::TreeSize applied_index = 0;
    bool parked = false;
    bool writing = false;
    bool erasure_pending = false;
    std::uint64_t rules_broken = 0;
    std::int64_t disk_free_bytes = 0;
    std::int64_t backed_up_at = 0;            // seconds since 1970; 0: never
    std::int64_t certificate_expires_at = 0;  // seconds since 1970; 0: no TLS is spoken
    std::int64_t now = 0;                     // by the ledger's clock, in seconds since 1970
    // Null: not known, so as before.
    std::shared_ptr<const projections::OpenTasks> open_tasks = {};
  };
  // Set before the first text(); called by it. An empty function takes it back.
  void sample_with(std::function<Sample()> sampler);

  void request_started();
  // `route` is an endpoint's name, or "none".
  void request_finished(std::string_view route, int status, double seconds);
  void connection_opened();
  void connection_closed();
  void connection_refused();
  // A prepared command went stale and was prepared again.
  void write_retried();
  void alerts_sent(std::size_t count);
  void alerts_lost(std::size_t count);
  void alert_attempt_failed();
  // Of one witness, by its name: what became of a submission.
  void witness_cosigned(const std::string& witness, std::int64_t at_seconds);
  void witness_failed(const std::string& witness);
  // It refuses because this log is not the one it saw; false: it does so no longer.
  void witness_conflict(const std::string& witness, bool conflict);
  // Of the time-stamping authority: a token was kept, or none came; since when one is wanted (0:
  // none is); by how much the machine's clock is ahead of it.
  void timestamp_made(std::int64_t at_seconds);
  void timestamp_failed();
  void timestamp_owed_since(std::int64_t at_seconds);
  void clock_ahead(std::int64_t seconds);

  void committed(std::size_t commands, std::size_t entries, double write_seconds) override;
  void refused(ledger::RefusalCode code) override;
  void failed(ledger::Errc code) override;

  // Text exposition format 0.0.4.
  std::string text() const;

 private:
  class Families;
  std::unique_ptr<Families> families_;
};

}  // namespace countersign::api
