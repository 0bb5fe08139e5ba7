// Evidence (佐证材料, domain-model.md section 11): who may register, show, withdraw and miss it, and
// what a submission must rest on.
#include "ledger/domain/decide_context.h"

#include <algorithm>
#include <set>

namespace countersign::ledger {

namespace {

bool is_filler_of(const Hat& hat, const TableDefinition& table) {
  if (hat.role != Role::filler) return false;
  return hat.department == table.owner ||
         std::any_of(table.assisting.begin(), table.assisting.end(), [&](const AssistPart& part) {
           return std::find(part.departments.begin(), part.departments.end(), hat.department) !=
                  part.departments.end();
         });
}

const Indicator* indicator_of(const CampaignDefinition& campaign, const std::string& id) {
  const auto found = std::find_if(campaign.indicators.begin(), campaign.indicators.end(),
                                  [&](const Indicator& one) { return one.id == id; });
  return found == campaign.indicators.end() ? nullptr : &*found;
}

Refusal no_such(const char* subject) {
  return refuse(RefusalCode::unknown_subject, {{"subject", subject}});
}

// What a cover names must exist, and belong to what the evidence is registered for.
std::optional<Refusal> refuse_cover(const CampaignDefinition& campaign, const TableDefinition* table,
                                    const EvidenceDescription& what, const EvidenceCover& cover) {
  if (!cover.indicator.empty() && indicator_of(campaign, cover.indicator) == nullptr) {
    return no_such("indicator");
  }
  if (table == nullptr) {
    const bool more = cover.row || !cover.column.empty() || !cover.requirement.empty();
    if (cover.indicator.empty() || more) return no_such("cover");
    return std::nullopt;
  }
  if (!cover.table.empty() && cover.table != table->key) return no_such("cover");
  if (!cover.column.empty() && table->column(cover.column) == nullptr) return no_such("column");
  if (cover.requirement.empty()) return std::nullopt;
  const EvidenceRequirement* requirement = campaign.evidence_requirement(cover.requirement);
  if (requirement == nullptr || requirement->table != table->key) return no_such("requirement");
  if (accepts_kind(*requirement, what.kind)) return std::nullopt;
  std::string kinds;
  for (const std::string& kind : requirement->kinds) {
    if (!kinds.empty()) kinds += ", ";
    kinds += kind;
  }
  return refuse(RefusalCode::evidence_kind, {{"requirement", requirement->id}, {"kinds", kinds}});
}

std::variant<Actor, Refusal> registrant(const DecideContext& context,
                                        const CampaignDefinition& campaign,
                                        const TableDefinition* table,
                                        const std::vector<EvidenceCover>& covers) {
  return context.actor(campaign.id, [&](const Hat& hat) {
    if (table != nullptr) return is_filler_of(hat, *table);
    return hat.role == Role::filler &&
           std::all_of(covers.begin(), covers.end(), [&](const EvidenceCover& cover) {
             const Indicator* indicator = indicator_of(campaign, cover.indicator);
             return indicator != nullptr && indicator->department == hat.department;
           });
  });
}

// A piece of evidence with the campaign it belongs to. All pointers are set, but `table` of an
// indicator's.
struct Found {
  const CampaignDefinition* campaign = nullptr;
  const EvidenceStanding* standing = nullptr;
  const TableDefinition* table = nullptr;
};
std::variant<Found, Refusal> find(const DecideContext& context, const CampaignId& campaign,
                                  LeafIndex evidence) {
  Found found;
  found.campaign = context.directory().campaign(campaign);
  const auto state = context.state.campaigns.find(campaign);
  if (found.campaign == nullptr || state == context.state.campaigns.end()) {
    return refuse(RefusalCode::unknown_campaign);
  }
  const auto standing = state->second.evidence.find(evidence);
  if (standing == state->second.evidence.end()) return no_such("evidence");
  found.standing = &standing->second;
  found.table = found.campaign->table(standing->second.table);
  return found;
}

Refusal done_already(const char* subject) {
  return refuse(RefusalCode::already_exists, {{"subject", subject}});
}

}  // namespace

std::optional<Refusal> refuse_missing_evidence(const TaskContext& at, const SubmitTable& command) {
  std::string missing;
  for (const EvidenceRequirement& requirement : at.campaign->evidence) {
    if (requirement.table != at.table->key ||
        requirement.required_at != EvidenceRequirement::At::submission) {
      continue;
    }
    bool standing = false;
    bool moved = false;  // what the rows were counted by is not so any more
    for (const auto& [index, one] : at.campaign_state->evidence) {
      if (one.table != requirement.table ||
          std::find(one.requirements.begin(), one.requirements.end(), requirement.id) ==
              one.requirements.end()) {
        continue;
      }
      const bool stands = one.status == EvidenceStanding::Status::standing;
      standing = standing || stands;
      moved = moved || (!stands && one.changed_by >= command.evidence_as_of);
    }
    bool there = standing;
    if (requirement.per_row) {
      const auto rows = command.evidence_rows.find(requirement.id);
      there = !moved && (rows == command.evidence_rows.end() ? 0 : rows->second) >= at.task->rows;
    }
    if (there) continue;
    if (!missing.empty()) missing += ", ";
    missing += requirement.id;
  }
  if (missing.empty()) return std::nullopt;
  return refuse(RefusalCode::evidence_missing,
                {{"table", at.table->key.value}, {"requirements", missing}});
}

Decided decide(const DecideContext& context, const RegisterEvidence& command) {
  const CampaignDefinition* campaign = context.directory().campaign(command.campaign);
  if (campaign == nullptr) return refuse(RefusalCode::unknown_campaign);
  const TableDefinition* table = nullptr;
  if (!command.table.empty()) {
    table = campaign->table(command.table);
    if (table == nullptr) {
      return refuse(RefusalCode::unknown_table, {{"table", command.table.value}});
    }
  }
  auto actor = registrant(context, *campaign, table, command.covers);
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (campaign->department(command.what.custodian) == nullptr) return no_such("department");
  if (command.covers.empty()) return no_such("cover");
  std::set<std::string> rows;
  for (const EvidenceCover& cover : command.covers) {
    if (auto refusal = refuse_cover(*campaign, table, command.what, cover)) {
      return std::move(*refusal);
    }
    if (cover.row) rows.insert(cover.row->value);
  }
  const std::uint64_t print = covers_print(command.covers);
  auto met = requirements_met(campaign->evidence, command.table, command.what.kind, command.covers);
  for (const auto& [index, one] : context.state.campaigns.at(command.campaign).evidence) {
    if (one.status == EvidenceStanding::Status::standing && one.hash == command.what.hash &&
        one.table == command.table && one.covers_print == print && one.requirements == met) {
      return refuse(RefusalCode::already_exists,
                    {{"subject", "evidence"}, {"evidence", std::to_string(index)}});
    }
  }
  return decision_of(
      std::get<Actor>(std::move(actor)),
      EvidenceRegistered{command.campaign, command.table, command.what, std::move(met),
                         rows.size(), command.covers},
      0);
}

Decided decide(const DecideContext& context, const ShowEvidence& command) {
  auto looked_up = find(context, command.campaign, command.evidence);
  if (auto* refusal = std::get_if<Refusal>(&looked_up)) return std::move(*refusal);
  const Found& found = std::get<Found>(looked_up);
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return may_see_evidence(hat, found.table, found.standing->custodian);
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (found.standing->status == EvidenceStanding::Status::missing) {
    return done_already("report");
  }
  return decision_of(std::get<Actor>(std::move(actor)),
                     EvidenceShown{command.campaign, found.standing->table, command.evidence,
                                   found.standing->hash, command.to},
                     0);
}

Decided decide(const DecideContext& context, const WithdrawEvidence& command) {
  auto looked_up = find(context, command.campaign, command.evidence);
  if (auto* refusal = std::get_if<Refusal>(&looked_up)) return std::move(*refusal);
  const Found& found = std::get<Found>(looked_up);
  auto actor = context.actor(command.campaign, [&](const Hat& hat) {
    return hat.role == Role::filler &&
           (hat.department == found.standing->custodian ||
            (found.table != nullptr && hat.department == found.table->owner));
  });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (found.standing->status == EvidenceStanding::Status::withdrawn) {
    return done_already("withdrawal");
  }
  if (command.reason.empty()) return refuse(RefusalCode::reason_missing);
  return decision_of(std::get<Actor>(std::move(actor)),
                     EvidenceWithdrawn{command.campaign, found.standing->table, command.evidence,
                                       command.reason},
                     0);
}

Decided decide(const DecideContext& context, const ReportEvidenceMissing& command) {
  auto looked_up = find(context, command.campaign, command.evidence);
  if (auto* refusal = std::get_if<Refusal>(&looked_up)) return std::move(*refusal);
  const Found& found = std::get<Found>(looked_up);
  // The service itself finds bytes that are not what was registered.
  auto actor =
      context.envelope.by_process
          ? context.system_actor()
          : context.actor(command.campaign, [&](const Hat& hat) {
              return hat.role == Role::centre_office ||
                     hat.role == Role::accountability_reviewer ||
                     (hat.role == Role::reviewer &&
                      (hat.department == found.standing->custodian ||
                       (found.table != nullptr && hat.department == found.table->owner)));
            });
  if (auto* refusal = std::get_if<Refusal>(&actor)) return std::move(*refusal);
  if (found.standing->status != EvidenceStanding::Status::standing) {
    return done_already(found.standing->status == EvidenceStanding::Status::missing
                            ? "report"
                            : "withdrawal");
  }
  if (command.reason.empty()) return refuse(RefusalCode::reason_missing);
  return decision_of(std::get<Actor>(std::move(actor)),
                     EvidenceMissing{command.campaign, found.standing->table, command.evidence,
                                     command.reason},
                     0);
}

}  // namespace countersign::ledger
