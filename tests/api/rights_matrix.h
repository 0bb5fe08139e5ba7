// Who may do what: every role on every route and every table of the demonstration campaign. What
// is expected is worked out from the campaign's definition by the rules of the roles, stated here
// once more and independently of the service; everything that is not expected must be refused.
#pragma once

#include "api/routes/endpoint.h"
#include "ledger/base/bytes.h"
#include "ledger/domain/campaign_codec.h"
#include "tests/api/http_client.h"
#include "tests/api/served.h"
#include "tools/client/client.h"
#include "tools/demo/player.h"
#include "tools/demo/synthetic_school.h"

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::api::rights {

using ledger::Account;
using ledger::AssistPart;
using ledger::CampaignDefinition;
using ledger::DepartmentId;
using ledger::Role;
using ledger::TableDefinition;
using nlohmann::json;

// The demonstration campaign without its administrator, who is the test ledger's founder.
inline const std::string& definition_text() {
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

inline const CampaignDefinition& campaign() {
  static const auto definition = ledger::parse_campaign(definition_text()).value();
  return *definition;
}

inline const tools::SyntheticSchool& school() {
  static const tools::SyntheticSchool made(campaign());
  return made;
}

inline bool wears_hat(const Account& account, Role role) {
  return std::ranges::any_of(account.hats, [&](const auto& hat) { return hat.role == role; });
}
inline bool wears_hat(const Account& account, Role role, const DepartmentId& department) {
  return std::ranges::any_of(account.hats, [&](const auto& hat) {
    return hat.role == role && hat.department == department;
  });
}
inline bool of_department(const Account& account, const DepartmentId& department) {
  return wears_hat(account, Role::filler, department) ||
         wears_hat(account, Role::reviewer, department) ||
         wears_hat(account, Role::unit_head, department);
}
inline bool sees_everything(const Account& account) {
  return wears_hat(account, Role::centre_office) || wears_hat(account, Role::administrator) ||
         wears_hat(account, Role::leading_group);
}

inline bool reads(const Account& account, const TableDefinition& table) {
  if (sees_everything(account) || of_department(account, table.owner)) return true;
  return std::ranges::any_of(table.assisting, [&](const AssistPart& part) {
    return std::ranges::any_of(part.departments, [&](const auto& department) {
      return of_department(account, department);
    });
  });
}

// The accountability record of a department: itself, and those who lead, run or judge.
inline bool follows(const Account& account, const DepartmentId& department) {
  return sees_everything(account) || wears_hat(account, Role::party_committee) ||
         wears_hat(account, Role::accountability_reviewer) || of_department(account, department);
}
inline bool follows_any(const Account& account) {
  return follows(account, DepartmentId()) ||
         std::ranges::any_of(campaign().departments,
                             [&](const auto& one) { return of_department(account, one.id); });
}

// Whether tables know the account's person under a number.
inline bool has_number(const Account& account) {
  return std::ranges::any_of(campaign().persons, [&](const auto& person) {
    return person.id == account.person && !person.staff_no.empty();
  });
}

// The part under which a filler may add this row, if the department assists with whole rows.
inline bool supplies(const Account& account, const TableDefinition& table,
                     const ledger::Cells& row) {
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

inline bool edits(const Account& account, const TableDefinition& table, const ledger::Cells& row) {
  return wears_hat(account, Role::filler, table.owner) || supplies(account, table, row);
}

inline bool holds_level(const Account& account, const TableDefinition& table,
                        std::size_t position) {
  const auto& level = campaign().approval_chain[position];
  return level.school_wide ? wears_hat(account, level.role)
                           : wears_hat(account, level.role, table.owner);
}

// A row of the table with a value in every column that wants one.
inline ledger::Cells some_row(const TableDefinition& table) {
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

inline std::string evidence(const std::string& cover) {
  return R"({"title":"m","kind":"m","covers":[)" + cover + R"(],"hash":")" + std::string(64, '0') +
         "\"}";
}

struct Asked {
  std::string target;
  std::string body;
};

class RightsMatrix : public ::testing::Test {
 protected:
  RightsMatrix() {
    admin_.id = ledger::AccountId("admin");
    admin_.person = ledger::PersonId("p-admin");
    admin_.hats = {{Role::administrator, DepartmentId()}};
    const auto defined = ask(admin_, "PUT", "/v1/campaigns/2020", definition_text());
    EXPECT_LT(defined.status, 300) << defined.body;
    for (const auto& account : campaign().accounts) {
      if (wears_hat(account, Role::centre_office) && !office_) office_ = &account;
    }
    json tables = json::array();
    for (const auto& table : campaign().tables) tables.push_back(table.key.value);
    const auto assigned =
        ask(*office_, "POST", "/v1/campaigns/2020/assignments", json{{"tables", tables}}.dump());
    EXPECT_LT(assigned.status, 300) << assigned.body;
    for (const auto& phase : campaign().phases) {
      const auto opened =
          ask(*office_, "POST", "/v1/campaigns/2020/phases/" + phase.id.value + "/open", "{}");
      EXPECT_LT(opened.status, 300) << opened.body;
    }
  }

  Answer ask(const Account& account, const std::string& method, const std::string& target,
             const std::string& body) {
    auto& token = tokens_[account.id.value];
    if (token.empty()) {
      const auto directory = served_.ledger->directory();
      token = served_.tokens.issue(*directory->account(account.id)).token;
    }
    return ask("Authorization: Bearer " + token + "\r\n", method, target, body);
  }

  Answer ask(const std::string& headers, const std::string& method, const std::string& target,
             const std::string& body) {
    if (++asked_ % 500 == 0) client_.emplace(served_.port());
    auto answer = client_->request(method, target, headers, body);
    if (!answer) {
      client_.emplace(served_.port());
      answer = client_->request(method, target, headers, body);
    }
    EXPECT_TRUE(answer) << method << " " << target;
    return answer ? std::move(*answer) : Answer{};
  }

  // Refused for want of a right, as opposed to a rule of the process or a wrong password.
  static bool refused(const Answer& answer) {
    if (answer.status != 403) return false;
    const json problem = json::parse(answer.body, nullptr, false);
    const std::string code = problem.is_object() ? problem.value("code", "") : "";
    return code == "right_missing" || code == "forbidden";
  }

  void expect(bool allowed, const Account& account, const Endpoint& route, const Asked& asked) {
    const auto before = served_.ledger->reader().size();
    const Answer answer = ask(account, std::string(route.method), asked.target, asked.body);
    ++(allowed ? allowed_ : refused_);
    EXPECT_EQ(refused(answer), !allowed)
        << account.id.value << " " << route.name << " " << asked.target << ": " << answer.status
        << " " << answer.body.substr(0, 300);
    EXPECT_LT(answer.status, 500) << asked.target << " " << answer.body;
    if (!allowed) {
      EXPECT_EQ(served_.ledger->reader().size(), before) << asked.target;
    }
  }

  // One account of every kind that the table tells apart.
  std::vector<const Account*> casts_of(const TableDefinition& table) const {
    std::vector<const Account*> casts{&admin_};
    std::set<std::string> kinds;
    for (const auto& account : campaign().accounts) {
      for (const auto& hat : account.hats) {
        std::string kind(ledger::to_string(hat.role));
        if (hat.department == table.owner) {
          kind += " of the owner";
        } else if (std::ranges::any_of(table.assisting, [&](const AssistPart& part) {
                     return std::ranges::find(part.departments, hat.department) !=
                            part.departments.end();
                   })) {
          kind += " of an assisting department";
        }
        if (kinds.insert(kind).second) {
          casts.push_back(&account);
          break;
        }
      }
    }
    return casts;
  }

  json version_of(const TableDefinition& table) {
    const auto content = served_.ledger->reader().table_content("2020", table.key.value).value();
    return {{"number", 1}, {"hash", ledger::to_hex(content.hash)}};
  }

  Served served_{endpoints()};
  Account admin_;
  const Account* office_ = nullptr;
  std::map<std::string, std::string> tokens_;
  std::optional<HttpClient> client_{std::in_place, served_.port()};
  std::size_t asked_ = 0, allowed_ = 0, refused_ = 0;
};

}  // namespace countersign::api::rights
