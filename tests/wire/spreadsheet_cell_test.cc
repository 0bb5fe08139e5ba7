#include "api/wire/spreadsheet_cell.h"

#include <gtest/gtest.h>

namespace countersign::api {
namespace {

using ledger::Column;
using ledger::ColumnType;

// What the ledger records of it, or "refused".
std::string recorded(ColumnType type, std::string_view text) {
  Column column;
  column.key = "c";
  column.type = type;
  column.required = false;
  const SpreadsheetCell cell = spreadsheet_cell(column, text);
  if (cell.problem) return "refused";
  const auto normal = ledger::normalise_cell(column, cell.text);
  return normal.problem ? "refused" : normal.cell.value_or("");
}

TEST(SpreadsheetCell, MonthsComeInManyForms) {
  for (const char* text :
       {"2020-09", "202009", "2020/9", "2020.9", "2020年9月", "2020年09月1日", "2020/9/1",
        "2020-09-01 00:00:00", "２０２０年９月", "44075", " 2020-09 ", "\u00A02020-09\u3000"}) {
    EXPECT_EQ(recorded(ColumnType::month, text), "2020-09") << text;
  }
  for (const char* text : {"2020/9/15", "99999", "20209", "2020-13", "September", "1e5"}) {
    EXPECT_EQ(recorded(ColumnType::month, text), "refused") << text;
  }
}

TEST(SpreadsheetCell, YearsAndNumbers) {
  EXPECT_EQ(recorded(ColumnType::year, "2020年"), "2020");
  EXPECT_EQ(recorded(ColumnType::year, "２０２０"), "2020");
  EXPECT_EQ(recorded(ColumnType::year, "44075"), "refused");
  EXPECT_EQ(recorded(ColumnType::integer, "1,234,567"), "1234567");
  EXPECT_EQ(recorded(ColumnType::integer, "１２"), "12");
  EXPECT_EQ(recorded(ColumnType::decimal, "1,234.50"), recorded(ColumnType::decimal, "1234.50"));
  for (const char* text : {"1,23", "12,3456", "1,,234", "50%"}) {
    EXPECT_EQ(recorded(ColumnType::integer, text), "refused") << text;
  }
}

TEST(SpreadsheetCell, TextIsKeptAndLostDigitsAreNotGuessed) {
  EXPECT_EQ(recorded(ColumnType::text, "00123"), "00123");
  EXPECT_EQ(recorded(ColumnType::text, "'00123"), "00123");
  EXPECT_EQ(recorded(ColumnType::text, "2.02011E+11"), "refused");
  EXPECT_EQ(recorded(ColumnType::text, "=1+1"), "=1+1");
  EXPECT_EQ(recorded(ColumnType::text, "1,234"), "1,234");
  EXPECT_EQ(recorded(ColumnType::text, "Ｅ"), "Ｅ");
}

}  // namespace
}  // namespace countersign::api
