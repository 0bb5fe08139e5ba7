// Recognises canonical JSON (RFC 8785) in one pass over the text, without building its values: what
// a verifier of millions of headers can afford.
#pragma once

#include <string_view>
#include <vector>

namespace countersign::ledger {

// A member of an object: its name without quotes, as written, and the text of its value.
struct CanonicalMember {
  std::string_view name;
  std::string_view value;
};

// Whether parse_canonical(text) succeeds and gives an object. `members`, whose room is used again
// from call to call, then holds its members in their order, pointing into `text`; otherwise what it
// holds means nothing. Thread safety: any thread, each with its own `members`.
bool read_canonical_object(std::string_view text, std::vector<CanonicalMember>& members);

}  // namespace countersign::ledger
