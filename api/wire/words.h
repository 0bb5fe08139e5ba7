// The ledger's own words in the languages people read: event types, roles and review states.
#pragma once

#include "ledger/domain/campaign.h"

#include <string_view>

namespace countersign::api {

enum class Language : std::uint8_t { zh, en };

inline std::string_view in(Language language, const ledger::BilingualText& text) {
  return language == Language::zh ? text.zh : text.en;
}

// Of an event type ("rows.changed"), a role ("unit_head") or a task's status ("returned"); a word
// that is none of these is given back as it is, in both languages.
ledger::BilingualText words_of(std::string_view word);

// Of a review state as the views record it: a status, or "approved:<level id>", whose level has
// its name in the campaign's definition.
ledger::BilingualText review_state_words(const ledger::CampaignDefinition& campaign,
                                         std::string_view state);

}  // namespace countersign::api
