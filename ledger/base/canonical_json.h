// RFC 8785 (JSON Canonicalization Scheme): the one text form in which headers and items are
// stored and hashed. Input is I-JSON (RFC 7493): unique names, valid Unicode, IEEE-754 numbers.
#pragma once

#include "ledger/base/result.h"

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace countersign::ledger {

// The canonical text of a JSON value. REQUIRES: finite numbers and valid UTF-8 strings.
std::string canonical_text(const nlohmann::json& value);

// The parts of a canonical text, for who writes many of one shape without building their values.
// A string with its quotes; REQUIRES: valid UTF-8.
void append_canonical_string(std::string& out, std::string_view text);
// Whether a member of this name stands before one of the other.
bool canonical_less(std::string_view name, std::string_view other);

// Parses strictly: whole input, no duplicate names, no lone surrogates, depth at most 64, at most a
// million values.
//   Errc::malformed   with the byte offset, never with the offending value
Result<nlohmann::json> parse_json(std::string_view text);

// Parses and also requires that `text` is its own canonical form.
//   Errc::malformed
Result<nlohmann::json> parse_canonical(std::string_view text);

// Re-writes any I-JSON text canonically.
//   Errc::malformed
Result<std::string> canonicalize(std::string_view text);

}  // namespace countersign::ledger
