#include "projections/views.h"

#include "ledger/base/diagnostics.h"
#include "ledger/base/this_thread.h"
#include "projections/accountability/query.h"
#include "projections/background_threads.h"
#include "projections/bulletins/query.h"
#include "projections/cases/query.h"
#include "projections/carry_forward/query.h"
#include "projections/deadlines/query.h"
#include "projections/evidence/query.h"
#include "projections/generation.h"
#include "projections/indicators/query.h"
#include "projections/proceedings/query.h"
#include "projections/rules/query.h"
#include "projections/records/query.h"
#include "projections/reminders/query.h"
#include "projections/statistics/query.h"
#include "projections/subjects/query.h"
#include "projections/tables/query.h"
#include "projections/trace/query.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

// How long stop() may have to wait for the projector to look up.
constexpr std::chrono::milliseconds kLookUp{50};
// After so few entries what comes next is gathered for a moment: a transaction for every group
// commit takes more time from a machine of few processors than the entries themselves. Where many
// write, what they write is gathered longer; who waits for an entry ends it. What took as long to
// apply, such as a sheet, has let enough gather.
constexpr ledger::TreeSize kFewEntries = 1024;
constexpr std::chrono::milliseconds kGathering{5};
constexpr ledger::TreeSize kManyEntries = 24;
constexpr std::chrono::milliseconds kGatheringMany{30};
// How far the views may fall behind before they are as urgent as all else, and how often that is
// looked at.
constexpr std::chrono::milliseconds kBehindMax{250};
constexpr std::chrono::milliseconds kPaceLook{50};
constexpr ledger::TreeSize kManyCome = 100;  // entries between two looks: two thousand a second

}  // namespace

class Views::Core {
 public:
  static Result<std::unique_ptr<Core>> open(const ledger::Reader& reader, ViewsOptions options) {
    auto background = std::make_shared<BackgroundThreads>();
    CS_TRY(Generations found, open_generations(reader, options, background));
    std::unique_ptr<Core> core(
        new Core(reader, std::move(options), std::move(background), std::move(found.live)));
    if (found.unfinished != nullptr) core->build(std::move(found.unfinished));
    return core;
  }

  ~Core() { stop(); }

  void start() {
    thread_ = std::thread([this] {
      ledger::name_this_thread("views");
      const BackgroundThreads::Member member(*background_);
      follow();
    });
    pace_thread_ = std::thread([this] {
      ledger::name_this_thread("views-pace");
      keep_pace();
    });
  }

  void stop() {
    const std::lock_guard lock(stop_mutex_);
    stopping_ = true;
    if (builder_.joinable()) builder_.join();
    if (!thread_.joinable()) return;
    {
      const std::lock_guard pace_lock(pace_mutex_);
      pace_changed_.notify_all();
    }
    pace_thread_.join();
    thread_.join();
    generation()->projector->save();
  }

  // The one that answers.
  std::shared_ptr<Generation> generation() const {
    const std::lock_guard lock(mutex_);
    return generation_;
  }

  Result<void> rebuild() {
    const std::lock_guard stop_lock(stop_mutex_);
    if (stopping_) return Error{Errc::unavailable, "the views are stopping"};
    if (rebuilding().running) return Error{Errc::conflict, "the views are being built already"};
    // The last one that was given up has closed its files.
    if (builder_.joinable()) builder_.join();
    CS_TRY(auto next, Generation::begin(reader_, options_, background_, generation()->number + 1));
    build(std::move(next));
    return {};
  }

  bool wait_for(ledger::TreeSize at_least, std::chrono::milliseconds timeout) {
    if (generation()->projector->applied() >= at_least) return true;
    const BackgroundThreads::Urgency urgency(*background_);
    return wait_until(at_least, std::chrono::steady_clock::now() + timeout);
  }

  Rebuild rebuilding() const {
    const std::lock_guard lock(mutex_);
    Rebuild now;
    now.running = building_ != nullptr;
    if (building_ != nullptr) now.applied = building_->projector->applied();
    now.last_failure = last_failure_;
    return now;
  }

  const StoredTables& tables() const { return tables_; }
  const StoredFacts& accountability() const { return facts_; }
  const StoredBulletins& bulletins() const { return bulletins_; }
  const StoredCases& cases() const { return cases_; }
  const StoredDeadlines& deadlines() const { return deadlines_; }
  const StoredEvidence& evidence() const { return evidence_; }
  const StoredIndicators& indicators() const { return indicators_; }
  const StoredProceedings& proceedings() const { return proceedings_; }
  const StoredRules& rules() const { return rules_; }
  const StoredRecords& records() const { return records_; }
  const StoredReminders& reminders() const { return reminders_; }
  const StoredTrace& trace() const { return trace_; }
  const StoredCarryForward& carry_forward() const { return carry_forward_; }
  const StoredSubjects& subjects() const { return subjects_; }
  const StoredStatistics& statistics() const { return statistics_; }

 private:
  Core(const ledger::Reader& reader, ViewsOptions options,
       std::shared_ptr<BackgroundThreads> background, std::shared_ptr<Generation> live)
      : reader_(reader),
        options_(std::move(options)),
        background_(std::move(background)),
        generation_(std::move(live)),
        store_(generation_->store),
        tables_(store_),
        facts_(store_),
        bulletins_(store_),
        cases_(store_),
        deadlines_(store_),
        evidence_(store_),
        indicators_(store_),
        proceedings_(store_),
        rules_(store_),
        records_(store_),
        reminders_(store_),
        trace_(store_),
        carry_forward_(store_),
        subjects_(store_),
        statistics_(store_) {}

  void follow() {
    while (!stopping_) {
      const auto live = generation();
      ledger::TreeSize applied = 0;  // entries, just now
      const auto begin = std::chrono::steady_clock::now();
      {
        const std::lock_guard lock(apply_mutex_);
        const ledger::TreeSize before = live->projector->applied();
        if (live == generation() && live->projector->apply_next(options_.batch_entries_max)) {
          applied = live->projector->applied() - before;
        }
      }
      if (applied > 0) {
        const auto took = std::chrono::steady_clock::now() - begin;
        if (applied < kFewEntries && took < kGatheringMany) {
          live->projector->gather(applied < kManyEntries ? kGathering : kGatheringMany);
        }
        continue;
      }
      if (live->projector->parked() ||
          !reader_.wait_for_foreseen(live->projector->applied() + 1, kLookUp)) {
        // wait_for() comes back at once when the ledger stops; parked views wait for stop().
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    }
  }

  bool wait_until(ledger::TreeSize at_least, std::chrono::steady_clock::time_point end) const {
    while (true) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      const auto asked = generation();
      if (asked->projector->wait_for(at_least, std::max(left, std::chrono::milliseconds(0)))) {
        return true;
      }
      // Views that were replaced wake their waiters, who ask the ones that took their place.
      if (asked == generation()) return false;
    }
  }

  // The views take the processor time that others leave while many entries come, nobody waits for
  // them (Urgency), they are no more than a moment behind, and none are built anew. Where few come,
  // as when somebody looks at what he has just done, they are as urgent as all else.
  void keep_pace() {
    ledger::TreeSize mark = 0;  // what has to be applied in time
    ledger::TreeSize seen = reader_.size();
    auto since = std::chrono::steady_clock::now();
    std::unique_lock lock(pace_mutex_);
    while (!pace_changed_.wait_for(lock, kPaceLook, [this] { return stopping_.load(); })) {
      const auto now = std::chrono::steady_clock::now();
      const ledger::TreeSize size = reader_.size();
      const bool few = size - std::exchange(seen, size) < kManyCome;
      if (generation()->projector->applied() >= mark) {
        mark = size;
        since = now;
      }
      if (few || now - since > kBehindMax || rebuilding().running) {
        background_->hurry();
      } else {
        background_->relax();
      }
    }
    background_->hurry();
  }

  // REQUIRES: none is being built, and builder_ is joined.
  void build(std::shared_ptr<Generation> next) {
    ledger::diag::info("views.rebuild_begun",
                       {{"applied", std::to_string(next->projector->applied())}});
    {
      const std::lock_guard lock(mutex_);
      building_ = next;
      last_failure_.reset();
    }
    builder_ = std::thread([this, next = std::move(next)] {
      ledger::name_this_thread("views-anew");
      catch_up(*next);
    });
  }

  void catch_up(Generation& next) {
    while (!stopping_) {
      if (next.projector->apply_next(options_.batch_entries_max)) continue;
      if (const auto parked = next.projector->parked()) return give_up(next, parked->why);
      if (put_in_place(next)) return;
    }
    next.projector->save();
  }

  // False: entries came meanwhile.
  bool put_in_place(Generation& next) {
    // Keeps the live views from moving on; the rest is soon applied.
    const std::lock_guard lock(apply_mutex_);
    const auto before = generation();
    if (next.projector->applied() < before->projector->applied()) return false;
    if (const auto marked = next.mark_whole(); !marked) {
      give_up(next, marked.error().detail);
      return true;
    }
    {
      const std::lock_guard state_lock(mutex_);
      generation_ = building_;
      store_.replace(generation_->store);
    }
    before->projector->retire();
    // Readings that are under way keep what they opened; the names may go.
    static_cast<void>(ViewStore::discard(before->file));
    {
      const std::lock_guard state_lock(mutex_);
      building_.reset();
    }
    ledger::diag::info("views.rebuild_done",
                       {{"applied", std::to_string(next.projector->applied())}});
    return true;
  }

  void give_up(Generation& next, const std::string& why) {
    ledger::diag::error("views.rebuild_failed", {{"why", why}});
    static_cast<void>(ViewStore::discard(next.file));
    const std::lock_guard lock(mutex_);
    last_failure_ = why;
    building_.reset();
  }

  const ledger::Reader& reader_;
  const ViewsOptions options_;
  const std::shared_ptr<BackgroundThreads> background_;
  mutable std::mutex mutex_;  // guards generation_, building_, last_failure_
  std::shared_ptr<Generation> generation_;
  std::shared_ptr<Generation> building_;
  std::optional<std::string> last_failure_;
  LiveStore store_;
  StoredTables tables_;
  StoredFacts facts_;
  StoredBulletins bulletins_;
  StoredCases cases_;
  StoredDeadlines deadlines_;
  StoredEvidence evidence_;
  StoredIndicators indicators_;
  StoredProceedings proceedings_;
  StoredRules rules_;
  StoredRecords records_;
  StoredReminders reminders_;
  StoredTrace trace_;
  StoredCarryForward carry_forward_;
  StoredSubjects subjects_;
  StoredStatistics statistics_;
  std::mutex apply_mutex_;  // held while the live views take entries, or are replaced
  std::atomic<bool> stopping_{false};
  std::mutex stop_mutex_;
  std::thread thread_;
  std::thread builder_;  // guarded by stop_mutex_ once the views are open
  std::mutex pace_mutex_;
  std::condition_variable pace_changed_;
  std::thread pace_thread_;
};

Views::Views(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Views::~Views() = default;

Result<std::unique_ptr<Views>> Views::open(const ledger::Reader& reader, ViewsOptions options) {
  CS_TRY(auto core, Core::open(reader, std::move(options)));
  std::unique_ptr<Views> views(new Views(std::move(core)));
  views->core_->start();
  return views;
}

ledger::TreeSize Views::applied() const { return core_->generation()->projector->applied(); }

bool Views::wait_for(ledger::TreeSize at_least, std::chrono::milliseconds timeout) const {
  return core_->wait_for(at_least, timeout);
}

std::optional<Views::Parked> Views::parked() const {
  return core_->generation()->projector->parked();
}

const TableQueries& Views::tables() const { return core_->tables(); }
const AccountabilityQueries& Views::accountability() const { return core_->accountability(); }
const BulletinQueries& Views::bulletins() const { return core_->bulletins(); }
const CaseQueries& Views::cases() const { return core_->cases(); }
const DeadlineQueries& Views::deadlines() const { return core_->deadlines(); }
const EvidenceQueries& Views::evidence() const { return core_->evidence(); }
const IndicatorQueries& Views::indicators() const { return core_->indicators(); }
const ProceedingQueries& Views::proceedings() const { return core_->proceedings(); }
const RuleQueries& Views::rules() const { return core_->rules(); }
const RecordQueries& Views::records() const { return core_->records(); }
const ReminderQueries& Views::reminders() const { return core_->reminders(); }
const TraceQueries& Views::trace() const { return core_->trace(); }
const CarryForwardQueries& Views::carry_forward() const { return core_->carry_forward(); }
const SubjectQueries& Views::subjects() const { return core_->subjects(); }
const StatisticsQueries& Views::statistics() const { return core_->statistics(); }

Result<void> Views::rebuild() { return core_->rebuild(); }
Views::Rebuild Views::rebuilding() const { return core_->rebuilding(); }

void Views::stop() { core_->stop(); }

}  // namespace countersign::projections
