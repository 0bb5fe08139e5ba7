// Error: why an operation failed. One short list of codes, each with its own reaction by the
// caller; the detail is for people and never holds a personal value (no cell, no name, no row key).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::ledger {

enum class Errc : std::uint8_t {
  not_found,     // the thing named does not exist
  malformed,     // input is not in the documented form
  unauthorized,  // signature or credential does not hold
  overloaded,    // bounded queue full; try again later
  stale,         // prepared against a state that has moved on; prepare again
  conflict,      // the caller's precondition (If-Match, expected size) does not hold
  fenced,        // another writer took over; this one must stop
  io,            // the operating system refused; for a write the outcome is unknown
  corrupt,       // stored bytes do not verify; nothing is deleted
  unavailable,   // not in this state (stopping, read-only, disk nearly full)
  timeout,       // not within the time allowed
};

std::string_view to_string(Errc code);

struct Error {
  Errc code;
  std::string detail;
};

}  // namespace countersign::ledger
