// One function a file: what every input must satisfy, whatever its bytes. Under clang it is driven
// by libFuzzer; with any compiler replay_main.cc runs it over the kept inputs.
#pragma once

#include "ledger/base/result.h"

#include <string_view>

namespace countersign::fuzz {

// Ends the process (CS_ASSERT) when a parser breaks its promise on this input.
void run(std::string_view input);

}  // namespace countersign::fuzz
