#include "tools/cli/who.h"

#include "tools/cli/language.h"
#include "tools/cli/service.h"

#include <nlohmann/json.hpp>

namespace countersign::tools {

std::string who(const GlobalOptions& global, const nlohmann::json& one) {
  std::string text = text_of(one, "person_name");
  if (text.empty()) text = text_of(one, "person");
  text += ", " + word(global, text_of(one, "role"));
  if (const auto department = text_of(one, "department"); !department.empty()) {
    text += "/" + department;
  }
  if (const auto lender = text_of(one, "on_behalf_of"); !lender.empty()) {
    text += say(global, " for ", " 代 ") + lender;
  }
  return text;
}

}  // namespace countersign::tools
