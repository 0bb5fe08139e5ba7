#include "projections/views.h"

#include "ledger/base/diagnostics.h"
#include "projections/accountability/query.h"
#include "projections/deadlines/query.h"
#include "projections/projector.h"
#include "projections/tables/query.h"
#include "projections/trace/query.h"
#include "projections/view_store.h"

#include <atomic>
#include <thread>

namespace countersign::projections {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

// How long stop() may have to wait for the projector to look up.
constexpr std::chrono::milliseconds kLookUp{50};

}  // namespace

class Views::Core {
 public:
  static Result<std::unique_ptr<Core>> open(const ledger::Reader& reader, ViewsOptions options) {
    auto core = take_up(reader, options);
    if (core || core.error().code == Errc::io) return core;
    ledger::diag::warn("views.rebuilt", {{"why", core.error().detail}});
    CS_CHECK(ViewStore::discard(options.file));
    return take_up(reader, options);
  }

  ~Core() { stop(); }

  void start() {
    thread_ = std::thread([this] { follow(); });
  }

  void stop() {
    const std::lock_guard lock(stop_mutex_);
    stopping_ = true;
    if (!thread_.joinable()) return;
    thread_.join();
    projector_->save();
  }

  Projector& projector() { return *projector_; }
  const StoredTables& tables() const { return tables_; }
  const StoredFacts& accountability() const { return facts_; }
  const StoredDeadlines& deadlines() const { return deadlines_; }
  const StoredTrace& trace() const { return trace_; }

 private:
  Core(const ledger::Reader& reader, ViewsOptions options, std::unique_ptr<ViewStore> store)
      : reader_(reader),
        options_(std::move(options)),
        store_(std::move(store)),
        tables_(*store_),
        facts_(*store_),
        deadlines_(*store_),
        trace_(*store_) {}

  static Result<std::unique_ptr<Core>> take_up(const ledger::Reader& reader,
                                               const ViewsOptions& options) {
    CS_TRY(auto store, ViewStore::open(options.file, Projector::schema(),
                                       std::max<std::size_t>(options.query_connections, 1)));
    CS_TRY(auto projector, Projector::resume(reader, *store));
    std::unique_ptr<Core> core(new Core(reader, options, std::move(store)));
    core->projector_ = std::move(projector);
    return core;
  }

  void follow() {
    while (!stopping_) {
      if (projector_->apply_next(options_.batch_entries_max)) continue;
      if (projector_->parked() || !reader_.wait_for(projector_->applied() + 1, kLookUp)) {
        // wait_for() comes back at once when the ledger stops; parked views wait for stop().
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
    }
  }

  const ledger::Reader& reader_;
  const ViewsOptions options_;
  std::unique_ptr<ViewStore> store_;
  std::unique_ptr<Projector> projector_;
  StoredTables tables_;
  StoredFacts facts_;
  StoredDeadlines deadlines_;
  StoredTrace trace_;
  std::atomic<bool> stopping_{false};
  std::mutex stop_mutex_;
  std::thread thread_;
};

Views::Views(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Views::~Views() = default;

Result<std::unique_ptr<Views>> Views::open(const ledger::Reader& reader, ViewsOptions options) {
  CS_TRY(auto core, Core::open(reader, std::move(options)));
  std::unique_ptr<Views> views(new Views(std::move(core)));
  views->core_->start();
  return views;
}

ledger::TreeSize Views::applied() const { return core_->projector().applied(); }

bool Views::wait_for(ledger::TreeSize at_least, std::chrono::milliseconds timeout) const {
  return core_->projector().wait_for(at_least, timeout);
}

std::optional<Views::Parked> Views::parked() const { return core_->projector().parked(); }

const TableQueries& Views::tables() const { return core_->tables(); }
const AccountabilityQueries& Views::accountability() const { return core_->accountability(); }
const DeadlineQueries& Views::deadlines() const { return core_->deadlines(); }
const TraceQueries& Views::trace() const { return core_->trace(); }

void Views::stop() { core_->stop(); }

}  // namespace countersign::projections
