#include "tools/verify/item_leaves.h"

#include "ledger/content/payload.h"
#include "ledger/merkle/tree_hash.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using nlohmann::json;

std::variant<ItemLeaves, std::string> item_leaves(const json& list, const json& commitment) {
  ItemLeaves found;
  std::size_t position = 0;
  for (const json& item : list) {
    const std::string place = "item " + std::to_string(position++);
    if (item.contains("leaf")) {
      const auto leaf = ledger::hash_from_hex(item.at("leaf").get<std::string>());
      if (!leaf) return place + " has a leaf that does not read";
      found.leaves.push_back(*leaf);
      ++found.withheld;
      continue;
    }
    const auto salt = ledger::from_base64(item.at("salt").get<std::string>());
    ledger::Salt bytes{};
    if (!salt || salt->size() != bytes.size()) return place + " has a salt that does not read";
    std::copy(salt->begin(), salt->end(), bytes.begin());
    found.leaves.push_back(ledger::item_leaf(bytes, item.at("item").get<std::string>()));
  }
  if (commitment.at("count") != found.leaves.size()) {
    return "it shows another number of items than its header commits to";
  }
  if (commitment.at("root") != ledger::to_hex(ledger::tree_root(found.leaves))) {
    return "an item or a salt differs from what its header commits to";
  }
  return found;
}

}  // namespace countersign::tools
