#include "tests/api/rights_cast.h"

#include "ledger/domain/campaign_codec.h"
#include "tools/demo/player.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Account;
using ledger::AssistPart;
using ledger::CampaignDefinition;
using ledger::DepartmentId;
using ledger::Role;
using ledger::TableDefinition;
using nlohmann::json;

const std::string& definition_text() {
  static const std::string text = [] {
    json definition = json::parse(tools::demo_campaign_json());
    json kept = json::array();
    for (auto& account : definition["accounts"]) {
      if (account.at("id") != "admin") kept.push_back(std::move(account));
    }
    definition["accounts"] = std::move(kept);
    return definition.dump();
  }();
  return text;
}

const CampaignDefinition& campaign() {
  static const auto definition = ledger::parse_campaign(definition_text()).value();
  return *definition;
}

const tools::SyntheticSchool& school() {
  static const tools::SyntheticSchool made(campaign());
  return made;
}

bool wears_hat(const Account& account, Role role) {
  return std::ranges::any_of(account.hats, [&](const auto& hat) { return hat.role == role; });
}
bool wears_hat(const Account& account, Role role, const DepartmentId& department) {
  return std::ranges::any_of(account.hats, [&](const auto& hat) {
    return hat.role == role && hat.department == department;
  });
}
bool of_department(const Account& account, const DepartmentId& department) {
  return wears_hat(account, Role::filler, department) ||
         wears_hat(account, Role::reviewer, department) ||
         wears_hat(account, Role::unit_head, department);
}

namespace {

bool sees_everything(const Account& account) {
  return wears_hat(account, Role::centre_office) || wears_hat(account, Role::administrator) ||
         wears_hat(account, Role::leading_group);
}

// The part under which a filler may add this row, if the department assists with whole rows.
bool supplies(const Account& account, const TableDefinition& table, const ledger::Cells& row) {
  return std::ranges::any_of(table.assisting, [&](const AssistPart& part) {
    if (!part.columns.empty()) return false;
    return std::ranges::any_of(part.departments, [&](const auto& id) {
      if (!wears_hat(account, Role::filler, id)) return false;
      const auto cell = row.find(part.row_column);
      return part.row_column.empty() ||
             (cell != row.end() && cell->second == campaign().department(id)->unit_no);
    });
  });
}

}  // namespace

bool reads(const Account& account, const TableDefinition& table) {
  if (sees_everything(account) || of_department(account, table.owner)) return true;
  return std::ranges::any_of(table.assisting, [&](const AssistPart& part) {
    return std::ranges::any_of(part.departments, [&](const auto& department) {
      return of_department(account, department);
    });
  });
}

bool follows(const Account& account, const DepartmentId& department) {
  return sees_everything(account) || wears_hat(account, Role::party_committee) ||
         wears_hat(account, Role::accountability_reviewer) || of_department(account, department);
}
bool follows_any(const Account& account) {
  return follows(account, DepartmentId()) ||
         std::ranges::any_of(campaign().departments,
                             [&](const auto& one) { return of_department(account, one.id); });
}

bool edits(const Account& account, const TableDefinition& table, const ledger::Cells& row) {
  return wears_hat(account, Role::filler, table.owner) || supplies(account, table, row);
}

bool holds_level(const Account& account, const TableDefinition& table, std::size_t position) {
  const auto& level = campaign().approval_chain[position];
  return level.school_wide ? wears_hat(account, level.role)
                           : wears_hat(account, level.role, table.owner);
}

ledger::Cells some_row(const TableDefinition& table) {
  const auto rows = school().rows(table.key.value);
  if (!rows.empty()) return rows.front();
  ledger::Cells row;
  for (const auto& column : table.columns) {
    const bool number =
        column.type == ledger::ColumnType::integer || column.type == ledger::ColumnType::decimal;
    row[column.key] = !column.allowed.empty()                    ? column.allowed.front()
                      : column.type == ledger::ColumnType::year  ? "2020"
                      : column.type == ledger::ColumnType::month ? "2020-09"
                      : number                                   ? "1"
                                                                 : "x";
  }
  return row;
}

}  // namespace countersign::api
