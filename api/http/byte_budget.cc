#include "api/http/byte_budget.h"

namespace countersign::api {

std::optional<ByteBudget::Share> ByteBudget::take(std::size_t bytes, std::string_view holder) {
  if (bytes <= kSmall) {
    if (!subtract(bytes, 0)) return std::nullopt;
    return Share(*this, bytes, {});
  }
  const std::lock_guard lock(mutex_);
  auto of = large_.find(holder);
  const std::size_t held = of == large_.end() ? 0 : of->second;
  if (bytes > limits_.holder_bytes_max || held > limits_.holder_bytes_max - bytes ||
      !subtract(bytes, limits_.reserve)) {
    return std::nullopt;
  }
  if (of == large_.end()) of = large_.emplace(holder, 0).first;
  of->second += bytes;
  return Share(*this, bytes, of);
}

bool ByteBudget::subtract(std::size_t bytes, std::size_t reserve) {
  std::size_t left = left_.load();
  do {
    if (left < bytes || left - bytes < reserve) return false;
  } while (!left_.compare_exchange_weak(left, left - bytes));
  return true;
}

void ByteBudget::give_back(const Share& share) {
  if (share.bytes_ > kSmall) {
    const std::lock_guard lock(mutex_);
    share.of_->second -= share.bytes_;
    if (share.of_->second == 0) large_.erase(share.of_);
  }
  left_ += share.bytes_;
}

}  // namespace countersign::api
