// Erasing what a row said: once, on an order, by an administrator, and never out of a table that
// departments still answer for.
#include "tests/domain/decider_spec.h"

namespace countersign::ledger {

class Erasure : public DeciderSpec {
 protected:
  void SetUp() override { open_campaign(); }

  static Hash filled(std::uint8_t byte) {
    Hash value{};
    value.fill(byte);
    return value;
  }
  static EraseRow order() {
    EraseRow command{kCampaign, TableKey("staff"), RowKey("张三"), {filled(1), "法院决定"}, "法律"};
    command.targets = {{0, 1, filled(2)}, {3, 0, filled(3)}};
    command.row_removed = true;
    return command;
  }
};

TEST_F(Erasure, SaysWhatWentOnWhoseOrderAndNotWhichRow) {
  const auto event = std::get<RowErased>(accept_stored("admin", order(), "10-14 09:00"));
  EXPECT_EQ(event.items, 2u);
  EXPECT_EQ(event.order.title, "法院决定");
  EXPECT_EQ(event.order.hash, filled(1));
  EXPECT_EQ(event.basis, "法律");
  EXPECT_EQ(event.targets, order().targets);
}

TEST_F(Erasure, IsRefusedWhileTheRowCountsAndWithoutOrderOrRight) {
  for (const char* other : {"centre", "HR.filler", "HR.head", "group", "appraisal"}) {
    EXPECT_EQ(refuse(other, order(), "10-14 09:00").code, RefusalCode::right_missing) << other;
  }
  auto wrong = order();
  wrong.row_removed = false;
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::row_in_use);
  wrong = order();
  wrong.targets.clear();
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::nothing_to_erase);
  wrong = order();
  wrong.basis.clear();
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::reason_missing);
  wrong = order();
  wrong.order.title.clear();
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::reason_missing);
  wrong = order();
  wrong.table = TableKey("none");
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::unknown_table);
  wrong = order();
  wrong.campaign = CampaignId("2019");
  EXPECT_EQ(refuse("admin", wrong, "10-14 09:00").code, RefusalCode::unknown_campaign);
}

TEST_F(Erasure, OfARowThatWasNeverRemovedWaitsUntilTheDataAreFinal) {
  auto standing = order();
  standing.row_removed = false;
  EXPECT_EQ(refuse("admin", standing, "10-14 09:00").code, RefusalCode::row_in_use);
  state_.campaigns[kCampaign].frozen = filled(9);
  accept("admin", standing, "12-14 09:00");
}

}  // namespace countersign::ledger
