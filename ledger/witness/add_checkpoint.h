// The request by which a log asks a witness for its cosignature (c2sp.org/tlog-witness):
//
//   old <size>
//   <base64 hash>        at most 63: the consistency proof from that size to the checkpoint's
//
//   <checkpoint note>
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/ids.h"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

// What a request is taken apart into before anything in it is believed. A witness looks at the
// note's origin and signatures first, and says so, before it minds the lines above.
struct AddCheckpointParts {
  std::string_view head;  // with its final newline
  std::string_view note;
};
//   Errc::malformed   no empty line
Result<AddCheckpointParts> split_add_checkpoint(std::string_view body);

struct AddCheckpointHead {
  TreeSize old_size = 0;
  std::vector<Hash> proof;

  std::string text() const;  // with its final newline
};
// Strict: exactly what text() writes.
//   Errc::malformed
Result<AddCheckpointHead> parse_add_checkpoint_head(std::string_view head);

// The whole request.
std::string add_checkpoint_request(const AddCheckpointHead& head, std::string_view note);

// A tree size alone, without leading zeros, below 2^63; also a witness's answer to a wrong size.
//   Errc::malformed
Result<TreeSize> parse_tree_size(std::string_view text);

}  // namespace countersign::ledger
