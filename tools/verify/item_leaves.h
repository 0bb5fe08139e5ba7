// Items of an entry as exports and packs show them: [{"salt":b64,"item":text} | {"leaf":hex}, …].
#pragma once

#include "ledger/base/bytes.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

struct ItemLeaves {
  std::vector<ledger::Hash> leaves;
  std::uint64_t withheld = 0;  // shown as leaves only
};

// The leaves, or what does not hold: an item that does not read, or that `commitment`, the header's
// "payload", does not commit to. Throws json::exception where a member is missing.
std::variant<ItemLeaves, std::string> item_leaves(const nlohmann::json& list,
                                                  const nlohmann::json& commitment);

}  // namespace countersign::tools
