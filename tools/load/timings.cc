#include "tools/load/timings.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::tools {

void Timings::add(const Timings& other) {
  micros_.insert(micros_.end(), other.micros_.begin(), other.micros_.end());
}

nlohmann::json Timings::figures(unsigned clients, double seconds) {
  std::sort(micros_.begin(), micros_.end());
  const auto at = [this](double part) {
    return micros_[static_cast<std::size_t>(part * static_cast<double>(micros_.size() - 1))];
  };
  return {{"clients", clients},
          {"writes", micros_.size()},
          {"seconds", seconds},
          {"per_second", static_cast<double>(micros_.size()) / seconds},
          {"p50_us", at(0.5)},
          {"p99_us", at(0.99)}};
}

}  // namespace countersign::tools
