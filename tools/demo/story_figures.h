// The part of the story about rules, indicators that crossed their marks, and plans.
#pragma once

#include "tools/demo/story_lines.h"

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

// `facts`, `rules` and `plans` as the API gives them; `indicators`: one answer of the API for each
// indicator. Empty while there is nothing of the kind.
std::string tell_figures(const StoryNames& names, const nlohmann::json& facts,
                         const nlohmann::json& rules, const std::vector<nlohmann::json>& indicators,
                         const nlohmann::json& plans);

}  // namespace countersign::tools
