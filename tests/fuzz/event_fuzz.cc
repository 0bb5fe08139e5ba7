// Events: the first line is a header, the others are its items. A header that is read is written in
// one form, which is read as the same.
#include "ledger/domain/erased_item_codec.h"
#include "ledger/domain/event_codec.h"
#include "tests/fuzz/fuzz_target.h"

#include <vector>

#include <nlohmann/json.hpp>

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
    // What is left holds no words, and reads as long as the whole did.
    if (const auto left = ledger::left_without_words(item)) {
      CS_ASSERT(!ledger::left_without_words(*left));
      auto read = nlohmann::json::parse(*left);
      ledger::restore_words(read);
      CS_ASSERT(ledger::left_without_words(read.dump()) == *left);
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
