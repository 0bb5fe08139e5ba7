#include "projections/cursor.h"

#include "ledger/base/bytes.h"

namespace countersign::projections {

std::string encode_cursor(const Cursor& cursor) {
  std::string bytes;
  for (const std::uint64_t part : cursor) ledger::append_u64(bytes, part);
  return ledger::to_base64url(ledger::as_bytes(bytes));
}

ledger::Result<Cursor> decode_cursor(const std::string& text) {
  auto bytes = ledger::from_base64url(text);
  if (!bytes || bytes->size() != 16) {
    return ledger::Error{ledger::Errc::malformed, "not a cursor of this service"};
  }
  return Cursor{ledger::read_u64(*bytes), ledger::read_u64(std::string_view(*bytes).substr(8))};
}

}  // namespace countersign::projections
