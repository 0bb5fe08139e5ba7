#include "tools/demo/story_lines.h"

#include "ledger/base/time.h"

#include <nlohmann/json.hpp>

namespace countersign::tools {

using nlohmann::json;

namespace {

constexpr int kCampusOffsetMinutes = 480;

std::string name(const std::map<std::string, std::string>& names, const json& key) {
  if (!key.is_string()) return "-";
  const auto found = names.find(key.get<std::string>());
  return found == names.end() ? key.get<std::string>() : found->second;
}

}  // namespace

std::string entries_text(const json& entries) {
  std::string out = " [";
  for (const auto& index : entries) out += (out.size() > 2 ? " #" : "#") + index.dump();
  return out + "]";
}

std::string time_text(const json& instant) {
  if (!instant.is_string()) return "-";
  const auto parsed = ledger::parse_rfc3339(instant.get<std::string>());
  return parsed ? ledger::format_local(*parsed, kCampusOffsetMinutes).substr(5, 11) : "-";
}

std::string hours_text(const json& seconds) {
  if (!seconds.is_number()) return "-";
  const auto total = seconds.get<long long>();
  std::string out;
  if (total >= 86400) out += std::to_string(total / 86400) + " d ";
  if (total >= 3600) out += std::to_string(total / 3600 % 24) + " h ";
  return out + std::to_string(total / 60 % 60) + " min";
}

std::string StoryNames::table(const json& key) const { return name(tables, key); }
std::string StoryNames::department(const json& key) const { return name(departments, key); }

}  // namespace countersign::tools
