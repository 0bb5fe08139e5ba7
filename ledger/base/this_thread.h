// The thread that calls.
#pragma once

namespace countersign::ledger {

// What top -H and debuggers show of it. REQUIRES: at most 15 characters.
void name_this_thread(const char* name);

// Asks for a processor before others of this machine, as far as the process may ask for it
// (RLIMIT_NICE, or CAP_SYS_NICE); otherwise nothing changes. For a thread that all others wait for.
void favour_this_thread();

}  // namespace countersign::ledger
