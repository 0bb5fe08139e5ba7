// A pack of evidence for people: what it holds, in plain language, on pages that print. Everything
// in it is taken from the pack itself, so that it says nothing that the pack does not hold; what
// the definition adds are the names of tables, levels and roles.
#pragma once

#include "api/wire/words.h"
#include "ledger/base/time.h"
#include "ledger/domain/campaign.h"

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

// Under which circumstances a pack left the ledger.
struct PackOccasion {
  ledger::LeafIndex entry = 0;  // which recorded it
  std::string account;
  ledger::Timestamp at;
  std::string channel;  // of the definition; these three may be empty
  std::string receiver;
  std::string basis;
  bool personal = false;  // it shows items about persons
};

// One self-contained page. `pack` is a document of format countersign-pack-1.
std::string pack_html(const nlohmann::json& pack, const PackOccasion& occasion,
                      const ledger::CampaignDefinition& campaign, Language language);

}  // namespace countersign::api
