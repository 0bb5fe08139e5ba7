// The keys of a log, as the entries that replaced them tell (ledger/merkle/log_keys.h), for who
// reads all of its entries in order.
#pragma once

#include "ledger/base/result.h"
#include "ledger/merkle/log_keys.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::tools {

// Thread safety: one thread.
class LogKeyChain {
 public:
  explicit LogKeyChain(std::string origin) : origin_(std::move(origin)) {}

  // The next `log_key.rotated`, by its header. What does not hold; none: both keys signed that one
  // takes over here from the other, which was the newest before.
  std::optional<std::string> take(ledger::LeafIndex index, std::string_view header);
  // All keys up to here. `known` is one of them, and without a rotation the only one.
  //   Errc::unauthorized   it is not
  ledger::Result<ledger::LogKeys> keys(const ledger::NoteVerifier& known) const;

 private:
  const std::string origin_;
  std::optional<ledger::LogKeys> found_;
};

}  // namespace countersign::tools
