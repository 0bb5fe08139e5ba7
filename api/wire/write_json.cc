#include "api/wire/write_json.h"

#include "ledger/base/canonical_json.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::ordered_json;

std::string committed_json(const ledger::CommandId& command, const ledger::Committed& committed,
                           const std::vector<ledger::Receipt>& receipts,
                           const std::optional<ledger::SheetImported>& import) {
  // Every write is answered with this, so it is written straight away, without a tree of values.
  constexpr std::size_t kOwnBytes = 512;
  constexpr std::size_t kReceiptBytes = 64;  // besides header and proof
  std::size_t expected = kOwnBytes;
  for (const ledger::Receipt& receipt : receipts) {
    // A quarter more for what is escaped in a header, and less in a proof.
    expected += kReceiptBytes + (receipt.header.size() + receipt.proof.size()) * 5 / 4;
  }
  std::string body;
  body.reserve(expected);
  body += R"({"command":)";
  ledger::append_canonical_string(body, command.value);
  body.append(R"(,"first_index":)").append(std::to_string(committed.first));
  body.append(R"(,"count":)").append(std::to_string(committed.count));
  body.append(R"(,"tree_size":)").append(std::to_string(committed.tree_size));
  body += committed.repeated ? R"(,"repeated":true)" : R"(,"repeated":false)";
  if (import) {
    body += R"(,"import":)" + ordered_json{{"rows", import->summary.rows},
                                           {"identical", import->summary.identical},
                                           {"added", import->counts.added},
                                           {"changed", import->counts.changed},
                                           {"removed", import->counts.removed}}
                                  .dump();
  }
  body += R"(,"receipts":[)";
  for (const ledger::Receipt& receipt : receipts) {
    if (&receipt != &receipts.front()) body += ',';
    body.append(R"({"index":)").append(std::to_string(receipt.index)).append(R"(,"header":)");
    ledger::append_canonical_string(body, receipt.header);
    body += R"(,"proof":)";
    ledger::append_canonical_string(body, receipt.proof);
    body += '}';
  }
  body += "]}";
  return body;
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
