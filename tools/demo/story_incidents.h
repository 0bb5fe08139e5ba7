// The part of the story about acts rather than figures: hats lent, days granted, requests declined,
// statements made at night, people who left. Found by what the entries say, not by the script.
#pragma once

#include "tools/demo/story_lines.h"

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

struct StoryMaterial {
  const nlohmann::json& tasks;    // of GET …/tasks
  const nlohmann::json& facts;    // of GET …/facts
  const nlohmann::json& headers;  // of all entries, in order
};

std::string tell_incidents(const StoryNames& names, const StoryMaterial& material);

}  // namespace countersign::tools
