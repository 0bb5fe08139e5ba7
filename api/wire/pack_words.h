// How the pages of a pack write what its documents hold: names in the reader's language, instants
// with their zone, lengths of time, persons with hat and place.
#pragma once

#include "api/wire/words.h"
#include "ledger/domain/campaign.h"

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

// All functions answer with HTML.
class PackWords {
 public:
  // `campaign` must outlive it.
  PackWords(const ledger::CampaignDefinition& campaign, Language language)
      : campaign_(campaign), language_(language) {}

  Language language() const { return language_; }
  // Fixed words of ours.
  std::string say(std::string_view zh, std::string_view en) const {
    return std::string(language_ == Language::zh ? zh : en);
  }
  // A text, a number or null ("–").
  std::string value(const nlohmann::json& value) const;
  // Of {zh, en}.
  std::string both(const nlohmann::json& text) const;
  std::string word(std::string_view word) const;
  std::string table(const nlohmann::json& key) const;
  std::string department(const nlohmann::json& id) const;
  std::string level(const std::string& id) const;
  std::string instant(const nlohmann::json& utc) const;
  std::string seconds(const nlohmann::json& seconds) const;
  // A link to the entry's line in the same page.
  std::string entry(const nlohmann::json& index) const;
  std::string entries(const nlohmann::json& indices) const;
  // Of a header's actor.
  std::string actor(const nlohmann::json& actor) const;

 private:
  const ledger::CampaignDefinition& campaign_;
  const Language language_;
};

}  // namespace countersign::api
