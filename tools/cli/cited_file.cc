#include "tools/cli/cited_file.h"

#include "ledger/crypto/sha256.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

Result<ledger::Hash> hash_of_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) return Error{Errc::not_found, "cannot read " + name};
  std::stringstream bytes;
  bytes << file.rdbuf();
  return ledger::sha256(ledger::as_bytes(bytes.str()));
}

Result<json> cited_file(const std::string& name, const std::string& title) {
  CS_TRY(const ledger::Hash hash, hash_of_file(name));
  return json{{"title", title.empty() ? std::filesystem::path(name).filename().string() : title},
              {"hash", ledger::to_hex(hash)}};
}

}  // namespace countersign::tools
