// Paging: a page is what stands after a position in a fixed order at a fixed applied index, so
// that fetching it again gives the same rows. Cursors are opaque to callers of the API.
#pragma once

#include "ledger/base/ids.h"

#include <cstddef>
#include <string>
#include <vector>

namespace countersign::projections {

struct PageRequest {
  std::string after;        // cursor of the previous page; empty: from the start
  std::size_t limit = 100;  // at most kPageRowsMax
  static constexpr std::size_t kPageRowsMax = 1000;
};

template <typename T>
struct Page {
  std::vector<T> rows;
  std::string next;  // empty: this was the last page
  ledger::TreeSize as_of = 0;
};

}  // namespace countersign::projections
