// Timings: how long each operation of a run took, told as one JSON object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

// Thread safety: one thread at a time.
class Timings {
 public:
  void add_micros(std::uint32_t micros) { micros_.push_back(micros); }
  // Takes over those of another client of the same run.
  void add(const Timings& other);

  std::size_t count() const { return micros_.size(); }

  // {"clients","writes","seconds","per_second","p50_us","p99_us"}, for a run of `seconds`.
  // REQUIRES: count() > 0.
  nlohmann::json figures(unsigned clients, double seconds);

 private:
  std::vector<std::uint32_t> micros_;
};

}  // namespace countersign::tools
