// The part of the story about what units objected to, and the bulletins that named them.
#pragma once

#include "tools/demo/story_lines.h"

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

// `facts` and `bulletins` as the API gives them. Empty while there is neither act nor bulletin.
std::string tell_bulletins(const StoryNames& names, const nlohmann::json& facts,
                           const nlohmann::json& bulletins);

}  // namespace countersign::tools
