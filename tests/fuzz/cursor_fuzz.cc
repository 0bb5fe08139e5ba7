// Cursors of pages: one text for each position.
#include "projections/cursor.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  const std::string text(input);
  const auto cursor = projections::decode_cursor(text);
  if (cursor) CS_ASSERT(projections::encode_cursor(*cursor) == text);
}

}  // namespace countersign::fuzz
