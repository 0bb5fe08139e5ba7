// The story a leader understands: who is late raw and net, who was returned and why, which
// signatures still stand; each line with the entries that prove it. Everything is read from the
// service; nothing here knows the script.
#pragma once

#include "ledger/base/result.h"

#include <string>

namespace countersign::tools {

// Reads as the account "centre.1" of a demonstration service.
ledger::Result<std::string> tell_story(const std::string& url, const std::string& campaign);

}  // namespace countersign::tools
