#include "api/wire/write_json.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::ordered_json;

std::string committed_json(const ledger::CommandId& command, const ledger::Committed& committed,
                           const std::vector<ledger::Receipt>& receipts,
                           const std::optional<ledger::SheetImported>& import) {
  ordered_json body{{"command", command.value},
                    {"first_index", committed.first},
                    {"count", committed.count},
                    {"tree_size", committed.tree_size},
                    {"repeated", committed.repeated}};
  if (import) {
    body["import"] = {{"rows", import->summary.rows},
                      {"identical", import->summary.identical},
                      {"added", import->counts.added},
                      {"changed", import->counts.changed},
                      {"removed", import->counts.removed}};
  }
  ordered_json list = ordered_json::array();
  for (const ledger::Receipt& receipt : receipts) {
    list.push_back(
        {{"index", receipt.index}, {"header", receipt.header}, {"proof", receipt.proof}});
  }
  body["receipts"] = std::move(list);
  return body.dump();
}

std::string unchanged_json(std::uint64_t rows, bool import) {
  ordered_json body{{"unchanged", true}, {"rows", rows}};
  if (import) {
    body["import"] = {
        {"rows", rows}, {"identical", rows}, {"added", 0}, {"changed", 0}, {"removed", 0}};
  }
  return body.dump();
}

}  // namespace countersign::api
