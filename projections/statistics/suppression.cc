#include "projections/statistics/suppression.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace countersign::projections {

namespace {

constexpr std::uint64_t kUnbounded = std::numeric_limits<std::uint64_t>::max();

class Circulation {
 public:
  explicit Circulation(std::size_t nodes) : edges_at_(nodes) {}

  // A count that readers know to lie within the bounds. Returns its number.
  std::size_t add(std::size_t from, std::size_t to, std::uint64_t value, std::uint64_t lower,
                  std::uint64_t upper) {
    edges_at_[from].push_back(edges_.size());
    edges_at_[to].push_back(edges_.size());
    edges_.push_back({from, to, value, lower, upper});
    return edges_.size() - 1;
  }
  void widen(std::size_t edge, std::uint64_t lower, std::uint64_t upper) {
    edges_[edge].lower = lower;
    edges_[edge].upper = upper;
  }

  // Whether only one value fits.
  bool determined(std::size_t number) const {
    const Edge& edge = edges_[number];
    const bool more = edge.value < edge.upper && reaches(edge.to, edge.from, number);
    return !more && !(edge.value > edge.lower && reaches(edge.from, edge.to, number));
  }

 private:
  struct Edge {
    std::size_t from;
    std::size_t to;
    std::uint64_t value;
    std::uint64_t lower;
    std::uint64_t upper;
  };

  // Whether one more can flow from `start` to `goal` in the residual graph without the edge.
  bool reaches(std::size_t start, std::size_t goal, std::size_t without) const {
    std::vector<bool> seen(edges_at_.size());
    std::vector<std::size_t> open{start};
    seen[start] = true;
    while (!open.empty()) {
      const std::size_t node = open.back();
      open.pop_back();
      if (node == goal) return true;
      for (const std::size_t number : edges_at_[node]) {
        if (number == without) continue;
        const Edge& edge = edges_[number];
        const bool forward = edge.from == node && edge.value < edge.upper;
        const bool backward = edge.to == node && edge.value > edge.lower;
        const std::size_t next = edge.from == node ? edge.to : edge.from;
        if ((forward || backward) && !seen[next]) {
          seen[next] = true;
          open.push_back(next);
        }
      }
    }
    return false;
  }

  std::vector<Edge> edges_;
  std::vector<std::vector<std::size_t>> edges_at_;
};

// The bounds that the mark of a count gives away.
struct Bounds {
  std::uint64_t lower;
  std::uint64_t upper;
};
Bounds bounds_of(const Counted& one, std::uint64_t floor) {
  switch (one.telling) {
    case Telling::shown:
      return {one.count, one.count};
    case Telling::small:
      // A person may have many rows; whoever has one row has this bound.
      return {1, one.count < floor ? floor - 1 : kUnbounded};
    case Telling::withheld:
      return {std::min(one.count, floor), kUnbounded};
  }
  return {one.count, one.count};
}

// A small count, of one column or of both: its edge and the positions of its values.
struct Protected {
  std::size_t edge;
  std::optional<std::size_t> first;
  std::optional<std::size_t> second;
};

// Withholds more of `counts`, whose edges are `edges`, until nothing that is to be protected can be
// worked out.
bool withhold(Circulation& flows, const std::vector<Protected>& protect,
              std::vector<Counted>& counts, const std::vector<std::size_t>& edges,
              std::uint64_t floor) {
  // What is near is withheld first, and of that the least.
  const auto better = [&](const Protected& than, std::size_t a, std::size_t b) {
    const auto near = [&](std::size_t i) {
      return counts[i].first == than.first || counts[i].second == than.second;
    };
    if (near(a) != near(b)) return near(a);
    return counts[a].count < counts[b].count;
  };
  for (const Protected& one : protect) {
    while (flows.determined(one.edge)) {
      std::optional<std::size_t> next;
      for (std::size_t j = 0; j < counts.size(); ++j) {
        if (counts[j].telling != Telling::shown) continue;
        if (!next || better(one, j, *next)) next = j;
      }
      if (!next) return false;
      counts[*next].telling = Telling::withheld;
      const Bounds bounds = bounds_of(counts[*next], floor);
      flows.widen(edges[*next], bounds.lower, bounds.upper);
    }
  }
  return true;
}

std::uint64_t total_of(const std::vector<Counted>& counts) {
  std::uint64_t total = 0;
  for (const Counted& one : counts) total += one.count;
  return total;
}

void mark_small(std::vector<Counted>& counts) {
  for (Counted& one : counts) one.telling = one.small ? Telling::small : Telling::shown;
}

}  // namespace

bool suppress(std::vector<Counted>& counts, std::uint64_t floor) {
  mark_small(counts);
  constexpr std::size_t kSource = 0;
  constexpr std::size_t kSink = 1;
  Circulation flows(2);
  const std::uint64_t total = total_of(counts);
  flows.add(kSink, kSource, total, total, total);
  std::vector<std::size_t> edges;
  std::vector<Protected> protect;
  for (const Counted& one : counts) {
    const Bounds bounds = bounds_of(one, floor);
    edges.push_back(flows.add(kSource, kSink, one.count, bounds.lower, bounds.upper));
    if (one.small) protect.push_back({edges.back(), one.first, {}});
  }
  return withhold(flows, protect, counts, edges, floor);
}

bool suppress(std::vector<Counted>& counts, const std::vector<Counted>& first,
              const std::vector<Counted>& second, std::uint64_t floor) {
  mark_small(counts);
  constexpr std::size_t kSource = 0;
  constexpr std::size_t kSink = 1;
  const std::size_t first_at = 2;
  const std::size_t second_at = first_at + first.size();
  Circulation flows(second_at + second.size());
  const std::uint64_t total = total_of(counts);
  flows.add(kSink, kSource, total, total, total);
  // What an answer by one column alone does not tell must not follow from this one either.
  std::vector<Protected> protect;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const Bounds bounds = bounds_of(first[i], floor);
    const auto edge = flows.add(kSource, first_at + i, first[i].count, bounds.lower, bounds.upper);
    if (first[i].small) protect.push_back({edge, i, {}});
  }
  for (std::size_t i = 0; i < second.size(); ++i) {
    const Bounds bounds = bounds_of(second[i], floor);
    const auto edge = flows.add(second_at + i, kSink, second[i].count, bounds.lower, bounds.upper);
    if (second[i].small) protect.push_back({edge, {}, i});
  }
  std::vector<std::size_t> edges;
  for (const Counted& one : counts) {
    const Bounds bounds = bounds_of(one, floor);
    edges.push_back(flows.add(first_at + one.first, second_at + one.second, one.count, bounds.lower,
                              bounds.upper));
    if (one.small) protect.push_back({edges.back(), one.first, one.second});
  }
  return withhold(flows, protect, counts, edges, floor);
}

}  // namespace countersign::projections
