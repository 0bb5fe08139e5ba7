// The state as bytes, for snapshots: a start does not fold the log from entry 0. A snapshot is a
// cache of evolve(); one that does not decode is ignored and the log folded instead.
//
// A leading format version, then parts, each a length (u32) and CBOR: the ledger as a whole, and
// one campaign after another. A campaign's definition, most of its bytes, is not in it but named by
// the entry that recorded it; only the erasure of a person's name changes one, there as well.
#pragma once

#include "ledger/base/result.h"
#include "ledger/domain/state.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

// Encodes one state time and again while it grows. Keeps the bytes of campaigns, so that those
// that have not changed since the last time, which after years are nearly all, cost nothing.
class StateEncoder {
 public:
  // REQUIRES: the state follows from the one of the last call, if there was one, by evolve().
  std::string encode(const State& state);

 private:
  struct Kept {
    LeafIndex changed_by = 0;
    std::string bytes;
  };
  std::map<CampaignId, Kept> campaigns_;
};
std::string encode_state(const State& state);

using Definition = std::shared_ptr<const CampaignDefinition>;
// The definitions that entries recorded, in the order asked for.
using DefinitionsOf = std::function<Result<std::vector<Definition>>(const std::vector<LeafIndex>&)>;

//   Errc::malformed   another format version, or not a state
//   as `definitions_of`
Result<State> decode_state(std::string_view bytes, const DefinitionsOf& definitions_of);

}  // namespace countersign::ledger
