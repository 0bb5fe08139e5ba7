// Stored values: what stands between an engine's values and the disk. With a payload vault they
// are sealed, each bound to its place; without one they are stored as they are. What was stored
// before there was a vault stays readable.
//
// Thread safety: immutable.
#pragma once

#include "ledger/content/payload_vault.h"
#include "ledger/log/event_log.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace countersign::ledger {

class StoredValues {
 public:
  // `vault` may be null.
  explicit StoredValues(std::shared_ptr<const PayloadVault> vault);

  // Before the index is known; payload() and row_head() also take what these give.
  std::string prepare_payload(std::string record) const;
  void prepare_heads(std::span<StoredRowHead> heads) const;
  // The record that prepare_payload() was given. Errors as the open functions.
  Result<std::string> open_prepared(std::string_view prepared) const;

  std::string payload(LeafIndex index, std::string_view record) const;
  // Whether the wrapped key of a stored payload stands elsewhere, as earlier versions had it.
  static bool wants_key(std::string_view value);
  // The payload record. `key`: the wrapped key that stands elsewhere, if there is one. All open
  // functions:
  //   Errc::corrupt   altered, of another place or vault, sealed and there is no vault, or the
  //                   wrapped key of a sealed payload is missing
  Result<std::string> open_payload(LeafIndex index, std::string_view value,
                                   const std::optional<std::string>& key = std::nullopt) const;

  // `place`: the key it is stored under.
  std::string row_head(std::string_view place, const RowHead& head) const;
  Result<RowHead> open_row_head(std::string_view place, std::string_view value) const;
  // Whether the row is removed, without opening what it says where that can be.
  Result<bool> is_removed(std::string_view place, std::string_view value) const;

  std::string snapshot(const StateSnapshot& snapshot) const;
  Result<StateSnapshot> open_snapshot(std::string_view value) const;

 private:
  Result<std::string> open(const std::string& place, std::string_view value) const;

  const std::shared_ptr<const PayloadVault> vault_;
};

}  // namespace countersign::ledger
