// Plays the demonstration campaign against a running service with a simulated clock.
#pragma once

#include "ledger/base/result.h"
#include "ledger/base/time.h"

#include <functional>
#include <string>

namespace countersign::tools {

// The campaign definition that is compiled in (campaign-2020.json).
std::string_view demo_campaign_json();
// When the ledger begins: in the autumn before, with last year's campaign.
std::string_view demo_start();

// "2020-11-30T10:00:00+08:00": ten weeks later, when the data are accepted.
std::string_view demo_end();

// Plays last year's campaign in short, defines this year's, issues every account its credential,
// and runs the script up to `until`,
// where the clock stands then. REQUIRES: the ledger's founder is the account "admin" with
// demo_password("admin").
//   any error of an act that did not go as the script says
ledger::Result<void> play_demo(const std::string& url, ledger::Timestamp until,
                               const std::function<void(std::size_t done, std::size_t total,
                                                        const std::string& title)>& progress);

// The accounts worth trying, for people: what each is and its password.
std::string demo_accounts_text();

}  // namespace countersign::tools
