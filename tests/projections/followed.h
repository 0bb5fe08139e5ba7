// Views over a test ledger that have applied everything.
#pragma once

#include "projections/accountability/queries.h"
#include "projections/cases/queries.h"
#include "projections/carry_forward/queries.h"
#include "projections/deadlines/queries.h"
#include "projections/records/queries.h"
#include "projections/reminders/queries.h"
#include "projections/statistics/queries.h"
#include "projections/subjects/queries.h"
#include "projections/tables/queries.h"
#include "projections/trace/queries.h"
#include "projections/views.h"
#include "tests/projections/test_ledger.h"

#include <gtest/gtest.h>

namespace countersign::projections {

class Followed {
 public:
  explicit Followed(const TestLedger& ledger) {
    auto opened = Views::open(ledger.reader(), {.file = directory_.file()});
    if (!opened) throw std::runtime_error(opened.error().detail);
    views_ = std::move(*opened);
    EXPECT_TRUE(views_->wait_for(ledger.size(), std::chrono::seconds(20)))
        << (views_->parked() ? views_->parked()->why : "timeout");
  }
  const TableQueries& tables() const { return views_->tables(); }
  const DeadlineQueries& deadlines() const { return views_->deadlines(); }
  const TraceQueries& trace() const { return views_->trace(); }
  const RecordQueries& records() const { return views_->records(); }
  const ReminderQueries& reminders() const { return views_->reminders(); }
  TaskDeadline task(const std::string& table, ledger::Timestamp now) const {
    auto found = views_->deadlines().task("2020", table, now);
    if (!found) throw std::runtime_error(found.error().detail);
    return std::move(*found);
  }
  std::vector<AccountabilityFact> facts(const std::string& kind) const {
    FactFilter filter;
    filter.kind = kind;
    auto found = views_->accountability().facts(filter, {});
    if (!found) throw std::runtime_error(found.error().detail);
    return std::move(found->rows);
  }
  AccountabilityFact fact(const std::string& id) const {
    auto found = views_->accountability().fact(id);
    if (!found) throw std::runtime_error(found.error().detail);
    return std::move(*found);
  }
  std::vector<CaseRecord> cases() const {
    auto found = views_->cases().cases("2020");
    if (!found) throw std::runtime_error(found.error().detail);
    return std::move(*found);
  }
  const CarryForwardQueries& carry_forward() const { return views_->carry_forward(); }
  const SubjectQueries& subjects() const { return views_->subjects(); }
  const StatisticsQueries& statistics() const { return views_->statistics(); }
  Views& views() { return *views_; }

 private:
  ViewsDirectory directory_;
  std::unique_ptr<Views> views_;
};

}  // namespace countersign::projections
