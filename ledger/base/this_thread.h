// The thread that calls.
#pragma once

namespace countersign::ledger {

// What top -H and debuggers show of it. REQUIRES: at most 15 characters.
void name_this_thread(const char* name);

}  // namespace countersign::ledger
