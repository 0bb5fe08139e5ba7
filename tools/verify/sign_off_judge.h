// Whether a sign-off is what its entry says: made by the key in the entry's header, under the name
// of the person who acted, over a text that names the entry's table and version.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

// What does not hold; none: all of it does. `header` is the entry's, `note` the signed note that its
// item holds. Throws json::exception where the header lacks a member.
std::optional<std::string> judge_sign_off(const nlohmann::json& header, const std::string& note);

// The notes of all sign-offs among `items`, the texts of items that the entry shows; or what does not
// hold of one of them. Throws as judge_sign_off() does.
std::variant<std::vector<std::string>, std::string> judge_sign_offs(
    const nlohmann::json& header, const std::vector<std::string_view>& items);

}  // namespace countersign::tools
