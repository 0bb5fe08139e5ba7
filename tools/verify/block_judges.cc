#include "tools/verify/block_judges.h"

#include <algorithm>
#include <utility>

namespace countersign::tools {

namespace {

std::vector<ExportLine> lines_of(const LineBlock& block, ExportLineReader& reader) {
  std::vector<ExportLine> lines;
  const std::string_view text = block.text();
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    lines.push_back(reader.read(text.substr(start, end - start)));
    start = end + 1;
  }
  return lines;
}

}  // namespace

BlockJudges::BlockJudges(std::string origin, bool with_times, std::size_t threads)
    : origin_(std::move(origin)), with_times_(with_times), threads_max_(threads) {}

BlockJudges::~BlockJudges() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    waiting_.clear();
  }
  more_.notify_all();
  for (std::thread& one : threads_) one.join();
}

std::future<std::vector<ExportLine>> BlockJudges::judge(LineBlock block) {
  Task task([block = std::move(block)](ExportLineReader& reader) {
    return lines_of(block, reader);
  });
  auto judged = task.get_future();
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(task));
  }
  more_.notify_one();
  if (threads_.size() < threads_max_) threads_.emplace_back([this] { work(); });
  return judged;
}

void BlockJudges::work() {
  ExportLineReader reader(origin_, with_times_);
  for (;;) {
    std::unique_lock lock(mutex_);
    more_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    Task task = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    task(reader);
  }
}

}  // namespace countersign::tools
