// What each role may do with the demonstration campaign, by the rules of the roles, stated here
// once more and independently of the service.
#pragma once

#include "ledger/domain/campaign.h"
#include "ledger/domain/row.h"

#include <string>

namespace countersign::api {

// The demonstration campaign without its administrator, who is the test ledger's founder.
const std::string& definition_text();
const ledger::CampaignDefinition& campaign();

bool wears_hat(const ledger::Account& account, ledger::Role role);
bool wears_hat(const ledger::Account& account, ledger::Role role,
               const ledger::DepartmentId& department);
// As filler, reviewer or head.
bool of_department(const ledger::Account& account, const ledger::DepartmentId& department);
bool sees_everything(const ledger::Account& account);

bool reads(const ledger::Account& account, const ledger::TableDefinition& table);
// The accountability record of a department: itself, and those who lead, run or judge.
bool follows(const ledger::Account& account, const ledger::DepartmentId& department);
bool follows_any(const ledger::Account& account);
bool edits(const ledger::Account& account, const ledger::TableDefinition& table,
           const ledger::Cells& row);
// The level of the approval chain at this position.
bool holds_level(const ledger::Account& account, const ledger::TableDefinition& table,
                 std::size_t position);

// A row of the table with a value in every column that wants one.
ledger::Cells some_row(const ledger::TableDefinition& table);

}  // namespace countersign::api
