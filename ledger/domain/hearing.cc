#include "ledger/domain/hearing.h"

#include <algorithm>

namespace countersign::ledger {

namespace {
constexpr std::int64_t kDay = 86'400'000'000;
}

std::variant<CampaignContext, Refusal> campaign_for(const DecideContext& context,
                                                    const CampaignId& campaign,
                                                    const std::function<bool(const Hat&)>& fits) {
  CampaignContext at;
  at.definition = context.directory().campaign(campaign);
  if (at.definition == nullptr) return refuse(RefusalCode::unknown_campaign);
  auto actor = context.actor(campaign, fits);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  at.actor = std::get<Actor>(actor);
  at.state = &context.state.campaigns.at(campaign);
  return at;
}

const FactStanding* standing_of(const CampaignContext& at, const std::string& fact) {
  const auto found = at.state->facts.find(fact);
  return found == at.state->facts.end() ? nullptr : &found->second;
}

bool is_voided(const CampaignContext& at, const std::string& fact) {
  const FactStanding* standing = standing_of(at, fact);
  return standing != nullptr && standing->verdict == Verdict::voided;
}

bool belongs_to(const DecideContext& context, const CampaignId& campaign, const Actor& actor,
                const DepartmentId& department) {
  const Directory& directory = context.directory();
  // By any account, and by what somebody lent.
  const auto wears_its_hat = [&](const PersonId& person) {
    return std::ranges::any_of(directory.accounts, [&](const auto& one) {
      const AccountRecord& record = one.second;
      if (record.account.person != person || record.closed) return false;
      const auto hats = usable_hats(directory, record, campaign, context.now);
      return std::ranges::any_of(
          hats, [&](const UsableHat& usable) { return usable.hat.department == department; });
    });
  };
  const auto of = [&](const PersonId& person) {
    const auto found = directory.persons.find(person);
    const bool registered =
        found != directory.persons.end() && found->second.department == department;
    return registered || wears_its_hat(person);
  };
  return of(actor.person) || (actor.on_behalf_of && of(*actor.on_behalf_of));
}

bool names_a_person(const DecideContext& context, const std::string& text) {
  return std::any_of(context.directory().persons.begin(), context.directory().persons.end(),
                     [&](const auto& one) {
                       const std::string& name = one.second.name;
                       return name.size() > 1 && text.find(name) != std::string::npos;
                     });
}

Timestamp objections_until(const DecideContext& context, const CampaignDefinition& definition) {
  return after_working_days(definition.calendar, context.now,
                            definition.due_process.objection_working_days);
}

Timestamp appeal_until(const CampaignDefinition& definition, Timestamp decided_at) {
  return {decided_at.micros + kDay * static_cast<std::int64_t>(definition.due_process.appeal_days)};
}

std::optional<Refusal> refuse_unheard(const DecideContext& context, const CampaignContext& at,
                                      const std::vector<std::string>& facts, Timestamp until,
                                      Appeals appeals) {
  for (const std::string& fact : facts) {
    const FactStanding* standing = standing_of(at, fact);
    const bool decided = standing != nullptr && standing->verdict;
    if (standing != nullptr && standing->objector && (!decided || appeals == Appeals::wait)) {
      return refuse(RefusalCode::objection_open, {{"fact", fact}});
    }
    if (!decided && context.now < until) {
      return refuse(RefusalCode::period_running, {{"until", format_utc(until)}});
    }
  }
  return std::nullopt;
}

}  // namespace countersign::ledger
