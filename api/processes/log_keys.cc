#include "api/processes/log_keys.h"

#include "ledger/base/canonical_json.h"
#include "ledger/ledger.h"
#include "ledger/merkle/log_keys.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Result;
using nlohmann::json;

Result<std::string> log_keys_document(const ledger::Ledger& ledger) {
  json keys = json::array();
  for (const ledger::NoteVerifier& key : ledger.log_keys().all()) keys.push_back(key.vkey());
  json rotations = json::array();
  for (const ledger::LogKeyRotation& one : ledger.log_key_rotations()) {
    // Against the checkpoint that ends with the entry: both keys signed that one.
    CS_TRY(const auto receipts,
           ledger.reader().receipts({one.index, 1, one.index + 1, /*repeated=*/false}));
    const ledger::Receipt& receipt = receipts.front();
    rotations.push_back(
        {{"index", receipt.index}, {"header", receipt.header}, {"proof", receipt.proof}});
  }
  return ledger::canonical_text({{"format", "countersign-log-keys-1"},
                                 {"origin", ledger.reader().origin()},
                                 {"keys", std::move(keys)},
                                 {"rotations", std::move(rotations)}});
}

}  // namespace countersign::api
