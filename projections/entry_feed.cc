#include "projections/entry_feed.h"

#include "ledger/base/this_thread.h"

#include <algorithm>
#include <utility>

namespace countersign::projections {

using ledger::LeafIndex;
using ledger::Result;
using ledger::StoredEvent;

namespace {

// A run ends with the entry that reaches one of these.
constexpr std::size_t kRunEntries = 512;
constexpr std::size_t kRunBytes = 1 << 20;
// Fewer light entries than these are read faster than they are handed from thread to thread.
constexpr std::size_t kWorthAThread = 64;

}  // namespace

EntryFeed::~EntryFeed() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

EntryFeed::Run EntryFeed::read(LeafIndex first) const {
  Run run;
  run.first = first;
  std::size_t bytes = 0;
  const auto visit = [&](StoredEvent&& event) {
    bytes += event.header.size() + event.payload->size();
    run.events.push_back(std::move(event));
    return bytes < kRunBytes;
  };
  const LeafIndex end = first + kRunEntries;
  Result<void> read;
  if (auto announced = reader_.announced(); announced && first >= announced->first()) {
    // The writer waits for who is in the middle of an announced entry.
    const BackgroundThreads::Urgency urgency(*background_);
    read = ledger::Reader::each_event(*announced, first, end, visit);
    if (!read || !run.events.empty()) run.announced = std::move(announced);
  }
  // Also what was settled in between.
  if (read && run.events.empty()) read = reader_.each_event(first, end, visit);
  run.heavy = bytes >= kRunBytes;
  if (!read) run.failure = read.error();
  return run;
}

void EntryFeed::seek(LeafIndex index) {
  runs_.clear();
  unsettled_.clear();
  next_ = index;
}

void EntryFeed::note(const Run& run) {
  if (run.announced && (unsettled_.empty() || unsettled_.back() != run.announced)) {
    unsettled_.push_back(run.announced);
  }
}

bool EntryFeed::all_written() {
  const bool written =
      std::ranges::all_of(unsettled_, [](const auto& announced) { return announced->wait(); });
  if (written) unsettled_.clear();
  return written;
}

Result<const StoredEvent*> EntryFeed::take() {
  while (runs_.empty() || next_ == runs_.front().end()) {
    if (!runs_.empty() && runs_.front().failure) {
      note(runs_.front());
      return *runs_.front().failure;
    }
    if (!runs_.empty()) {
      used_ = std::move(runs_.front());
      runs_.pop_front();
    }
    if (runs_.empty() && !fetch()) return nullptr;
  }
  Run& run = runs_.front();
  note(run);
  return &run.events[next_++ - run.first];
}

Result<const StoredEvent*> EntryFeed::peek() {
  if (runs_.empty() || next_ == runs_.back().end()) {
    if (!runs_.empty() && runs_.back().failure) return *runs_.back().failure;
    if (!fetch()) return nullptr;
  }
  // What was taken last lives on in the run before.
  const Run& run = next_ < runs_.back().first ? runs_.front() : runs_.back();
  if (next_ == run.end()) return *run.failure;
  return &run.events[next_ - run.first];
}

bool EntryFeed::fetch() {
  const LeafIndex first = runs_.empty() ? next_ : runs_.back().end();
  if (first >= reader_.foreseen()) return false;
  auto ahead = fetch_ahead(first);
  if (ahead && ahead->announced && ahead->announced->withdrawn()) ahead.reset();
  Run run = ahead ? std::move(*ahead) : read(first);
  if (run.events.empty() && !run.failure) return false;
  // After a heavy run the rest of a sheet follows, few entries though they may be.
  const ledger::TreeSize worth = run.heavy ? 1 : kWorthAThread;
  if (!run.failure && run.end() + worth <= reader_.foreseen()) read_ahead(run.end());
  runs_.push_back(std::move(run));
  return true;
}

std::optional<EntryFeed::Run> EntryFeed::fetch_ahead(LeafIndex first) {
  std::unique_lock lock(mutex_);
  if (asked_ == first) changed_.wait(lock, [this] { return ahead_.has_value(); });
  auto run = asked_ == first ? std::move(ahead_) : std::nullopt;
  asked_.reset();
  ahead_.reset();
  return run;
}

void EntryFeed::read_ahead(LeafIndex first) {
  {
    const std::lock_guard lock(mutex_);
    asked_ = first;
    done_ = std::move(used_);
  }
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  changed_.notify_all();
}

void EntryFeed::work() {
  ledger::name_this_thread("views-ahead");
  const BackgroundThreads::Member member(*background_);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || (asked_ && !ahead_); });
    if (stopping_) return;
    const LeafIndex first = *asked_;
    Run done = std::move(done_);
    lock.unlock();
    done = {};
    Run run = read(first);
    lock.lock();
    // Somebody may have turned to another place meanwhile.
    if (asked_ == first) ahead_ = std::move(run);
    changed_.notify_all();
  }
}

}  // namespace countersign::projections
