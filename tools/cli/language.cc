#include "tools/cli/language.h"

#include "ledger/base/time.h"

#include <cstdlib>

#include <nlohmann/json.hpp>

namespace countersign::tools {

namespace {

// The offset of --zone, which main.cc has checked.
int offset_minutes(const GlobalOptions& global) {
  const std::string& zone = global.zone;
  const int minutes = std::stoi(zone.substr(1, 2)) * 60 + std::stoi(zone.substr(4, 2));
  return zone.front() == '-' ? -minutes : minutes;
}

}  // namespace

api::Language language_of(const GlobalOptions& global) {
  std::string wanted = global.lang;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (!wanted.empty()) break;
    const char* value = std::getenv(name);
    if (value != nullptr) wanted = value;
  }
  return wanted.starts_with("zh") ? api::Language::zh : api::Language::en;
}

std::string say(const GlobalOptions& global, std::string_view en, std::string_view zh) {
  return std::string(language_of(global) == api::Language::zh ? zh : en);
}

std::string word(const GlobalOptions& global, std::string_view text) {
  return std::string(api::in(language_of(global), api::words_of(text)));
}

std::string when(const GlobalOptions& global, const nlohmann::json& instant) {
  constexpr std::size_t kWithoutZone = 19;
  return instant_text(global, instant).substr(0, kWithoutZone);
}

std::string instant_text(const GlobalOptions& global, const nlohmann::json& instant) {
  if (!instant.is_string()) return "-";
  const auto parsed = ledger::parse_rfc3339(instant.get<std::string>());
  return parsed ? ledger::format_local(*parsed, offset_minutes(global)) : "-";
}

std::string when_heading(const GlobalOptions& global, std::string_view en, std::string_view zh) {
  return when_heading(global, say(global, en, zh));
}

std::string when_heading(const GlobalOptions& global, std::string_view name) {
  return std::string(name) + " (" + global.zone + ")";
}

}  // namespace countersign::tools
