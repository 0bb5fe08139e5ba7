// Who may do what on the routes of a table: every role, every table; rights_matrix.h has the whole.
#include "tests/api/rights_matrix.h"

namespace countersign::api {
namespace {

using namespace rights;

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
      {"prove_row", read("/rows/none/proof")},
      {"attest_table",
       {&reads,
        [&](const auto& table) {
          return Asked{at(table, "/attestations"), "{}"};
        }}},
      {"export_table_archive",
       {[](const auto& account, const auto& table) {
          return reads(account, table) &&
                 (of_department(account, table.owner) || wears_hat(account, Role::centre_office) ||
                  wears_hat(account, Role::accountability_reviewer) ||
                  wears_hat(account, Role::auditor));
        },
        [&](const auto& table) {
          return Asked{at(table, "/pack.zip"), ""};
        }}},
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
      {"erase_row",
       {[](const auto& account, const auto&) { return wears_hat(account, Role::administrator); },
        [&](const auto& table) {
          return Asked{at(table, "/rows/none/erasure"),
                       json{{"order", {{"title", "matrix"}, {"hash", std::string(64, '0')}}},
                            {"basis", "matrix"}}
                           .dump()};
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
      {"carry_forward",
       {[](const auto& account, const auto& table) {
          return wears_hat(account, Role::filler, table.owner) ||
                 wears_hat(account, Role::centre_office);
        },
        [&](const auto& table) {
          return Asked{at(table, "/carry-forward"), "{}"};
        }}},
      {"show_provenance", read("/provenance?state=all")},
      {"confirm_rows",
       {owner_fills,
        [&](const auto& table) {
          return Asked{at(table, "/confirmations"), json{{"bulk", true}}.dump()};
        }}},
      {"list_corrections",
       {[](const auto& account, const auto& table) {
          if (!table.personal()) {
            return sees_everything(account) || of_department(account, table.owner);
          }
          return wears_hat(account, Role::centre_office) ||
                 wears_hat(account, Role::administrator) || of_department(account, table.owner);
        },
        [&](const auto& table) {
          return Asked{at(table, "/corrections"), ""};
        }}},
      {"answer_correction",
       {[](const auto& account, const auto& table) { return of_department(account, table.owner); },
        [&](const auto& table) {
          return Asked{at(table, "/corrections/0/answer"), json{{"granted", true}}.dump()};
        }}},
      {"show_statistics",
       {[](const auto& account, const auto& table) {
          return reads(account, table) || follows(account, table.owner);
        },
        [&](const auto& table) {
          return Asked{at(table, "/statistics?by=" + table.columns.front().key), ""};
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
    for (std::size_t place = 0; place < campaign().tables.size(); place += TABLES_STEP) {
      const auto& table = campaign().tables[place];
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
  std::cout << "rights: " << (campaign().tables.size() + TABLES_STEP - 1) / TABLES_STEP << " of "
            << campaign().tables.size() << " tables, " << met.size() << " routes, " << allowed_
            << " allowed, " << refused_ << " refused, as the definition says\n";
}

}  // namespace
}  // namespace countersign::api
