// Result<T>: a value or an Error. Names follow std::expected, which C++20 lacks, so that it can
// become an alias later. Dropping a Result is a compiler warning, and warnings are errors.
//
//   CS_TRY(auto entry, log.read(i));   declares `entry`, or returns the error from this function
//   CS_CHECK(log.append(batch));       for Result<void>
#pragma once

#include "ledger/base/error.h"

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <variant>

namespace countersign::ledger {

// Ends the process on a broken invariant, in every build: a ledger must not go on guessing.
#define CS_ASSERT(condition)                                                                 \
  do {                                                                                       \
    if (!(condition)) {                                                                      \
      std::fprintf(stderr, "%s:%d: invariant broken: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  // REQUIRES: has_value().
  T& value() & {
    CS_ASSERT(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    CS_ASSERT(has_value());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    CS_ASSERT(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !has_value().
  const Error& error() const& {
    CS_ASSERT(!has_value());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    CS_ASSERT(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : failed_(true), error_(std::move(error)) {}  // NOLINT: implicit

  bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  const Error& error() const& {
    CS_ASSERT(failed_);
    return error_;
  }
  Error&& error() && {
    CS_ASSERT(failed_);
    return std::move(error_);
  }

 private:
  bool failed_ = false;
  Error error_{Errc::io, {}};
};

#define CS_CONCAT_INNER(a, b) a##b
#define CS_CONCAT(a, b) CS_CONCAT_INNER(a, b)
#define CS_TRY_IMPL(result, declaration, expression) \
  auto result = (expression);                        \
  if (!result) return std::move(result).error();     \
  declaration = std::move(result).value()
// Statement macros, not statement expressions: gcc 12 crashes on the latter inside coroutines.
#define CS_TRY(declaration, ...) \
  CS_TRY_IMPL(CS_CONCAT(cs_result_, __COUNTER__), declaration, (__VA_ARGS__))
#define CS_CHECK(...)                                                                       \
  do {                                                                                      \
    if (auto cs_checked = (__VA_ARGS__); !cs_checked) return std::move(cs_checked).error(); \
  } while (false)

}  // namespace countersign::ledger
