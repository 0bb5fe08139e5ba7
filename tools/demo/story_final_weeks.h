// The last part of the story: the deciding bodies, corrections after them, and the handing over.
#pragma once

#include "tools/demo/story_lines.h"

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

// `proceedings` and `facts` as the API gives them. Empty while nothing lay before a body.
std::string tell_final_weeks(const StoryNames& names, const nlohmann::json& proceedings,
                             const nlohmann::json& facts);

}  // namespace countersign::tools
