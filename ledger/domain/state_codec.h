// The state as bytes, for snapshots: a start does not fold the log from entry 0. A snapshot is a
// cache of evolve(); one that does not decode is ignored and the log folded instead.
#pragma once

#include "ledger/base/result.h"
#include "ledger/domain/state.h"

#include <string>
#include <string_view>

namespace countersign::ledger {

// CBOR with a leading format version.
std::string encode_state(const State& state);
//   Errc::malformed   another format version, or not a state
Result<State> decode_state(std::string_view bytes);

}  // namespace countersign::ledger
