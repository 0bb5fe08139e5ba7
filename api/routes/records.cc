// Records of departments over one campaign and over years.
#include "api/routes/handlers.h"
#include "api/wire/reminder_json.h"
#include "ledger/ledger.h"
#include "projections/records/queries.h"
#include "projections/views.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

ReadResult show_department_record(const Request& request, Services& services) {
  const std::string& department = request.param("department");
  if (!in_scope(accountability_scope(request), department)) return out_of_scope();
  const bool known =
      std::ranges::any_of(request.directory->campaigns, [&](const auto& campaign) {
        return campaign.second.definition->department(ledger::DepartmentId(department)) != nullptr;
      });
  if (!known) return not_found("department", "部门");
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  auto record = services.views.records().department(department, services.ledger.clock().now());
  if (!record) return problem_of(record.error());
  Response response;
  response.body = to_json(*record).dump();
  return response;
}

}  // namespace countersign::api
