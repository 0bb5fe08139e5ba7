// What decisions on facts, bulletins and cases share: who is a party, what may be said of persons,
// and how long a unit may answer. Private to decide_*.cc.
#pragma once

#include "ledger/domain/decide_context.h"

#include <functional>
#include <string>
#include <variant>

namespace countersign::ledger {

// The campaign with its state, and the actor who may do this in it. Both pointers are set.
struct CampaignContext {
  const CampaignDefinition* definition = nullptr;
  const CampaignState* state = nullptr;
  Actor actor;
};
// unknown_campaign, and as DecideContext::actor().
std::variant<CampaignContext, Refusal> campaign_for(const DecideContext& context,
                                                    const CampaignId& campaign,
                                                    const std::function<bool(const Hat&)>& fits);

// nullptr: nobody has said anything of the fact.
const FactStanding* standing_of(const CampaignContext& at, const std::string& fact);

// Whether the decision in force on the fact took it back.
bool is_voided(const CampaignContext& at, const std::string& fact);

// Whoever acts belongs to the unit, or may wear one of its hats, as themselves or for somebody who
// does.
bool belongs_to(const DecideContext& context, const CampaignId& campaign, const Actor& actor,
                const DepartmentId& department);

// Whether the text holds a person's name as it is written; a refusal does not say which.
bool names_a_person(const DecideContext& context, const std::string& text);

// The end of a period to object that begins now, by the campaign's calendar.
Timestamp objections_until(const DecideContext& context, const CampaignDefinition& definition);
// The end of the time to appeal against what was decided at `decided_at`.
Timestamp appeal_until(const CampaignDefinition& definition, Timestamp decided_at);

// What an objection to a decision holds up.
enum class Appeals : std::uint8_t {
  go_on,  // nothing: an appeal does not suspend (domain-model 8.3)
  wait,   // what corrects an earlier text, which is to say what the appeal came to
};
// The first of the facts that has not stood its test: objection_open, and without a decision on it
// before `until` period_running.
std::optional<Refusal> refuse_unheard(const DecideContext& context, const CampaignContext& at,
                                      const std::vector<std::string>& facts, Timestamp until,
                                      Appeals appeals);

}  // namespace countersign::ledger
