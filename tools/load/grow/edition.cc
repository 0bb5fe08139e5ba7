#include "tools/load/grow/edition.h"

#include "ledger/crypto/sha256.h"
#include "ledger/domain/campaign_codec.h"
#include "tools/demo/player.h"

#include <string>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using nlohmann::json;

namespace {

constexpr std::string_view kYear = "2020";  // of the demonstration

void replace_year(json& text, const std::string& year) {
  std::string value = text.get<std::string>();
  for (auto at = value.find(kYear); at != std::string::npos; at = value.find(kYear, at + 4)) {
    value.replace(at, kYear.size(), year);
  }
  text = std::move(value);
}

}  // namespace

ledger::Result<ledger::DefineCampaign> edition_of(int year) {
  json definition = json::parse(demo_campaign_json());
  const std::string now = std::to_string(year);
  definition["id"] = now;
  for (const char* text : {"edition", "notice"}) replace_year(definition[text], now);
  for (const char* language : {"zh", "en"}) replace_year(definition["name"][language], now);
  for (const char* days : {"holidays", "working_days"}) {
    for (json& day : definition["calendar"][days]) replace_year(day, now);
  }
  for (json& phase : definition["phases"]) {
    replace_year(phase["opens"], now);
    replace_year(phase["closes"], now);
  }
  replace_year(definition["submission"]["due"], now);
  for (json& table : definition["tables"]) replace_year(table["due"], now);
  definition["previous"]["campaign"] = std::to_string(year - 1);
  // Whoever has an account has it for all years.
  for (json& account : definition["accounts"]) {
    account.erase("valid_from");
    account.erase("valid_until");
  }
  ledger::DefineCampaign command;
  CS_TRY(command.definition, ledger::parse_campaign(definition.dump()));
  command.definition_hash =
      ledger::sha256(ledger::as_bytes(ledger::encode_campaign(*command.definition)));
  return command;
}

}  // namespace countersign::tools
