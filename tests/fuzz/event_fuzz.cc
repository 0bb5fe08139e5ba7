// Events: the first line is a header, the others are its items. A header that is read is written in
// one form, which is read as the same.
#include "ledger/domain/event_codec.h"
#include "tests/fuzz/fuzz_target.h"

#include <vector>

namespace countersign::fuzz {

void run(std::string_view input) {
  auto decoded = ledger::decode_header(input.substr(0, input.find('\n')));
  std::vector<std::string_view> items;
  for (auto end = input.find('\n'); end != std::string_view::npos; end = input.find('\n')) {
    input.remove_prefix(end + 1);
    items.push_back(input.substr(0, input.find('\n')));
  }
  for (const std::string_view item : items) {
    if (const auto row = ledger::decode_row_item(item)) {
      const std::string text = ledger::row_item(*row);
      const auto again = ledger::decode_row_item(text);
      CS_ASSERT(again && ledger::row_item(*again) == text);
    }
  }
  if (!decoded) return;
  const std::string header =
      ledger::encode_header(decoded->event, decoded->origin, decoded->commitment);
  const auto again = ledger::decode_header(header);
  CS_ASSERT(again);
  CS_ASSERT(ledger::encode_header(again->event, again->origin, again->commitment) == header);
  (void)ledger::decode_items(decoded->event, items);
}

}  // namespace countersign::fuzz
