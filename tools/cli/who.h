// Who did something, on whose authority, in one line.
#pragma once

#include "tools/cli/command.h"

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

// "Zhang San, filler/HR for p-0012", from an object with person, role, department, on_behalf_of.
std::string who(const GlobalOptions& global, const nlohmann::json& one);

}  // namespace countersign::tools
