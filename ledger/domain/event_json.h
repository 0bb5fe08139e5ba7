// The members of events that stand in the header's "data", to and from JSON, and which forms of it
// there are. Private to codecs.
#pragma once

#include "ledger/domain/events.h"
#include "ledger/domain/json_reader.h"

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

namespace countersign::ledger {

inline constexpr std::uint64_t kHeaderLayout = 1;
inline constexpr std::uint64_t kTypeVersion = 1;  // of every type so far

// Campaign and table of an event, where it has them; empty otherwise. They stand in the header
// itself, not in "data".
struct EventPlace {
  CampaignId campaign;
  TableKey table;
};
EventPlace place_of(const Event& event);

nlohmann::json event_data(const Event& event);
// An event of this type, or one with an unknown type noted in `in`.
Event read_event_data(const std::string& type, const EventPlace& place, JsonReader& in);

nlohmann::json hat_json(const Hat& hat);
Hat read_hat_json(JsonReader& in);
nlohmann::json account_json(const Account& account);
Account read_account_json(JsonReader& in);
nlohmann::json version_json(const VersionRef& version);
VersionRef read_version_json(JsonReader& in);

}  // namespace countersign::ledger
