// What a file is, told from its first bytes: never from its name, nor from what its sender says.
#pragma once

#include <string>
#include <string_view>

namespace countersign::ledger {

struct MediaType {
  std::string name;      // "application/pdf"; "application/octet-stream" when nothing else fits
  bool refused = false;  // a program, or a page that a browser would run
};

// `head` is the beginning of the file; `whole`: there is nothing after it.
MediaType media_type_of(std::string_view head, bool whole);

}  // namespace countersign::ledger
