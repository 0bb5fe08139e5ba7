// Decisions on facts and on bulletins: objection, decision, appeal, and naming units before the
// school (domain-model.md section 8). Facts are computed by the views; what is decided here is by
// people.
#include "ledger/domain/hearing.h"

#include <algorithm>
#include <array>

namespace countersign::ledger {

namespace {

constexpr std::array<std::string_view, 3> kVerdicts = {"upheld", "corrected", "voided"};

std::optional<Refusal> refuse_text(const DecideContext& context, const CampaignContext& at,
                                   const std::vector<DepartmentId>& departments,
                                   const std::string& text) {
  if (text.empty()) return refuse(RefusalCode::reason_missing);
  for (const DepartmentId& department : departments) {
    if (at.definition->department(department) == nullptr) {
      return refuse(RefusalCode::unknown_subject, {{"subject", "department"}});
    }
  }
  if (names_a_person(context, text)) return refuse(RefusalCode::bulletin_names_person);
  return std::nullopt;
}

// Every fact that the text rests on must have stood its test.
std::optional<Refusal> refuse_untested(const DecideContext& context, const CampaignContext& at,
                                       const Bulletin& bulletin) {
  if (auto refusal = refuse_unheard(context, at, bulletin.facts, bulletin.objections_until,
                                    Appeals::go_on)) {
    return refusal;
  }
  for (const std::string& fact : bulletin.facts) {
    if (is_voided(at, fact)) return refuse(RefusalCode::fact_not_standing, {{"fact", fact}});
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Verdict verdict) { return kVerdicts[static_cast<std::size_t>(verdict)]; }

std::optional<Verdict> verdict_from(std::string_view text) {
  const auto found = std::find(kVerdicts.begin(), kVerdicts.end(), text);
  if (found == kVerdicts.end()) return std::nullopt;
  return static_cast<Verdict>(found - kVerdicts.begin());
}

Decided decide(const DecideContext& context, const ObjectToFact& command) {
  auto found = campaign_for(context, command.campaign, [&](const Hat& hat) {
    return hat.role == Role::unit_head && hat.department == command.department;
  });
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CampaignContext>(found);
  if (command.ground.empty()) return refuse(RefusalCode::reason_missing);
  const FactStanding* standing = standing_of(at, command.fact);
  if (standing != nullptr && standing->objector) {
    return refuse(RefusalCode::already_exists, {{"subject", "objection"}});
  }
  if (standing != nullptr && standing->verdict) {
    const Timestamp until = appeal_until(*at.definition, standing->decided_at);
    if (context.envelope.received_at > until) {
      return refuse(RefusalCode::objection_too_late, {{"until", format_utc(until)}});
    }
  }
  return decision_of(at.actor,
                     FactObjected{command.campaign, command.fact, command.department,
                                  standing == nullptr ? 1 : standing->objections + 1,
                                  command.ground, command.evidence},
                     0);
}

Decided decide(const DecideContext& context, const DecideFact& command) {
  auto found = campaign_for(context, command.campaign, [](const Hat& hat) {
    return hat.role == Role::accountability_reviewer;
  });
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CampaignContext>(found);
  if (command.reason.empty()) return refuse(RefusalCode::reason_missing);
  const FactStanding* standing = standing_of(at, command.fact);
  const bool objected = standing != nullptr && standing->objector;
  const bool own = objected && (at.actor.person == *standing->objector ||
                                at.actor.on_behalf_of == standing->objector);
  if (own || belongs_to(context, command.campaign, at.actor, command.department)) {
    return refuse(RefusalCode::party_to_the_case);
  }
  if (standing != nullptr && standing->verdict && !objected) {
    return refuse(RefusalCode::already_exists, {{"subject", "decision"}});
  }
  const bool corrected = command.verdict == Verdict::corrected;
  if (corrected && (!command.net || command.net->micros < 0)) {
    return refuse(RefusalCode::correction_missing);
  }
  return decision_of(
      at.actor,
      FactDecided{command.campaign, command.fact, command.department, command.verdict,
                  corrected ? command.net : std::nullopt, command.reason},
      0);
}

Decided decide(const DecideContext& context, const DraftBulletin& command) {
  auto found = campaign_for(context, command.campaign,
                            [](const Hat& hat) { return hat.role == Role::centre_office; });
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CampaignContext>(found);
  if (command.departments.empty() || command.facts.empty()) {
    return refuse(RefusalCode::bulletin_cites_nothing);
  }
  if (auto refusal = refuse_text(context, at, command.departments, command.text)) {
    return std::move(*refusal);
  }
  return decision_of(at.actor,
                     BulletinDrafted{command.campaign, command.departments, command.facts,
                                     objections_until(context, *at.definition), command.text},
                     0);
}

Decided decide(const DecideContext& context, const CorrectBulletin& command) {
  auto found = campaign_for(context, command.campaign, [](const Hat& hat) {
    return hat.role == Role::centre_office || hat.role == Role::accountability_reviewer;
  });
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CampaignContext>(found);
  const auto bulletin = at.state->bulletins.find(command.bulletin);
  if (bulletin == at.state->bulletins.end()) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "bulletin"}});
  }
  if (command.reason.empty()) return refuse(RefusalCode::reason_missing);
  // A correction may take all units out; one that names any still rests on facts.
  if (command.departments.empty() != command.facts.empty()) {
    return refuse(RefusalCode::bulletin_cites_nothing);
  }
  if (auto refusal = refuse_text(context, at, command.departments, command.text)) {
    return std::move(*refusal);
  }
  return decision_of(
      at.actor,
      BulletinCorrected{command.campaign, command.bulletin, command.departments, command.facts,
                        objections_until(context, *at.definition), command.text, command.reason},
      0);
}

Decided decide(const DecideContext& context, const PublishBulletin& command) {
  auto found = campaign_for(context, command.campaign, [](const Hat& hat) {
    return hat.role == Role::accountability_reviewer;
  });
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  const auto& at = std::get<CampaignContext>(found);
  const auto named = at.state->bulletins.find(command.bulletin);
  if (named == at.state->bulletins.end()) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "bulletin"}});
  }
  const Bulletin& bulletin = named->second;
  if (bulletin.published) return refuse(RefusalCode::already_exists, {{"subject", "publication"}});
  if (auto refusal = refuse_untested(context, at, bulletin)) return std::move(*refusal);
  // A correction reaches everybody an earlier text reached; only who is new need be named.
  if (command.to.empty() && !bulletin.reached) {
    return refuse(RefusalCode::unknown_subject, {{"subject", "receiver"}});
  }
  return decision_of(
      at.actor, BulletinPublished{command.campaign, command.bulletin, bulletin.text, command.to},
      0);
}

}  // namespace countersign::ledger
