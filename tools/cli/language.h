// The language and time zone of what a subcommand prints for people. JSON output has neither: its
// names are fixed and its instants are UTC.
#pragma once

#include "api/wire/words.h"
#include "tools/cli/command.h"

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

// --lang, else what LC_ALL, LC_MESSAGES or LANG asks for; English when that is not Chinese.
api::Language language_of(const GlobalOptions& global);

// One of two texts.
std::string say(const GlobalOptions& global, std::string_view en, std::string_view zh);
// An event type, role or status in the language.
std::string word(const GlobalOptions& global, std::string_view word);
// An instant of the API in the zone of --zone, without it: headings name the zone once.
std::string when(const GlobalOptions& global, const nlohmann::json& instant);
// "received (+08:00)".
std::string when_heading(const GlobalOptions& global, std::string_view en, std::string_view zh);
// Of a table whose headings are in one language.
std::string when_heading(const GlobalOptions& global, std::string_view name);
// An instant for a sentence, which has no heading: with the zone.
std::string instant_text(const GlobalOptions& global, const nlohmann::json& instant);

}  // namespace countersign::tools
