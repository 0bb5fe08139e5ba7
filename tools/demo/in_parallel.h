// What takes scrypt or waits for the disk runs on a few threads, a stage each.
#pragma once

#include "ledger/base/result.h"
#include "ledger/domain/campaign.h"
#include "tools/demo/stage.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>

namespace countersign::tools {

// Runs `work` for every number below `count`; the first of the errors, by number.
ledger::Result<void> in_parallel(
    const std::string& url, const std::string& campaign, const std::shared_ptr<Sessions>& sessions,
    std::size_t count, const std::function<ledger::Result<void>(Stage&, std::size_t)>& work);

// For every account of the definition but the founder's and those that `have` one.
ledger::Result<void> issue_credentials(const std::string& url,
                                       const ledger::CampaignDefinition& campaign,
                                       const std::shared_ptr<Sessions>& sessions,
                                       const std::set<std::string>& have);

}  // namespace countersign::tools
