// Helper of the two large variants of the domain (Command, Event).
#pragma once

#include <type_traits>
#include <variant>

namespace countersign::ledger {

// Whether T, without reference and const, is one of a variant's alternatives.
template <typename T, typename Variant>
inline constexpr bool is_alternative_of = false;
template <typename T, typename... Alternatives>
inline constexpr bool is_alternative_of<T, std::variant<Alternatives...>> =
    (std::is_same_v<std::remove_cvref_t<T>, Alternatives> || ...);

}  // namespace countersign::ledger
