// Suppression: which counts of a table with its margins may be told, so that no count below the
// floor can be worked out from those that are.
//
// Counts and margins are flows of a circulation: from the source to each value of the first column,
// from there to each value of the second, on to the sink, and the total back. What is told has one
// possible value; of what is not told readers know the bounds that the mark gives away. A count can
// be worked out exactly when no other flow fits, which is when its edge lies on no residual cycle.
// So the judgement is exact, for what one answer and the answers by each column alone give away.
#pragma once

#include "projections/statistics/queries.h"

#include <cstdint>
#include <vector>

namespace countersign::projections {

// A count, by the position of its values; of one column, `second` is 0.
struct Counted {
  std::size_t first = 0;
  std::size_t second = 0;
  std::uint64_t count = 0;
  bool small = false;  // of persons fewer than the floor
  Telling telling = Telling::shown;
};

// Decides `telling` of counts by one column, whose total is known. False: even with all of them
// withheld a small one could be worked out.
bool suppress(std::vector<Counted>& counts, std::uint64_t floor);

// The same of counts by two columns. `first` and `second` are the counts by each alone, as they are
// told in answers of their own; Counted::first and ::second are positions in them.
bool suppress(std::vector<Counted>& counts, const std::vector<Counted>& first,
              const std::vector<Counted>& second, std::uint64_t floor);

}  // namespace countersign::projections
