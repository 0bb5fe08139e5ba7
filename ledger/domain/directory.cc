#include "ledger/domain/directory.h"

#include <algorithm>
#include <iterator>

namespace countersign::ledger {

namespace {

bool department_role(Role role) {
  return role == Role::filler || role == Role::reviewer || role == Role::unit_head;
}

bool reads_all_tables(Role role) {
  return role == Role::centre_office || role == Role::administrator || role == Role::leading_group;
}

bool reads_all_accountability(Role role) {
  return reads_all_tables(role) || role == Role::party_committee ||
         role == Role::accountability_reviewer;
}

}  // namespace

const CampaignDefinition* Directory::campaign(const CampaignId& id) const {
  const auto found = campaigns.find(id);
  return found == campaigns.end() ? nullptr : found->second.definition.get();
}

const AccountRecord* Directory::account(const AccountId& id) const {
  const auto found = accounts.find(id);
  return found == accounts.end() ? nullptr : &found->second;
}

const AccountRecord* Directory::active_account(const AccountId& id, Timestamp now) const {
  const AccountRecord* record = account(id);
  if (record == nullptr || record->closed) return nullptr;
  const Account& its = record->account;
  if ((its.valid_from && now < *its.valid_from) || (its.valid_until && now >= *its.valid_until)) {
    return nullptr;
  }
  return record;
}

const KeyRecord* Directory::current_key(const PersonId& person) const {
  const auto found = keys.find(person);
  if (found == keys.end() || found->second.empty() || found->second.back().revoked_by) {
    return nullptr;
  }
  return &found->second.back();
}

const KeyRecord* Directory::key_at(const PersonId& person, LeafIndex index) const {
  const auto found = keys.find(person);
  if (found == keys.end()) return nullptr;
  const auto& list = found->second;
  const auto next = std::find_if(list.begin(), list.end(),
                                 [&](const KeyRecord& key) { return key.enrolled_by >= index; });
  if (next == list.begin()) return nullptr;
  const KeyRecord& key = *std::prev(next);
  return key.revoked_by && *key.revoked_by < index ? nullptr : &key;
}

const KeyRecord* Directory::device_key(const PersonId& person) const {
  const KeyRecord* key = current_key(person);
  return key == nullptr || key->service_held ? nullptr : key;
}

bool Directory::waits_for_administrator(const PersonId& person) const {
  const auto found = keys.find(person);
  if (found == keys.end() || found->second.empty()) return false;
  const KeyRecord& last = found->second.back();
  return !last.service_held && last.revoked_by && last.revoked_by_holder;
}

const PersonId* Directory::holder_of(std::string_view public_key) const {
  for (const auto& [person, list] : keys) {
    for (const KeyRecord& key : list) {
      if (key.public_key == public_key) return &person;
    }
  }
  return nullptr;
}

std::vector<UsableHat> usable_hats(const Directory& directory, const AccountRecord& account,
                                   const CampaignId& campaign, Timestamp now) {
  std::vector<UsableHat> hats;
  for (const Hat& hat : account.account.hats) hats.push_back({hat, std::nullopt});
  for (const Delegation& delegation : directory.delegations) {
    if (delegation.campaign == campaign && delegation.to == account.account.person &&
        !delegation.revoked && now < delegation.until) {
      hats.push_back({delegation.hat, delegation.from});
    }
  }
  return hats;
}

ReadScope read_scope_of(const Hat& hat, const TableDefinition& table) {
  if (reads_all_tables(hat.role)) return ReadScope::all;
  if (!department_role(hat.role)) return ReadScope::none;
  if (hat.department == table.owner) return ReadScope::all;
  const bool assists =
      std::any_of(table.assisting.begin(), table.assisting.end(), [&](const AssistPart& part) {
        return std::find(part.departments.begin(), part.departments.end(), hat.department) !=
               part.departments.end();
      });
  return assists ? ReadScope::own_part : ReadScope::none;
}

bool may_see_evidence(const Hat& hat, const TableDefinition* table, const DepartmentId& custodian) {
  if (reads_all_tables(hat.role)) return true;
  if (department_role(hat.role) && hat.department == custodian) return true;
  return table != nullptr && read_scope_of(hat, *table) == ReadScope::all;
}

bool may_read_past_of(const Hat& hat, const TableDefinition& table) {
  if (!table.personal()) return read_scope_of(hat, table) != ReadScope::none;
  return hat.role == Role::centre_office || hat.role == Role::administrator ||
         (department_role(hat.role) && hat.department == table.owner);
}

ReadScope may_read_table(const Directory& directory, const AccountRecord& account,
                         const CampaignId& campaign, const TableKey& key, Timestamp now) {
  const CampaignDefinition* definition = directory.campaign(campaign);
  const TableDefinition* table = definition == nullptr ? nullptr : definition->table(key);
  if (table == nullptr) return ReadScope::none;
  ReadScope scope = ReadScope::none;
  for (const UsableHat& usable : usable_hats(directory, account, campaign, now)) {
    const ReadScope its = read_scope_of(usable.hat, *table);
    if (its == ReadScope::all) return its;
    if (its == ReadScope::own_part) scope = its;
  }
  return scope;
}

DepartmentScope may_read_accountability(const Directory& directory, const AccountRecord& account,
                                        Timestamp now) {
  DepartmentScope scope;
  const auto add = [&](const Hat& hat) {
    if (reads_all_accountability(hat.role)) scope.all = true;
    if (department_role(hat.role)) scope.departments.push_back(hat.department);
  };
  for (const Hat& hat : account.account.hats) add(hat);
  for (const Delegation& delegation : directory.delegations) {
    if (delegation.to == account.account.person && !delegation.revoked && now < delegation.until) {
      add(delegation.hat);
    }
  }
  return scope;
}

}  // namespace countersign::ledger
