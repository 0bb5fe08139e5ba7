#pragma once

#include <string>

namespace countersign::ledger {

// A user-facing name. Both languages are always present.
struct BilingualText {
  std::string zh;
  std::string en;
};

}  // namespace countersign::ledger
