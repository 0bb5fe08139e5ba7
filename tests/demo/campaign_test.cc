// The demonstration campaign as a definition: complete, in both languages, at the sizes published.
#include "ledger/domain/campaign_codec.h"
#include "tools/demo/player.h"

#include <set>

#include <gtest/gtest.h>

namespace countersign::tools {
namespace {

const ledger::CampaignDefinition& campaign() {
  static const auto definition = ledger::parse_campaign(demo_campaign_json()).value();
  return *definition;
}

void expect_both(const ledger::BilingualText& text, const std::string& where) {
  EXPECT_FALSE(text.zh.empty()) << where;
  EXPECT_FALSE(text.en.empty()) << where;
  EXPECT_NE(text.zh, text.en) << where;
}

TEST(DemoCampaign, HasThe102TablesInBothLanguages) {
  ASSERT_EQ(campaign().tables.size(), 102u);
  std::set<std::string> printed;
  std::size_t columns = 0;
  for (const auto& table : campaign().tables) {
    expect_both(table.name, table.key.value);
    EXPECT_TRUE(printed.insert(table.printed_no).second) << table.printed_no;
    std::set<std::string> names;
    for (const auto& column : table.columns) {
      expect_both(column.name, table.key.value + "." + column.key);
      EXPECT_TRUE(names.insert(column.name.zh).second) << table.key.value << "." << column.key;
      EXPECT_TRUE(names.insert(column.name.en).second) << table.key.value << "." << column.key;
      ++columns;
    }
  }
  EXPECT_EQ(columns, 870u);
}

TEST(DemoCampaign, MarksEveryColumnThatNamesAPersonAsPersonal) {
  for (const auto& table : campaign().tables) {
    for (const auto& column : table.columns) {
      const bool names_person = column.key.ends_with("staff_no") || column.key == "student_no" ||
                                column.key == "student_name" || column.key == "staff_name" ||
                                column.key == "teacher_name" || column.key == "leader_name";
      if (!names_person) continue;
      EXPECT_NE(column.sensitivity, ledger::Sensitivity::none)
          << table.key.value << "." << column.key;
    }
  }
}

TEST(DemoCampaign, AsksForNoTableBeforeThoseItDependsOn) {
  for (const auto& table : campaign().tables) {
    for (const auto& key : table.depends_on) {
      EXPECT_LE(campaign().table(key)->due, table.due) << table.key.value << " on " << key.value;
    }
  }
}

TEST(DemoCampaign, GivesEveryOwnerAFillerAReviewerAndAHead) {
  for (const auto& table : campaign().tables) {
    for (const auto role :
         {ledger::Role::filler, ledger::Role::reviewer, ledger::Role::unit_head}) {
      bool found = false;
      for (const auto& account : campaign().accounts) {
        for (const auto& hat : account.hats) {
          found = found || (hat.role == role && hat.department == table.owner);
        }
      }
      EXPECT_TRUE(found) << table.key.value << " " << ledger::to_string(role);
    }
  }
}

}  // namespace
}  // namespace countersign::tools
