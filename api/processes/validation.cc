#include "api/processes/validation.h"

#include "ledger/ledger.h"
#include "projections/deadlines/queries.h"
#include "projections/rules/queries.h"
#include "projections/views.h"

#include <algorithm>

namespace countersign::api {

namespace {

const ledger::CampaignDefinition* previous_of(const Request& request,
                                              const ledger::CampaignDefinition& campaign) {
  return campaign.previous ? request.directory->campaign(campaign.previous->campaign) : nullptr;
}

std::uint32_t revision_of(const Request& request, const ledger::CampaignDefinition& campaign) {
  return request.directory->campaigns.at(campaign.id).revision;
}

bool fills(const Request& request, const TableAccess& access) {
  const auto hats = ledger::usable_hats(*request.directory, *request.account, access.campaign().id,
                                        request.received_at);
  return std::ranges::any_of(hats, [&](const auto& usable) {
    return usable.hat.role == ledger::Role::filler &&
           usable.hat.department == access.table().owner;
  });
}

}  // namespace

std::variant<CurrentVersion, Problem> current_version(const TableAccess& access,
                                                      Services& services) {
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  const std::string& campaign = access.campaign().id.value;
  const std::string& table = access.table().key.value;
  auto content = services.ledger.reader().table_content(campaign, table);
  if (!content) return problem_of(content.error());
  auto task = services.views.deadlines().task(campaign, table, services.ledger.clock().now());
  if (!task) return problem_of(task.error());
  return CurrentVersion{{task->current_version, content->hash, content->rows}, content->size};
}

std::variant<ledger::RecordValidation, Problem> validate(const Request& request,
                                                         const TableAccess& access,
                                                         Services& services) {
  auto current = current_version(access, services);
  if (auto* problem = std::get_if<Problem>(&current)) return std::move(*problem);
  const auto& [version, size] = std::get<CurrentVersion>(current);
  const auto& campaign = access.campaign();
  auto evaluation =
      services.views.rules().evaluate(campaign, previous_of(request, campaign), access.table().key);
  if (!evaluation) return problem_of(evaluation.error());
  ledger::RecordValidation command;
  command.campaign = campaign.id;
  command.table = access.table().key;
  command.version = version;
  // What changes between the two is found out by the decision, which then refuses.
  command.computed_at = std::min(size, evaluation->as_of);
  command.definition_revision = revision_of(request, campaign);
  command.outcomes = std::move(evaluation->outcomes);
  command.findings = std::move(evaluation->findings);
  return command;
}

std::variant<std::optional<ledger::RecordValidation>, Problem> missing_validation(
    const Request& request, const TableAccess& access, const ledger::VersionRef& version,
    Services& services) {
  using Missing = std::optional<ledger::RecordValidation>;
  const auto& campaign = access.campaign();
  const bool any = std::ranges::any_of(campaign.rules, [&](const ledger::Rule& rule) {
    return rule.check_of(access.table().key) != nullptr;
  });
  // Whoever may not submit is refused that, and leaves no run behind.
  if (!any || !fills(request, access)) return Missing();
  auto run = services.views.rules().run(campaign.id.value, access.table().key.value, {});
  if (!run && run.error().code != ledger::Errc::not_found) return problem_of(run.error());
  if (run && run->number == version.number && run->hash == ledger::to_hex(version.hash) &&
      run->definition_revision == revision_of(request, campaign)) {
    auto said = services.views.rules().explanations(campaign.id.value, access.table().key.value);
    if (!said) return problem_of(said.error());
    // A rejected explanation may have spoken of places that the run no longer found.
    const bool rejected_since = std::ranges::any_of(*said, [&](const auto& one) {
      return one.state == "rejected" && one.decided_by && *one.decided_by > run->index;
    });
    if (!rejected_since) return Missing();
  }
  auto made = validate(request, access, services);
  if (auto* problem = std::get_if<Problem>(&made)) return std::move(*problem);
  return Missing(std::move(std::get<ledger::RecordValidation>(made)));
}

}  // namespace countersign::api
