#include "tools/demo/in_parallel.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace countersign::tools {

using ledger::Result;

namespace {

// The service compares and makes two passwords at once.
constexpr std::size_t kThreads = 3;

}  // namespace

Result<void> in_parallel(const std::string& url, const std::string& campaign,
                         const std::shared_ptr<Sessions>& sessions, std::size_t count,
                         const std::function<Result<void>(Stage&, std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::map<std::size_t, ledger::Error> failed;
  const auto run = [&] {
    Stage stage(url, campaign, sessions);
    for (std::size_t i = next++; i < count; i = next++) {
      auto ran = work(stage, i);
      if (ran) continue;
      const std::lock_guard lock(mutex);
      failed.emplace(i, ran.error());
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < std::min(kThreads, count); ++i) threads.emplace_back(run);
  for (std::thread& thread : threads) thread.join();
  if (!failed.empty()) return failed.begin()->second;
  return {};
}

Result<void> issue_credentials(const std::string& url, const ledger::CampaignDefinition& campaign,
                               const std::shared_ptr<Sessions>& sessions,
                               const std::set<std::string>& have) {
  return in_parallel(url, campaign.id.value, sessions, campaign.accounts.size(),
                     [&](Stage& stage, std::size_t i) -> Result<void> {
                       const std::string& account = campaign.accounts[i].id.value;
                       if (account == "admin" || have.contains(account)) return {};
                       return stage.replace_password("admin", account, first_password(account));
                     });
}

}  // namespace countersign::tools
