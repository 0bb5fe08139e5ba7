#include "api/routes/case_access.h"

#include "projections/views.h"

#include <algorithm>
#include <charconv>

namespace countersign::api {

using ledger::LeafIndex;
using ledger::Role;
using projections::CaseRecord;

namespace {

std::variant<LeafIndex, Problem> case_id_of(const Request& request) {
  const std::string& text = request.param("case");
  LeafIndex index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) return no_case();
  return index;
}

}  // namespace

bool follows_reviews(const Request& request) {
  return wears(request, Role::accountability_reviewer) || wears(request, Role::centre_office) ||
         wears(request, Role::auditor);
}

bool of_department(const Request& request, const std::string& department) {
  return std::ranges::any_of(request.account->account.hats,
                             [&](const auto& hat) { return hat.department.value == department; });
}

bool sees_case(const Request& request, const CaseRecord& record) {
  if (follows_reviews(request)) return true;
  const bool known = !record.services.empty() || !record.texts.empty();
  return known && in_scope(accountability_scope(request), record.department);
}

Problem no_case() { return not_found("case", "该案件"); }

std::variant<NamedCase, Problem> case_of(const Request& request) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  auto id = case_id_of(request);
  if (auto* problem = std::get_if<Problem>(&id)) return std::move(*problem);
  return NamedCase{std::get<0>(campaign), std::get<0>(id)};
}

std::variant<CaseRecord, Problem> record_of(const NamedCase& named, Services& services) {
  auto cases = services.views.cases().cases(named.campaign->id.value);
  if (!cases) return problem_of(cases.error());
  const auto found = std::ranges::find(*cases, named.id, &CaseRecord::id);
  if (found == cases->end()) return no_case();
  return std::move(*found);
}

Problem no_packs() {
  Problem problem = not_found("evidence store", "佐证材料存储");
  problem.cure = {"请联系系统运维人员", "Tell the operators of this service"};
  return problem;
}

}  // namespace countersign::api
