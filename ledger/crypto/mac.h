// HMAC-SHA256 (RFC 2104), for bearer tokens.
#pragma once

#include "ledger/base/bytes.h"

#include <string_view>

namespace countersign::ledger {

Hash hmac_sha256(std::string_view key, std::string_view message);
// In constant time for equal lengths.
bool equal_secrets(std::string_view a, std::string_view b);

}  // namespace countersign::ledger
