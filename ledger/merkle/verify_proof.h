// Verification of proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2): the auditor's half. Needs no
// tree, storage or key.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/ids.h"

#include <span>

namespace countersign::ledger {

//   Errc::unauthorized   the path does not lead from the leaf to the root
Result<void> verify_inclusion(const Hash& leaf, LeafIndex index, TreeSize size,
                              std::span<const Hash> path, const Hash& root);

// Equal sizes need an empty path and equal roots. From size 0 nothing can be proved, so it is
// refused: whoever accepts it must do so knowingly.
//   Errc::unauthorized
Result<void> verify_consistency(TreeSize from, TreeSize to, std::span<const Hash> path,
                                const Hash& from_root, const Hash& to_root);

}  // namespace countersign::ledger
