#include "ledger/base/error.h"

namespace countersign::ledger {

std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::not_found:
      return "not_found";
    case Errc::malformed:
      return "malformed";
    case Errc::unauthorized:
      return "unauthorized";
    case Errc::overloaded:
      return "overloaded";
    case Errc::stale:
      return "stale";
    case Errc::conflict:
      return "conflict";
    case Errc::fenced:
      return "fenced";
    case Errc::io:
      return "io";
    case Errc::corrupt:
      return "corrupt";
    case Errc::unavailable:
      return "unavailable";
    case Errc::timeout:
      return "timeout";
  }
  return "unknown";
}

}  // namespace countersign::ledger
