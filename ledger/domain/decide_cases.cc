// Decisions on cases: opened on facts about one unit, served with a sealed pack, heard, and only
// then concluded (domain-model.md section 8). What becomes of each fact is decided in
// decide_due_process.cc; here is decided what follows.
#include "ledger/domain/hearing.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

// An open or concluded case, as the accountability reviewer, or whoever `fits`, deals with it.
struct CaseContext {
  CampaignContext campaign;
  const AppraisalCase* one = nullptr;
};

bool reviews(const Hat& hat) { return hat.role == Role::accountability_reviewer; }

std::variant<CaseContext, Refusal> find_case(const DecideContext& context,
                                             const CampaignId& campaign, LeafIndex id) {
  auto found = campaign_for(context, campaign, &reviews);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  CaseContext at{std::move(std::get<CampaignContext>(found)), nullptr};
  const auto one = at.campaign.state->cases.find(id);
  if (one == at.campaign.state->cases.end()) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "case"}});
  }
  at.one = &one->second;
  return at;
}

// The same while it is not concluded.
std::variant<CaseContext, Refusal> find_open_case(const DecideContext& context,
                                                  const CampaignId& campaign, LeafIndex id) {
  auto found = find_case(context, campaign, id);
  const auto* at = std::get_if<CaseContext>(&found);
  if (at != nullptr && at->one->outcome) {
    return refuse(RefusalCode::already_exists, {{"subject", "conclusion"}});
  }
  return found;
}

// Of the case's facts those that count, as the views say, and that no decision has voided.
std::vector<std::string> standing_facts(const CaseContext& at,
                                        const std::vector<std::string>& counting) {
  std::vector<std::string> facts;
  for (const std::string& fact : at.one->facts) {
    const bool counts = std::find(counting.begin(), counting.end(), fact) != counting.end();
    if (counts && !is_voided(at.campaign, fact)) facts.push_back(fact);
  }
  return facts;
}

// What goes to somebody says something, and names units only.
std::optional<Refusal> refuse_words(const DecideContext& context, const std::string& text) {
  if (text.empty()) return refuse(RefusalCode::reason_missing);
  if (names_a_person(context, text)) return refuse(RefusalCode::bulletin_names_person);
  return std::nullopt;
}

// Before anything follows for the unit, it was given the pack and heard.
std::optional<Refusal> refuse_hearing(const DecideContext& context, const CaseContext& at) {
  if (!at.one->pack) return refuse(RefusalCode::pack_missing);
  if (!at.one->served_by) return refuse(RefusalCode::not_served);
  return refuse_unheard(context, at.campaign, at.one->facts, at.one->objections_until,
                        Appeals::go_on);
}

// A bulletin concludes the case if it is out and cites every fact that stands.
std::optional<Refusal> refuse_bulletin(const CaseContext& at,
                                       const std::optional<LeafIndex>& bulletin,
                                       const std::vector<std::string>& facts) {
  const auto& bulletins = at.campaign.state->bulletins;
  const auto found = bulletin ? bulletins.find(*bulletin) : bulletins.end();
  if (found == bulletins.end() || !found->second.published) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "bulletin"}});
  }
  const auto& cited = found->second.facts;
  const bool all = std::all_of(facts.begin(), facts.end(), [&](const std::string& fact) {
    return std::find(cited.begin(), cited.end(), fact) != cited.end();
  });
  if (!all) return refuse(RefusalCode::bulletin_cites_nothing);
  return std::nullopt;
}

}  // namespace

Decided decide(const DecideContext& context, const OpenCase& command) {
  auto found = campaign_for(context, command.campaign, &reviews);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CampaignContext>(found);
  if (at.definition->department(command.department) == nullptr) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "department"}});
  }
  if (auto refusal = refuse_words(context, command.title)) return std::move(*refusal);
  if (command.facts.empty()) return refuse(RefusalCode::bulletin_cites_nothing);
  for (const std::string& fact : command.facts) {
    if (is_voided(at, fact)) return refuse(RefusalCode::fact_not_standing, {{"fact", fact}});
  }
  return decision_of(
      at.actor, CaseOpened{command.campaign, command.department, command.facts, command.title}, 0);
}

Decided decide(const DecideContext& context, const SealPack& command) {
  auto found = find_open_case(context, command.campaign, command.case_id);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  return decision_of(
      std::get<CaseContext>(found).campaign.actor,
      PackSealed{command.campaign, command.case_id, command.hash, command.bytes, command.as_of});
}

Decided decide(const DecideContext& context, const ServeCase& command) {
  auto found = find_open_case(context, command.campaign, command.case_id);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CaseContext>(found);
  if (!at.one->pack) return refuse(RefusalCode::pack_missing);
  if (at.one->served_by) return refuse(RefusalCode::already_exists, {{"subject", "service"}});
  return decision_of(
      at.campaign.actor,
      CaseServed{command.campaign, at.one->department, command.case_id, *at.one->pack,
                 objections_until(context, *at.campaign.definition), command.to},
      0);
}

Decided decide(const DecideContext& context, const AcknowledgeCase& command) {
  const CampaignDefinition* definition = context.directory().campaign(command.campaign);
  if (definition == nullptr) return refuse(RefusalCode::unknown_campaign);
  const auto& cases = context.state.campaigns.at(command.campaign).cases;
  const auto one = cases.find(command.case_id);
  // Whoever heads no unit hears nothing of what cases there are.
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return hat.role == Role::unit_head &&
           (one == cases.end() || hat.department == one->second.department);
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (one == cases.end()) return refuse(RefusalCode::unknown_subject, {{"subject", "case"}});
  if (!one->second.served_by) return refuse(RefusalCode::not_served);
  if (one->second.acknowledged) {
    return refuse(RefusalCode::already_exists, {{"subject", "acknowledgement"}});
  }
  return decision_of(std::get<Actor>(actor),
                     CaseAcknowledged{command.campaign, one->second.department, command.case_id});
}

Decided decide(const DecideContext& context, const ConcludeCase& command) {
  auto found = find_open_case(context, command.campaign, command.case_id);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CaseContext>(found);
  if (belongs_to(context, command.campaign, at.campaign.actor, at.one->department)) {
    return refuse(RefusalCode::party_to_the_case);
  }
  if (auto refusal = refuse_words(context, command.text)) return std::move(*refusal);
  CaseConcluded event{command.campaign,
                      at.one->department,
                      command.case_id,
                      command.outcome,
                      {},
                      {},
                      appeal_until(*at.campaign.definition, context.envelope.received_at),
                      command.text,
                      command.to};
  // That nothing follows needs no hearing.
  if (command.outcome == CaseOutcome::closed) return decision_of(at.campaign.actor, event, 0);

  if (auto refusal = refuse_hearing(context, at)) return std::move(*refusal);
  event.facts = standing_facts(at, command.counting);
  if (event.facts.empty()) {
    return refuse(RefusalCode::fact_not_standing, {{"fact", at.one->facts.front()}});
  }
  if (command.outcome == CaseOutcome::published) {
    if (auto refusal = refuse_bulletin(at, command.bulletin, event.facts)) {
      return std::move(*refusal);
    }
    event.bulletin = command.bulletin;
  } else if (command.to.empty()) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "receiver"}});
  }
  return decision_of(at.campaign.actor, std::move(event), 0);
}

Decided decide(const DecideContext& context, const CorrectCase& command) {
  auto found = find_case(context, command.campaign, command.case_id);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CaseContext>(found);
  if (belongs_to(context, command.campaign, at.campaign.actor, at.one->department)) {
    return refuse(RefusalCode::party_to_the_case);
  }
  // Where nothing followed, nothing reached anybody.
  if (!at.one->outcome || *at.one->outcome == CaseOutcome::closed) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "report"}});
  }
  if (command.reason.empty()) return refuse(RefusalCode::reason_missing);
  if (auto refusal = refuse_words(context, command.text)) return std::move(*refusal);
  if (auto refusal = refuse_unheard(context, at.campaign, at.one->facts, Timestamp{},
                                    Appeals::wait)) {
    return std::move(*refusal);
  }
  return decision_of(
      at.campaign.actor,
      CaseCorrected{command.campaign, at.one->department, command.case_id,
                    standing_facts(at, command.counting), command.text, command.reason},
      0);
}

}  // namespace countersign::ledger
