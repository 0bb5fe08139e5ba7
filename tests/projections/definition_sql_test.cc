// The SQL of a definition, run over a small ledger: what it finds, what it may not do, and that
// whatever fails is broken, never clean.
#include "projections/rules/definition_sql.h"

#include "tests/projections/followed.h"

namespace countersign::projections {
namespace {

using ledger::TableKey;

using Keys = std::vector<TableKey>;

const Keys kUnits = {TableKey("units")};

class DefinitionSqlOverTables : public ::testing::Test {
 protected:
  DefinitionSqlOverTables() {
    ledger_.assign_and_open(october(2, 8));
    ledger_.edit("OFFICE.filler", "units",
                 {{"1", {{"no", "1"}, {"name", "one"}, {"count", "7"}, {"money", "1.50"}}},
                  {"2", {{"no", "2"}, {"name", "it's \"two\""}}},
                  {"3", {{"no", "3"}, {"count", "9"}}}},
                 october(3, 9));
    ledger_.edit("LIB.filler", "books", {{"b1", {{"no", "b1"}, {"count", "5"}}}}, october(3, 10));
    before_ = ledger_.size();
    ledger_.submit("OFFICE.filler", "units", october(4, 9));
    // After the submission the working copy moves on.
    ledger_.edit("OFFICE.filler", "units",
                 {{"1", {{"no", "1"}, {"name", "ONE"}, {"count", "8"}}}, {"3", {}}}, october(5, 9),
                 "merged");
    auto views = Views::open(ledger_.reader(), {.file = directory_.file()}).value();
    EXPECT_TRUE(views->wait_for(ledger_.size(), std::chrono::seconds(20)));
    views.reset();
    store_ = ViewStore::open(directory_.file(), "", 1).value();
  }

  struct Found {
    std::optional<std::string> broken;
    std::vector<std::string> rows;  // "row|value", NULL as "-"
  };
  Found run(const std::string& sql, const Keys& reads = kUnits, const Keys& reads_previous = {},
            std::optional<ledger::TreeSize> as_of = {}, SqlLimits limits = {}) {
    const auto reading = store_->read().value();
    const DefinitionSql guarded(reading.database(), definition(), previous_, as_of, limits);
    Found found;
    const auto visit = [&](const SqlRow& row) {
      found.rows.push_back(row.text("row").value_or("-") + "|" + row.text("value").value_or("-"));
    };
    found.broken = guarded.select(sql, reads, reads_previous, {"row"}, visit).value().broken;
    return found;
  }
  std::string broken(const std::string& sql, const Keys& reads = kUnits) {
    const Found found = run(sql, reads, {}, {}, {.steps = 200'000});
    EXPECT_TRUE(found.broken) << sql;
    return found.broken.value_or("");
  }
  const ledger::CampaignDefinition& definition() const {
    return later_ ? *later_ : *ledger_.state().directory->campaign(ledger::CampaignId("2020"));
  }

  TestLedger ledger_;
  ViewsDirectory directory_;
  std::shared_ptr<ViewStore> store_;
  ledger::TreeSize before_ = 0;
  const ledger::CampaignDefinition* previous_ = nullptr;
  std::optional<ledger::CampaignDefinition> later_;
};

using Rows = std::vector<std::string>;

TEST_F(DefinitionSqlOverTables, FindsRowsByTheirKeysWithMissingValuesAsNull) {
  EXPECT_EQ(run("SELECT _key AS row, count AS value FROM units ORDER BY 1").rows,
            (Rows{"1|8", "2|-"}));
  EXPECT_EQ(run("SELECT _key AS row, typeof(count) || typeof(money) AS value FROM units"
                " WHERE count IS NOT NULL")
                .rows,
            (Rows{"1|integernull"}));
  EXPECT_EQ(
      run("SELECT \"_key\" AS row, [name] AS value FROM \"units\" WHERE name LIKE '%two%'").rows,
      (Rows{"2|it's \"two\""}));
  EXPECT_EQ(run("SELECT NULL AS row, count(*) AS value FROM units").rows, (Rows{"-|2"}));
  EXPECT_EQ(run("SELECT _key AS row, 1 AS value FROM units WHERE NOT EXISTS (SELECT 1 FROM books)",
                {TableKey("units"), TableKey("books")})
                .rows,
            Rows{});
  EXPECT_EQ(run("WITH big AS (SELECT * FROM units WHERE count > 1) SELECT count(*) AS row,"
                " edition AS value FROM big, campaign")
                .rows,
            (Rows{"1|2020"}));
  EXPECT_EQ(run("SELECT value AS row, typeof(year) AS value FROM campaign,"
                " json_each('[\"' || replace('a;b', ';', '\",\"') || '\"]')")
                .rows,
            (Rows{"a|integer", "b|integer"}));
  EXPECT_EQ(run("SELECT _key AS row, _etag AS value FROM units WHERE _key = '2'").rows,
            (Rows{"2|" + std::to_string(before_ - 2)}));
}

TEST_F(DefinitionSqlOverTables, WhatFailsIsBrokenAndSaysWhyWithoutValues) {
  EXPECT_NE(broken("SELECT none AS row FROM units").find("no such column: none"),
            std::string::npos);
  EXPECT_NE(broken("SELECT _key AS row FROM").find("syntax error"), std::string::npos);
  EXPECT_EQ(broken("SELECT _key FROM units"), "gives no column row");
  EXPECT_NE(broken("SELECT 1 AS row; SELECT 2 AS row"), "");
  EXPECT_NE(broken("SELECT json_extract(name, '$.a') AS row FROM units"), "");
  EXPECT_EQ(broken("SELECT json_extract(name, '$.a') AS row FROM units").find("ONE"),
            std::string::npos);
}

TEST_F(DefinitionSqlOverTables, ReadsTheTablesItDeclaresAndNothingElse) {
  for (const char* sql :
       {"SELECT _key AS row FROM books", "SELECT count(*) AS row FROM books",
        "SELECT name AS row FROM persons", "SELECT count(*) AS row FROM persons",
        "SELECT cells AS row FROM row_changes", "SELECT cells AS row FROM main.row_changes",
        "SELECT cells AS row FROM \"main\" . row_changes",
        "SELECT cells AS row FROM main/**/.row_changes",
        "SELECT cells AS row FROM 'main'--\n.row_changes",
        "WITH row_changes AS (SELECT * FROM main . row_changes) SELECT 1 AS row FROM row_changes",
        "SELECT _key AS row FROM t_2020_books", "SELECT sql AS row FROM sqlite_master",
        "SELECT count(*) AS row FROM sqlite_master", "SELECT _key AS row FROM previous_units",
        "SELECT name AS row FROM pragma_table_info('persons')"}) {
    EXPECT_NE(broken(sql), "") << sql;
  }
  EXPECT_EQ(broken("SELECT name AS row FROM persons"), "reads a table that it does not declare");
  EXPECT_EQ(broken("SELECT _key AS row FROM books"),
            "reads a table that it does not declare: books");
  // As of a size the recorded changes of all tables stand beside each other.
  for (const char* sql :
       {"SELECT cells AS row FROM row_changes", "SELECT cells AS row FROM main.row_changes",
        "SELECT cells AS row FROM\n[main] /* x */ . row_changes",
        "SELECT cells AS row FROM 'main'--\n.row_changes",
        "WITH row_changes AS (SELECT * FROM MAIN.row_changes) SELECT 1 AS row FROM row_changes"}) {
    EXPECT_TRUE(run(sql, kUnits, {}, before_).broken) << sql;
  }
  EXPECT_FALSE(run("SELECT _key AS row FROM units domain WHERE domain.count > 0").broken);
}

TEST_F(DefinitionSqlOverTables, OnlySelects) {
  for (const char* sql :
       {"DELETE FROM units", "INSERT INTO units VALUES (1)", "UPDATE units SET name = 'x'",
        "DROP TABLE t_2020_units", "CREATE TABLE x (y)", "ATTACH 'x.db' AS x",
        "PRAGMA user_version", "VACUUM", "SELECT load_extension('x') AS row",
        "SELECT random() AS row", "SELECT datetime('now') AS row",
        "SELECT current_timestamp AS row", "1 AS row) SELECT 1 AS row; DELETE FROM facts; --"}) {
    EXPECT_NE(broken(sql), "") << sql;
  }
}

TEST_F(DefinitionSqlOverTables, WorkAndResultsAreBounded) {
  const std::string endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) ";
  EXPECT_EQ(broken(endless + "SELECT max(i) AS row FROM n"), "took more than 200000 steps");
  const Found many = run(endless + "SELECT i AS row FROM n", kUnits, {}, {}, {.rows = 100});
  EXPECT_EQ(many.broken, "gives more than 100 rows");
  EXPECT_NE(broken("SELECT length(zeroblob(1000000000)) AS row"), "");
}

TEST_F(DefinitionSqlOverTables, AsOfASizeIsTheTableAsItWasThen) {
  const std::string all =
      "SELECT _key AS row, coalesce(name, '-') || typeof(name) || coalesce(count, '-') ||"
      " typeof(count) || coalesce(money, '-') || typeof(money) AS value FROM units ORDER BY 1";
  EXPECT_EQ(run(all).rows, run(all, kUnits, {}, ledger_.size()).rows);
  EXPECT_EQ(
      run("SELECT _key AS row, count AS value FROM units ORDER BY 1", kUnits, {}, before_).rows,
      (Rows{"1|7", "2|-", "3|9"}));
  EXPECT_EQ(run("SELECT count(*) AS row FROM units", kUnits, {}, 1).rows, (Rows{"0|-"}));
}

TEST_F(DefinitionSqlOverTables, LastYearIsReadAsItWasSubmittedUnderThisYearsColumns) {
  const auto& held = *ledger_.state().directory->campaign(ledger::CampaignId("2020"));
  const Keys previous = {TableKey("institutes")};
  later_ = held;
  later_->id = ledger::CampaignId("2021");
  later_->edition = "2021";
  later_->tables[0].key = TableKey("institutes");
  later_->tables[0].columns[2].key = "staff";
  const std::string sql =
      "SELECT _key AS row, name || '/' || staff AS value FROM previous_institutes ORDER BY 1";
  EXPECT_EQ(run(sql, {}, previous).rows, Rows{}) << "no edition before it";
  EXPECT_FALSE(run(sql, {}, previous).broken);

  previous_ = &held;
  later_->previous = ledger::PreviousEdition{
      held.id, {{TableKey("institutes"), TableKey("units"), {{"staff", "count"}}}}};
  EXPECT_EQ(run(sql, {}, previous).rows, (Rows{"1|one/7", "2|-", "3|-"}));
  EXPECT_EQ(run("SELECT edition AS row, year AS value FROM campaign").rows, (Rows{"2021|2021"}));
  // Books were never submitted.
  EXPECT_EQ(run("SELECT count(*) AS row FROM previous_books", {}, {TableKey("books")}).rows,
            (Rows{"0|-"}));
}

TEST_F(DefinitionSqlOverTables, TheConnectionIsAsItWasBefore) {
  EXPECT_NE(broken("SELECT name AS row FROM persons"), "");
  EXPECT_EQ(run("SELECT 1 AS row FROM units WHERE 0").rows, Rows{});
  const auto reading = store_->read().value();  // the only one
  auto names = reading.database().query("SELECT count(*) FROM sqlite_temp_master");
  ASSERT_TRUE(names.step().value());
  EXPECT_EQ(names.integer(0), 0);
  auto persons = reading.database().query("SELECT count(name), strftime('%Y', 'now') FROM persons");
  EXPECT_TRUE(persons.step().value());
  EXPECT_GT(persons.integer(0), 0);
}

TEST_F(DefinitionSqlOverTables, FormulasKnowTheirNumbersAlone) {
  const auto reading = store_->read().value();
  const auto value = [&](const std::string& formula) {
    return evaluate_formula(reading.database(), formula, {{"students", 180}, {"teachers", 10}})
        .value();
  };
  EXPECT_EQ(value("students / teachers").value, 18.0);
  EXPECT_EQ(value("students > 100 AND teachers > 10").value, 0.0);
  EXPECT_EQ(value("students / (teachers - 10)").value, std::nullopt);
  EXPECT_FALSE(value("students / (teachers - 10)").broken);
  EXPECT_TRUE(value("nobody / teachers").broken);
  EXPECT_TRUE(value("(SELECT count(*) FROM persons)").broken);
  EXPECT_TRUE(value("1) FROM persons --").broken);
}

}  // namespace
}  // namespace countersign::projections
