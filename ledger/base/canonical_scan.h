// Recognises canonical JSON (RFC 8785) in one pass over the text, without building its values: what
// a verifier of millions of headers can afford.
#pragma once

#include <string>
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

// The same of the value of such a member, whose text is not judged again.
bool read_member_object(std::string_view value, std::vector<CanonicalMember>& members);

// Of the text of a value that such an object holds: whether it is a string, and one that is written
// as it is, so that it reads the same without its quotes.
bool is_string(std::string_view value);
bool is_plain_string(std::string_view value);
// What it says. REQUIRES: is_string(value).
std::string string_of(std::string_view value);

}  // namespace countersign::ledger
