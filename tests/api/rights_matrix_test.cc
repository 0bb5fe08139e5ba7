// Who may do what: every role on every route and every table of the demonstration campaign. What
// is expected is worked out from the campaign's definition by the rules of the roles, stated here
// once more and independently of the service; everything that is not expected must be refused.
#include "api/routes/endpoint.h"
#include "ledger/base/bytes.h"
#include "tests/api/http_client.h"
#include "tests/api/rights_cast.h"
#include "tests/api/served.h"
#include "tools/client/client.h"

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::api {
namespace {

using ledger::Account;
using ledger::AssistPart;
using ledger::DepartmentId;
using ledger::Role;
using ledger::TableDefinition;
using nlohmann::json;

std::string evidence(const std::string& cover) {
  return R"({"title":"m","kind":"m","covers":[)" + cover + R"(],"hash":")" + std::string(64, '0') +
         "\"}";
}

struct Asked {
  std::string target;
  std::string body;
};

class RightsMatrix : public testing::Test {
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

// What a route of one table takes, and who may use it. The body is one that passes every check
// that comes before the right.
struct TableRule {
  std::function<bool(const Account&, const TableDefinition&)> may;
  std::function<Asked(const TableDefinition&)> asks;
};

TEST_F(RightsMatrix, EveryRoleOnEveryRouteOfEveryTable) {
  const auto at = [](const TableDefinition& table, const std::string& rest) {
    return "/v1/campaigns/2020/tables/" + table.key.value + rest;
  };
  const auto read = [&](const std::string& rest) {
    return TableRule{&reads, [=](const auto& table) { return Asked{at(table, rest), ""}; }};
  };
  std::map<std::string, ledger::Cells> rows;
  for (const auto& table : campaign().tables) rows[table.key.value] = some_row(table);
  const auto cells_of = [&](const TableDefinition& table) {
    json cells = json::object();
    for (const auto& [column, cell] : rows.at(table.key.value)) {
      cells[column] = cell ? json(*cell) : json();
    }
    return cells;
  };
  const auto key_of = [&](const TableDefinition& table) {
    return tools::percent_encode(ledger::row_key_of(table, rows.at(table.key.value)).value);
  };
  const auto edit = [&](const Account& account, const TableDefinition& table) {
    return edits(account, table, rows.at(table.key.value));
  };
  const auto owner_fills = [](const Account& account, const TableDefinition& table) {
    return wears_hat(account, Role::filler, table.owner);
  };
  const auto asks_for_help = [](const Account& account, const TableDefinition& table) {
    return wears_hat(account, Role::filler, table.owner) ||
           wears_hat(account, Role::reviewer, table.owner) ||
           wears_hat(account, Role::centre_office);
  };
  const auto helps = [](const Account& account, const TableDefinition& table) {
    return !table.assisting.empty() &&
           std::ranges::any_of(table.assisting.front().departments, [&](const auto& id) {
             return wears_hat(account, Role::filler, id);
           });
  };
  const auto statement = [&](const TableDefinition& table, const std::string& level) {
    json body = {{"version", version_of(table)}, {"note", "not a note"}};
    if (!level.empty()) body["level"] = level;
    return body.dump();
  };
  const auto part_of = [](const TableDefinition& table) {
    return table.assisting.empty() ? std::string("none") : table.assisting.front().id;
  };

  const auto told_of_evidence = [](const Account& account, const TableDefinition& table) {
    return reads(account, table) || wears_hat(account, Role::accountability_reviewer) ||
           wears_hat(account, Role::auditor);
  };
  const auto fills_some = [](const Account& account, const TableDefinition& table) {
    return reads(account, table) && wears_hat(account, Role::filler);
  };

  std::map<std::string, TableRule> rules = {
      {"list_evidence",
       {told_of_evidence,
        [&](const auto& table) {
          return Asked{at(table, "/evidence"), ""};
        }}},
      {"register_evidence",
       {fills_some,
        [&](const auto& table) {
          return Asked{at(table, "/evidence"), evidence("{}")};
        }}},
      {"list_rows", read("/rows")},
      {"export_sheet", read("/sheet")},
      {"show_history", read("/history")},
      {"list_table_entries", read("/entries")},
      {"show_blame", read("/blame")},
      {"show_diff", read("/diff?from=0")},
      {"show_version", read("/version")},
      {"show_row", read("/rows/none")},
      {"show_task",
       {[](const auto& account, const auto& table) {
          return reads(account, table) || follows(account, table.owner);
        },
        [&](const auto& table) {
          return Asked{at(table, "/status"), ""};
        }}},
      {"put_row",
       {edit,
        [&](const auto& table) {
          return Asked{at(table, "/rows/" + key_of(table)),
                       json{{"cells", cells_of(table)}}.dump()};
        }}},
      {"patch_row",
       {edit,
        [&](const auto& table) {
          return Asked{at(table, "/rows/" + key_of(table)),
                       json{{"cells", cells_of(table)}}.dump()};
        }}},
      {"change_rows",
       {edit,
        [&](const auto& table) {
          return Asked{at(table, "/rows"), json{{"rows", {{{"cells", cells_of(table)}}}}}.dump()};
        }}},
      {"import_sheet",
       {edit,
        [&](const auto& table) {
          return Asked{at(table, "/sheet"),
                       tools::SyntheticSchool::sheet(table, {rows.at(table.key.value)})};
        }}},
      {"remove_row",
       {edit,
        [&](const auto& table) {
          return Asked{at(table, "/rows/" + key_of(table)), json{{"reason", "matrix"}}.dump()};
        }}},
      {"show_sign_off_text",
       {owner_fills,
        [&](const auto& table) {
          return Asked{at(table, "/sign-off-text"), json{{"level", "submission"}}.dump()};
        }}},
      {"submit_table",
       {owner_fills,
        [&](const auto& table) {
          return Asked{at(table, "/submit"), statement(table, "")};
        }}},
      {"grant_exception",
       {[](const auto& account, const auto&) { return wears_hat(account, Role::centre_office); },
        [&](const auto& table) {
          return Asked{at(table, "/exception"),
                       json{{"due", "2030-01-01T00:00:00+08:00"}, {"reason", "matrix"}}.dump()};
        }}},
      {"request_assist",
       {asks_for_help,
        [&](const auto& table) {
          const std::string department =
              table.assisting.empty() ? "none" : table.assisting.front().departments.front().value;
          return Asked{at(table, "/assists"), json{{"part", part_of(table)},
                                                   {"department", department},
                                                   {"due", "2030-01-01T00:00:00+08:00"}}
                                                  .dump()};
        }}},
      {"deliver_assist",
       {helps,
        [&](const auto& table) {
          return Asked{at(table, "/assists/" + part_of(table) + "/deliver"), "{}"};
        }}},
      {"validate_table",
       {[](const auto& account, const auto& table) {
          return of_department(account, table.owner) || wears_hat(account, Role::centre_office);
        },
        [&](const auto& table) {
          return Asked{at(table, "/validation"), "{}"};
        }}},
      {"list_findings", read("/findings")},
      {"explain_finding",
       {owner_fills,
        [&](const auto& table) {
          return Asked{at(table, "/explanations"), R"({"rule":"none","reason":"matrix"})"};
        }}},
      {"decide_explanation",
       {[](const auto& account, const auto& table) {
          return wears_hat(account, Role::reviewer, table.owner);
        },
        [&](const auto& table) {
          return Asked{at(table, "/explanations/0/decision"), R"({"accepted":true})"};
        }}},
      {"decline_assist",
       {helps,
        [&](const auto& table) {
          return Asked{at(table, "/assists/" + part_of(table) + "/decline"),
                       json{{"reason", "matrix"}}.dump()};
        }}},
  };

  std::set<std::string> met;
  for (const Endpoint& route : endpoints()) {
    if (route.pattern.find("/tables/{table}") == std::string_view::npos) continue;
    const std::string name(route.name);
    met.insert(name);
    const bool leveled = name == "approve_table" || name == "return_table";
    ASSERT_TRUE(leveled || rules.contains(name)) << name << " has no rule: who may use it?";
    for (const auto& table : campaign().tables) {
      for (const Account* account : casts_of(table)) {
        if (!leveled) {
          // Nobody can be asked to supply, and nobody supplies, a part that there is not.
          const bool of_part = name.ends_with("_assist");
          if (of_part && table.assisting.empty()) continue;
          const TableRule& rule = rules.at(name);
          expect(rule.may(*account, table), *account, route, rule.asks(table));
          continue;
        }
        for (std::size_t i = 0; i < campaign().approval_chain.size(); ++i) {
          const auto& level = campaign().approval_chain[i];
          if (name == "return_table" && !level.may_return) continue;
          Asked asked{at(table, name == "approve_table" ? "/approvals" : "/returns"), ""};
          json body = json::parse(statement(table, level.id.value));
          if (name == "return_table") {
            body.erase("note");
            body["reasons"] = {{{"column", table.columns.front().key}, {"text", "matrix"}}};
            body["due"] = "2030-01-01T00:00:00+08:00";
          }
          asked.body = body.dump();
          expect(holds_level(*account, table, i), *account, route, asked);
        }
      }
      // Without a credential nothing of a table is answered.
      Asked asked{"/v1/campaigns/2020/tables/" + table.key.value, ""};
      if (!leveled) asked = rules.at(name).asks(table);
      if (leveled) continue;
      EXPECT_EQ(ask(std::string(), std::string(route.method), asked.target, asked.body).status, 401)
          << asked.target;
    }
  }
  EXPECT_EQ(met.size(), rules.size() + 2) << "a rule is left of a route that is gone";
  std::cout << "rights: " << campaign().tables.size() << " tables, " << met.size() << " routes, "
            << allowed_ << " allowed, " << refused_ << " refused, as the definition says\n";
}

TEST_F(RightsMatrix, EveryRoleOnEveryOtherRoute) {
  using May = std::function<bool(const Account&)>;
  const May anybody = [](const Account&) { return true; };
  const May administrators = [](const Account& a) { return wears_hat(a, Role::administrator); };
  const May office = [](const Account& a) { return wears_hat(a, Role::centre_office); };
  const May reviews = [](const Account& a) { return wears_hat(a, Role::accountability_reviewer); };
  const std::string filler = [] {
    for (const auto& account : campaign().accounts) {
      if (wears_hat(account, Role::filler)) return account.id.value;
    }
    return std::string();
  }();
  const std::string table = campaign().tables.front().key.value;
  const std::string owner = campaign().tables.front().owner.value;
  const std::string phase = campaign().phases.front().id.value;
  const std::string body = campaign().bodies.front().id.value;
  const std::string c = "/v1/campaigns/2020";
  const std::string document = R"({"title":"matrix","hash":")" + std::string(64, '0') + R"("})";
  struct Rule {
    May may;
    Asked asks;
  };
  const std::map<std::string, Rule> rules = {
      {"show_me", {anybody, {"/v1/me", ""}}},
      {"change_own_password",
       {anybody, {"/v1/password", R"({"current":"wrong","new":"also wrong, and long"})"}}},
      {"advance_clock",
       {administrators, {"/v1/simulation/clock", R"({"to":"2030-01-01T00:00:00Z"})"}}},
      {"list_campaigns", {anybody, {"/v1/campaigns", ""}}},
      {"show_campaign", {anybody, {c, ""}}},
      {"define_campaign", {administrators, {c, definition_text()}}},
      {"assign_tasks", {office, {c + "/assignments", json{{"tables", {table}}}.dump()}}},
      {"open_phase", {office, {c + "/phases/" + phase + "/open", "{}"}}},
      {"move_due",
       {office,
        {c + "/extensions",
         json{{"tables", {table}}, {"due", "2030-01-01T00:00:00+08:00"}, {"reason", "matrix"}}
             .dump()}}},
      // Which department a fact is about decides; of one that is not, all hear that alone.
      {"object_to_fact", {anybody, {c + "/facts/none/objection", R"({"ground":"matrix"})"}}},
      {"decide_fact",
       {anybody, {c + "/facts/none/decision", R"({"verdict":"upheld","reason":"matrix"})"}}},
      {"list_bulletins", {anybody, {c + "/bulletins", ""}}},
      {"draft_bulletin",
       {office, {c + "/bulletins", R"({"departments":[],"facts":[],"text":"matrix"})"}}},
      {"correct_bulletin",
       {[&](const Account& a) { return office(a) || wears_hat(a, Role::accountability_reviewer); },
        {c + "/bulletins/0/correction", R"({"text":"matrix","reason":"matrix"})"}}},
      {"publish_bulletin",
       {[](const Account& a) { return wears_hat(a, Role::accountability_reviewer); },
        {c + "/bulletins/0/publication", R"({"to":["all"]})"}}},
      {"list_rules", {anybody, {c + "/rules", ""}}},
      {"withdraw_rule",
       {office, {c + "/rules/none/withdrawal", R"({"version":1,"reason":"matrix"})"}}},
      {"list_cases", {anybody, {c + "/cases", ""}}},
      // Of a case that is not, or was not served, all hear that alone.
      {"show_case", {anybody, {c + "/cases/0", ""}}},
      {"export_pack", {anybody, {c + "/cases/0/pack", ""}}},
      {"open_case",
       {reviews, {c + "/cases", R"({"department":"HR","facts":[],"title":"matrix"})"}}},
      {"seal_pack", {reviews, {c + "/cases/0/pack", "{}"}}},
      {"serve_case", {reviews, {c + "/cases/0/service", "{}"}}},
      {"acknowledge_case",
       {[](const Account& a) { return wears_hat(a, Role::unit_head); },
        {c + "/cases/0/acknowledgement", "{}"}}},
      {"conclude_case",
       {reviews, {c + "/cases/0/conclusion", R"({"outcome":"closed","text":"matrix"})"}}},
      {"correct_case",
       {reviews, {c + "/cases/0/correction", R"({"text":"matrix","reason":"matrix"})"}}},
      {"export_unit_pack",
       {[&](const Account& a) {
          return of_department(a, DepartmentId("HR")) || office(a) || reviews(a) ||
                 wears_hat(a, Role::auditor);
        },
        {"/v1/departments/HR/pack?campaign=2020", ""}}},
      {"show_proceedings", {anybody, {c + "/proceedings", ""}}},
      {"table_campaign",
       {office, {c + "/bodies/" + body + "/report", R"({"report":)" + document + "}"}}},
      {"decide_campaign",
       {[](const Account& a) { return wears_hat(a, campaign().bodies.front().role); },
        {c + "/bodies/" + body + "/decision",
         R"({"report":")" + std::string(64, '0') +
             R"(","outcome":"approved","attended":1,"minutes":)" + document + "}"}}},
      {"freeze_campaign", {administrators, {c + "/freeze", "{}"}}},
      {"submit_campaign", {administrators, {c + "/submission", R"({"receipt":)" + document + "}"}}},
      {"accept_campaign", {administrators, {c + "/acceptance", R"({"notice":)" + document + "}"}}},
      {"reopen_campaign",
       {administrators,
        {c + "/reopening", R"({"order":)" + document + R"(,"tables":[")" + table +
                               R"("],"due":"2030-01-01T00:00:00+08:00"})"}}},
      {"list_chases", {anybody, {c + "/chases", ""}}},
      {"show_chase_list", {anybody, {c + "/chase-list?within=3d", ""}}},
      {"chase_unit",
       {office,
        {c + "/chases",
         json{{"department", owner}, {"tables", {table}}, {"text", "matrix"}}.dump()}}},
      // Whose chase it is decides; of one that is not, all hear that alone.
      {"answer_chase", {anybody, {c + "/chases/0/answer", R"({"text":"matrix"})"}}},
      {"list_readiness", {anybody, {c + "/readiness", ""}}},
      {"record_readiness",
       {office,
        {c + "/readiness",
         json{{"departments", {owner}}, {"what", "training"}, {"text", "matrix"}}.dump()}}},
      {"list_outages", {anybody, {c + "/outages", ""}}},
      {"record_outage",
       {[&](const Account& a) { return office(a) || administrators(a); },
        {c + "/outages",
         R"({"from":"2020-01-01T00:00:00Z","to":"2020-01-01T01:00:00Z","text":"matrix"})"}}},
      {"show_department_record",
       {[&](const Account& a) { return follows(a, DepartmentId(owner)); },
        {"/v1/departments/" + owner + "/record", ""}}},
      {"list_indicators", {&follows_any, {c + "/indicators", ""}}},
      {"compute_indicators", {office, {c + "/indicators", "{}"}}},
      // Which department an indicator is of decides; of one that is not, all hear that alone.
      {"show_indicator", {anybody, {c + "/indicators/none", ""}}},
      {"list_indicator_cells", {anybody, {c + "/indicators/none/cells?quantity=none", ""}}},
      {"list_plans", {&follows_any, {c + "/plans", ""}}},
      {"draft_plan", {anybody, {c + "/plans/none/draft", R"({"items":[]})"}}},
      {"decide_plan", {anybody, {c + "/plans/none/decision", R"({"attended":9,"items":[]})"}}},
      {"follow_up_plan",
       {office,
        {c + "/plans/followups",
         R"({"indicator":"none","item":"1","outcome":"done","text":"matrix"})"}}},
      {"show_deadlines", {anybody, {c + "/deadlines", ""}}},
      {"list_tasks", {anybody, {c + "/tasks", ""}}},
      {"list_facts", {&follows_any, {c + "/facts", ""}}},
      {"list_acts", {anybody, {c + "/acts?limit=5", ""}}},
      {"list_late_changes", {anybody, {c + "/late-changes", ""}}},
      {"export_changes", {anybody, {c + "/changes", ""}}},
      {"list_tables", {anybody, {c + "/tables", ""}}},
      {"list_indicator_evidence", {anybody, {c + "/evidence", ""}}},
      // Whose the indicator is decides; of one that is not, nobody fills it.
      {"register_indicator_evidence",
       {[](const Account&) { return false; },
        {c + "/evidence", evidence(R"({"indicator":"none"})")}}},
      {"show_evidence_coverage", {anybody, {c + "/evidence/coverage", ""}}},
      {"upload_evidence",
       {[](const Account& a) { return wears_hat(a, Role::filler); },
        {c + "/evidence/files", "matrix"}}},
      // Of evidence that is not there all hear that alone.
      {"show_evidence_file", {anybody, {c + "/evidence/0/file", ""}}},
      {"record_evidence_showing", {anybody, {c + "/evidence/0/showing", R"({"to":"matrix"})"}}},
      {"withdraw_evidence", {anybody, {c + "/evidence/0/withdrawal", R"({"reason":"m"})"}}},
      {"report_evidence_missing", {anybody, {c + "/evidence/0/missing", R"({"reason":"m"})"}}},
      {"list_accounts", {administrators, {"/v1/accounts", ""}}},
      {"open_account",
       {administrators,
        {"/v1/accounts", json{{"id", "matrix"},
                              {"person", {{"id", "p-matrix"}, {"name", "M"}}},
                              {"hats", {{{"role", "auditor"}}}}}
                             .dump()}}},
      {"set_account_password",
       {administrators,
        {"/v1/accounts/" + filler + "/password", R"({"password":"matrix matrix matrix"})"}}},
      {"revoke_key", {administrators, {"/v1/persons/p-none/key/revoke", R"({"reason":"matrix"})"}}},
      {"show_fact", {anybody, {"/v1/facts/none", ""}}},
      {"show_entry", {anybody, {"/v1/entries/0", ""}}},
      {"export_log",
       {[](const Account& a) {
          return wears_hat(a, Role::administrator) || wears_hat(a, Role::centre_office) ||
                 wears_hat(a, Role::auditor);
        },
        {"/v1/log/export", ""}}},
      {"show_views", {administrators, {"/v1/views", ""}}},
      {"rebuild_views", {administrators, {"/v1/views/rebuild", "{}"}}},
      {"list_backups", {administrators, {"/v1/backups", ""}}},
      {"start_backup", {administrators, {"/v1/backups", "{}"}}},
      {"close_account",
       {administrators, {"/v1/accounts/" + filler + "/close", R"({"reason":"matrix"})"}}},
      {"close_phase", {office, {c + "/phases/" + phase + "/close", "{}"}}},
      {"grant_delegation",
       {[&](const Account& a) { return wears_hat(a, Role::administrator); },
        {c + "/delegations", json{{"role", "leading_group"},
                                  {"from", "p-none"},
                                  {"to", "p-admin"},
                                  {"until", "2030-01-01T00:00:00+08:00"},
                                  {"reason", "matrix"}}
                                 .dump()}}},
      {"revoke_delegation", {anybody, {c + "/delegations/999999", ""}}},
  };
  // A feed does not end; who is told what in it is tested with the feed.
  const std::set<std::string> elsewhere = {"follow_events"};

  std::vector<const Account*> casts{&admin_};
  std::set<Role> roles;
  for (const auto& account : campaign().accounts) {
    if (account.id.value != filler && roles.insert(account.hats.front().role).second) {
      casts.push_back(&account);
    }
  }
  std::size_t met = 0;
  for (const Endpoint& route : endpoints()) {
    if (route.access == Access::open ||
        route.pattern.find("/tables/{table}") != std::string_view::npos) {
      continue;
    }
    const std::string name(route.name);
    if (elsewhere.contains(name)) continue;
    const auto rule = rules.find(name);
    ASSERT_NE(rule, rules.end()) << name << " has no rule: who may use it?";
    ++met;
    const Asked& asked = rule->second.asks;
    EXPECT_EQ(ask(std::string(), std::string(route.method), asked.target, asked.body).status, 401)
        << name;
    for (const Account* account : casts) {
      expect(rule->second.may(*account), *account, route, asked);
    }
  }
  EXPECT_EQ(met, rules.size()) << "a rule is left of a route that is gone";
  std::cout << "rights: " << met << " routes of no table, " << allowed_ << " allowed, " << refused_
            << " refused, as the roles say\n";
}

}  // namespace
}  // namespace countersign::api
