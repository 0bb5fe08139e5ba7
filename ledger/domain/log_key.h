// The log's signing key replaced by another. What both keys signed, and which checkpoints are whose,
// is described in ledger/merkle/log_keys.h; here it is the administrator's act that goes on record.
#pragma once

#include "ledger/domain/references.h"

#include <string>

namespace countersign::ledger {

// The keys as verifier keys. The note is checked before the command is proposed.
struct RotateLogKey {
  std::string retires;
  std::string verifier_key;
  TreeSize after = 0;  // entries in the log before it, as the note says
  std::string note;
  std::string reason;
};
struct LogKeyRotated {
  std::string retires;
  std::string verifier_key;
  std::string note;    // in the header, so that whoever may see no items can follow the keys
  std::string reason;  // payload
};

// As the state remembers it, oldest first.
struct LogKeyRotation {
  LeafIndex index = 0;
  std::string retires;
  std::string verifier_key;

  bool operator==(const LogKeyRotation&) const = default;
};

}  // namespace countersign::ledger
