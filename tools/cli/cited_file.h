// A file that the ledger cites by title and hash; the file stays where it is.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/result.h"

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

//   Errc::not_found   it cannot be read
ledger::Result<ledger::Hash> hash_of_file(const std::string& name);

// {title, hash}. `title`: empty for the file's name.
ledger::Result<nlohmann::json> cited_file(const std::string& name, const std::string& title);

}  // namespace countersign::tools
