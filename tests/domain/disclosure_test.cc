// Reading what is about persons, and taking data out: who may, and what is recorded.
#include "ledger/domain/directory.h"
#include "tests/domain/decider_spec.h"

namespace countersign::ledger {

class Disclosures : public DeciderSpec {
 protected:
  void SetUp() override { open_campaign(); }

  static ReadTable read(const std::string& table = "staff") {
    return {kCampaign, TableKey(table), "row", 12, 1, RowKey("100001")};
  }
  static ExportData take_out() {
    ExportData command;
    command.campaign = kCampaign;
    command.table = TableKey("staff");
    command.what = "sheet";
    command.as_of = 12;
    command.rows = 3;
    command.content = Hash{5};
    command.personal = true;
    command.receiver = "archive";
    command.basis = "yearly order";
    return command;
  }
};

TEST_F(Disclosures, OnlyWhoMayReadATableIsRecordedAsItsReader) {
  for (const char* reader : {"HR.filler", "HR.head", "COL.filler", "centre", "group", "admin"}) {
    accept(reader, read(), "10-12 09:00");
    accept(reader, take_out(), "10-12 09:00");
  }
  for (const char* other : {"PO.filler", "appraisal", "committee"}) {
    EXPECT_EQ(refuse(other, read(), "10-12 09:00").code, RefusalCode::right_missing) << other;
    EXPECT_EQ(refuse(other, take_out(), "10-12 09:00").code, RefusalCode::right_missing) << other;
  }
  EXPECT_EQ(refuse("centre", read("nothing"), "10-12 09:00").code, RefusalCode::unknown_table);
}

TEST_F(Disclosures, AChannelIsOneOfTheDefinition) {
  auto command = take_out();
  command.channel = "vendor";
  EXPECT_EQ(refuse("centre", command, "10-12 09:00").code, RefusalCode::unknown_subject);
}

TEST_F(Disclosures, BothComeBackFromWhatIsStored) {
  const auto was_read = std::get<TableRead>(accept_stored("HR.filler", read(), "10-12 09:00"));
  EXPECT_EQ(was_read.row, RowKey("100001"));
  EXPECT_EQ(was_read.what, "row");
  const auto out = std::get<DataExported>(accept_stored("HR.filler", take_out(), "10-12 09:00"));
  EXPECT_EQ(out.receiver, "archive");
  EXPECT_EQ(out.basis, "yearly order");
  EXPECT_EQ(out.content, Hash{5});
  EXPECT_TRUE(out.personal);
}

}  // namespace countersign::ledger
