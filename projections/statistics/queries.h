// Statistics: how many rows of a table say what, in one or two columns. Where rows are about
// persons, counts of few are not told, nor what would let them be worked out (suppression.h).
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/base/result.h"
#include "ledger/domain/row.h"

#include <cstdint>
#include <string>
#include <vector>

namespace countersign::projections {

// How a count is told.
enum class Telling : std::uint8_t {
  shown,
  small,     // below the floor
  withheld,  // would let a small one be worked out
};

struct StatisticsRequest {
  std::string campaign;
  std::string table;
  std::vector<std::string> by;  // one or two columns
  std::string subject_column;   // whom a row is about; empty: every row is somebody else's
  std::uint64_t floor = 0;      // of persons; 0: rows are not about persons
};

struct StatisticsGroup {
  std::vector<ledger::Cell> values;  // in the order of the columns
  std::uint64_t count = 0;           // of rows. Not for readers unless `telling` is shown
  Telling telling = Telling::shown;
};

struct Statistics {
  ledger::TreeSize as_of = 0;
  std::uint64_t total = 0;
  std::vector<std::vector<StatisticsGroup>> margins;  // by each column alone, by value
  std::vector<StatisticsGroup> cells;                 // by both; empty for one column
  // Nothing can be told of these without telling of few; the groups are left out.
  std::vector<bool> margins_withheld;
  bool cells_withheld = false;
};

class StatisticsQueries {
 public:
  virtual ~StatisticsQueries() = default;
  // Groups beyond this are too many to be told.
  static constexpr std::size_t kGroupsMax = 2000;
  //   Errc::not_found   no such campaign, table or column
  //   Errc::malformed   more than kGroupsMax groups
  virtual ledger::Result<Statistics> statistics(const StatisticsRequest& request) const = 0;
};

}  // namespace countersign::projections
