// Cursors: positions as numbers only (entry indexes, ordinals), so that no personal value, such as
// a row key, ever stands in an address.
#pragma once

#include "ledger/base/result.h"

#include <array>
#include <cstdint>
#include <string>

namespace countersign::projections {

using Cursor = std::array<std::uint64_t, 2>;

std::string encode_cursor(const Cursor& cursor);
//   Errc::malformed   not a cursor of ours
ledger::Result<Cursor> decode_cursor(const std::string& text);

}  // namespace countersign::projections
