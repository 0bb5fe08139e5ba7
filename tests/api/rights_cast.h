// The demonstration campaign as the rights matrix looks at it: who wears which hat, and what the
// roles' rules, stated here once more and independently of the service, allow them.
#pragma once

#include "ledger/domain/campaign.h"
#include "ledger/domain/row.h"
#include "tools/demo/synthetic_school.h"

#include <string>

namespace countersign::api {

// The demonstration campaign without its administrator, who is the test ledger's founder.
const std::string& definition_text();
const ledger::CampaignDefinition& campaign();
const tools::SyntheticSchool& school();

bool wears_hat(const ledger::Account& account, ledger::Role role);
bool wears_hat(const ledger::Account& account, ledger::Role role,
               const ledger::DepartmentId& department);
bool of_department(const ledger::Account& account, const ledger::DepartmentId& department);

bool reads(const ledger::Account& account, const ledger::TableDefinition& table);
// The accountability record of a department: itself, and those who lead, run or judge.
bool follows(const ledger::Account& account, const ledger::DepartmentId& department);
bool follows_any(const ledger::Account& account);
bool edits(const ledger::Account& account, const ledger::TableDefinition& table,
           const ledger::Cells& row);
bool holds_level(const ledger::Account& account, const ledger::TableDefinition& table,
                 std::size_t position);

// A row of the table with a value in every column that wants one.
ledger::Cells some_row(const ledger::TableDefinition& table);

}  // namespace countersign::api
