// Last year's edition: its rows are accepted by its own definition, and differ from this year's as
// the demonstration wants it.
#include "tools/demo/last_year.h"

#include "ledger/domain/campaign_codec.h"
#include "tools/demo/player.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

namespace countersign::tools {
namespace {

using ledger::Cells;

const ledger::CampaignDefinition& last() {
  static const auto definition = ledger::parse_campaign(last_campaign_json()).value();
  return *definition;
}
const SyntheticSchool& school() {
  static const auto definition = ledger::parse_campaign(demo_campaign_json()).value();
  static const SyntheticSchool made(*definition);
  return made;
}

TEST(LastYear, EveryRowPassesTheChecksOfItsOwnEdition) {
  for (const auto& table : last().tables) {
    std::set<std::string> keys;
    for (const Cells& row : last_year_rows(school(), table.key.value)) {
      Cells normal;
      for (const auto& [key, text] : row) {
        const auto* column = table.column(key);
        ASSERT_NE(column, nullptr) << table.key.value << " has no column " << key;
        const auto checked = ledger::normalise_cell(*column, text.value_or(""));
        ASSERT_FALSE(checked.problem)
            << table.key.value << "." << key << " = " << text.value_or("");
        normal[key] = checked.cell;
      }
      ASSERT_TRUE(ledger::check_row(table, normal).empty()) << table.key.value;
      ASSERT_TRUE(keys.insert(ledger::row_key_of(table, normal).value).second) << table.key.value;
    }
  }
}

TEST(LastYear, HasItsOwnColumnsAndSizes) {
  const auto staff = last_year_rows(school(), "staff_basic");
  EXPECT_EQ(staff.size(), 1650u);
  EXPECT_TRUE(staff.front().contains("rank"));
  EXPECT_FALSE(staff.front().contains("title"));
  EXPECT_FALSE(staff.front().contains("degree_origin"));
  EXPECT_EQ(last_year_rows(school(), "papers").size(), 940u);
  EXPECT_EQ(last_year_rows(school(), "labs").size(), school().rows("labs").size() - 5);
}

// H08: 84,300 books were added and yet there are 11,800 fewer.
TEST(LastYear, HeldMoreBooksThanTheYearAfter) {
  EXPECT_EQ(last_year_rows(school(), "library").front().at("paper_books"), "1996800");
  EXPECT_EQ(school().rows("library").front().at("paper_books"), "1985000");
}

// H11 finds nothing but what somebody enters wrongly.
TEST(LastYear, MovedNoSingleFigureByMoreThanAFifth) {
  for (const auto& table : last().tables) {
    if (!table.single_row) continue;
    const Cells before = last_year_rows(school(), table.key.value).front();
    const Cells after = school().rows(table.key.value).front();
    for (const auto& column : table.columns) {
      if (column.type != ledger::ColumnType::integer &&
          column.type != ledger::ColumnType::decimal) {
        continue;
      }
      const double was = std::stod(before.at(column.key).value_or("0"));
      const double is = std::stod(after.at(column.key).value_or("0"));
      EXPECT_LE(std::abs(is - was), 0.2 * was) << table.key.value << "." << column.key;
    }
  }
}

}  // namespace
}  // namespace countersign::tools
