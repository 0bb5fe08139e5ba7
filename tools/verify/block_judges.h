// Threads that judge blocks of an export's lines. They live as long as this: a thread for each
// block would have ended before the scheduler had found a core for it, and one core would do all
// the work.
#pragma once

#include "tools/verify/export_line.h"
#include "tools/verify/line_blocks.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace countersign::tools {

// Thread safety: one thread.
class BlockJudges {
 public:
  // `origin` and `with_times` as for ExportLineReader. At most `threads` of them, each started when
  // there is a block for it.
  BlockJudges(std::string origin, bool with_times, std::size_t threads);
  // What was not begun is not judged: its future holds std::future_error.
  ~BlockJudges();
  BlockJudges(const BlockJudges&) = delete;
  BlockJudges& operator=(const BlockJudges&) = delete;

  // What there is to say of each line of `block`, whose bytes go on for ExportLineReader::kPadding.
  std::future<std::vector<ExportLine>> judge(LineBlock block);

 private:
  using Task = std::packaged_task<std::vector<ExportLine>(ExportLineReader&)>;
  void work();

  const std::string origin_;
  const bool with_times_;
  const std::size_t threads_max_;
  std::mutex mutex_;  // guards the next two
  std::deque<Task> waiting_;
  bool stopping_ = false;
  std::condition_variable more_;
  std::vector<std::thread> threads_;
};

}  // namespace countersign::tools
