// Canonical JSON: what parses can be written, is then canonical, and stays so; the scan agrees with
// the parser.
#include "ledger/base/canonical_json.h"
#include "ledger/base/canonical_scan.h"
#include "tests/fuzz/fuzz_target.h"

#include <vector>

#include <nlohmann/json.hpp>

namespace countersign::fuzz {

void run(std::string_view input) {
  const auto value = ledger::parse_json(input);
  const auto strict = ledger::parse_canonical(input);
  CS_ASSERT(!strict || value);
  std::vector<ledger::CanonicalMember> members;
  const bool scanned = ledger::read_canonical_object(input, members);
  CS_ASSERT(scanned == (strict && strict->is_object()));
  CS_ASSERT(!scanned || members.size() == strict->size());
  if (!value) return;
  const std::string text = ledger::canonical_text(*value);
  const auto again = ledger::parse_canonical(text);
  CS_ASSERT(again);
  CS_ASSERT(ledger::canonical_text(*again) == text);
  CS_ASSERT(strict.has_value() == (text == input));
}

}  // namespace countersign::fuzz
