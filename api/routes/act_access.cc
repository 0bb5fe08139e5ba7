#include "api/routes/act_access.h"

namespace countersign::api {

ActSubject subject_of(const std::string& campaign, const projections::Act& act) {
  return {campaign, act.table, act.by.person, act.by.on_behalf_of, act.by.department};
}

ActAccess::ActAccess(const Request& request)
    : request_(request),
      scope_(accountability_scope(request)),
      office_(wears(request, ledger::Role::administrator) ||
              wears(request, ledger::Role::centre_office)) {}

std::optional<Problem> ActAccess::refuse(const projections::EntryFilter& filter) {
  if (filter.person == request_.account->account.person.value) return std::nullopt;
  const bool department = filter.department.empty() || in_scope(scope_, filter.department);
  const bool table = filter.table.empty() || sees_table(filter.campaign, filter.table);
  if (department && table) return std::nullopt;
  return out_of_scope();
}

bool ActAccess::sees(const ActSubject& act) {
  if (mine(act) || office_) return true;
  if (act.campaign.empty()) return false;  // accounts and keys
  if (!act.department.empty() && in_scope(scope_, act.department)) return true;
  return act.table.empty() || sees_table(act.campaign, act.table);
}

Disclosure ActAccess::disclosure(const ActSubject& act) {
  const bool reader =
      !act.table.empty() && scope_of(act.campaign, act.table) == ledger::ReadScope::all;
  return {.names = mine(act) || reader || sees_persons(request_, act.department),
          .reasons = mine(act) || reader || office_};
}

bool ActAccess::mine(const ActSubject& act) const {
  const std::string& person = request_.account->account.person.value;
  return act.person == person || act.on_behalf_of == person;
}

ledger::ReadScope ActAccess::scope_of(const std::string& campaign, const std::string& table) {
  const auto [at, fresh] = tables_.try_emplace({campaign, table}, ledger::ReadScope::none);
  if (fresh) {
    at->second =
        ledger::may_read_table(*request_.directory, *request_.account, ledger::CampaignId(campaign),
                               ledger::TableKey(table), request_.received_at);
  }
  return at->second;
}

bool ActAccess::sees_table(const std::string& campaign, const std::string& table) {
  if (scope_of(campaign, table) != ledger::ReadScope::none) return true;
  const auto* defined = request_.directory->campaign(ledger::CampaignId(campaign));
  const auto* known = defined == nullptr ? nullptr : defined->table(ledger::TableKey(table));
  return known != nullptr && in_scope(scope_, known->owner.value);
}

}  // namespace countersign::api
