// ByteBudget: how many bytes all connections together may hold of something, such as the bodies of
// requests. Whoever holds much shares it with others: large shares leave the reserve to small ones,
// and those of one holder have a limit of their own.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace countersign::api {

class ByteBudget {
 public:
  // A share of no more is small: it may come out of the reserve, and nobody counts whose it is. So
  // many of them as there may be connections fit into the reserve.
  static constexpr std::size_t kSmall = 64 << 10;

  struct Limits {
    std::size_t bytes_max;         // altogether
    std::size_t reserve = 0;       // of it, for small shares alone
    std::size_t holder_bytes_max;  // in large shares of one holder
  };
  explicit ByteBudget(Limits limits) : limits_(limits), left_(limits.bytes_max) {}

  // Given back when destroyed.
  class Share {
   public:
    Share(Share&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), bytes_(other.bytes_), of_(other.of_) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(bytes_, other.bytes_);
      std::swap(of_, other.of_);
      return *this;
    }
    ~Share() {
      if (budget_ != nullptr) budget_->give_back(*this);
    }

   private:
    friend ByteBudget;
    using Held = std::map<std::string, std::size_t, std::less<>>;
    Share(ByteBudget& budget, std::size_t bytes, Held::iterator of)
        : budget_(&budget), bytes_(bytes), of_(of) {}

    ByteBudget* budget_;
    std::size_t bytes_;
    Held::iterator of_;  // whose it is, when it is large
  };

  // nullopt: there is no room for it, or `holder` has as much as one may.
  std::optional<Share> take(std::size_t bytes, std::string_view holder);

 private:
  bool subtract(std::size_t bytes, std::size_t reserve);
  void give_back(const Share& share);

  const Limits limits_;
  std::atomic<std::size_t> left_;
  std::mutex mutex_;   // guards what follows
  Share::Held large_;  // bytes in large shares by holder, none of them 0
};

}  // namespace countersign::api
