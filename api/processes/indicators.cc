#include "api/processes/indicators.h"

#include "api/routes/access.h"
#include "ledger/ledger.h"
#include "projections/deadlines/queries.h"
#include "projections/indicators/queries.h"
#include "projections/views.h"

#include <algorithm>
#include <set>

namespace countersign::api {

namespace {

// Each input's content now, under the number that was signed; the decision compares it with that.
std::variant<std::vector<ledger::InputTable>, Problem> present_inputs(
    const ledger::CampaignDefinition& definition, const std::set<std::string>& indicators,
    Services& services) {
  std::set<ledger::TableKey> wanted;
  for (const auto& indicator : definition.indicators) {
    if (!indicators.empty() && !indicators.contains(indicator.id)) continue;
    wanted.merge(projections::inputs_of(definition, indicator));
  }
  const std::string& id = definition.id.value;
  auto tasks = services.views.deadlines().tasks(id, "", services.ledger.clock().now());
  if (!tasks) return problem_of(tasks.error());
  std::vector<ledger::InputTable> inputs;
  for (const ledger::TableKey& table : wanted) {
    const auto task = std::ranges::find(*tasks, table.value, &projections::TaskDeadline::table);
    auto content = services.ledger.reader().table_content(id, table.value);
    if (!content) return problem_of(content.error());
    inputs.push_back(
        {table, {task == tasks->end() ? 0 : task->current_version, content->hash, content->rows}});
  }
  return inputs;
}

}  // namespace

std::variant<ledger::RecordIndicators, Problem> computed_indicators(
    const ledger::DefinedCampaign& campaign, const std::set<std::string>& indicators,
    Services& services) {
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  const ledger::CampaignDefinition& definition = *campaign.definition;
  auto figures = services.views.indicators().evaluate(definition, indicators);
  if (!figures) return problem_of(figures.error());
  auto inputs = present_inputs(definition, indicators, services);
  if (auto* problem = std::get_if<Problem>(&inputs)) return std::move(*problem);
  return ledger::RecordIndicators{definition.id,
                                  figures->as_of,
                                  campaign.revision,
                                  std::move(std::get<0>(inputs)),
                                  std::move(figures->evaluation.quantities),
                                  std::move(figures->evaluation.indicators)};
}

}  // namespace countersign::api
