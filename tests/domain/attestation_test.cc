// Attesting a table: whoever may read it, in any phase, on its rows as they are, and nothing else
// comes of it.
#include "ledger/domain/state_codec.h"
#include "tests/domain/decider_spec.h"

namespace countersign::ledger {

class Attestations : public DeciderSpec {
 protected:
  AttestTable attest(const std::string& table = "staff") const {
    AttestTable command{kCampaign, TableKey(table)};
    command.heads.hash.fill(7);
    command.heads.rows = 3;
    command.computed_at = state_.size;
    return command;
  }
};

TEST_F(Attestations, SayWhatWasReadOfTheRowHeadsAndChangeNothing) {
  open_campaign();
  accept("PO.filler", change("units"), "10-09 09:00");
  State before = state_;
  const AttestTable command = attest("units");
  const auto events = accept("PO.reviewer", command, "10-09 09:30");
  ASSERT_EQ(events.size(), 1u);
  const auto& event = std::get<TableAttested>(events.front());
  EXPECT_EQ(event.table, TableKey("units"));
  EXPECT_EQ(event.heads, command.heads);
  EXPECT_EQ(recorded().front().actor.account, AccountId("PO.reviewer"));
  before.size = state_.size;
  EXPECT_EQ(encode_state(state_), encode_state(before));
}

TEST_F(Attestations, AreForWhoeverMayReadTheTable) {
  open_campaign();
  for (const char* reader : {"HR.filler", "HR.head", "COL.filler", "centre", "group", "admin"}) {
    accept(reader, attest(), "10-12 09:00");
  }
  for (const char* other : {"PO.filler", "appraisal", "committee"}) {
    EXPECT_EQ(refuse(other, attest(), "10-12 09:00").code, RefusalCode::right_missing) << other;
  }
  EXPECT_EQ(refuse("centre", attest("nothing"), "10-12 09:00").code, RefusalCode::unknown_table);
  AttestTable elsewhere = attest();
  elsewhere.campaign = CampaignId("2019");
  EXPECT_EQ(refuse("centre", elsewhere, "10-12 09:00").code, RefusalCode::unknown_campaign);
}

TEST_F(Attestations, HoldForTheRowsJustBeforeThem) {
  open_campaign();
  AttestTable early = attest("units");
  accept("PO.filler", change("units"), "10-09 09:00");
  EXPECT_EQ(refuse("centre", early, "10-09 09:01").code, RefusalCode::version_moved_on);
  // Changes of other tables, and acts that change no row, are nothing to it.
  early = attest("staff");
  accept("PO.filler", change("units"), "10-09 09:02");
  accept("PO.filler", submit("PO.filler", "units"), "10-09 09:03");
  accept("centre", early, "10-09 09:04");
}

TEST_F(Attestations, AreMadeInAnyPhase) {
  open_campaign();
  EXPECT_EQ(task("staff").status, TaskStatus::blocked);
  accept("centre", attest(), "10-09 09:00");
  pass("PO", "units");
  accept("centre", attest("units"), "10-09 12:00");
  accept("centre", ClosePhase{kCampaign, PhaseId("base")}, "10-20 12:00");
  state_.campaigns[kCampaign].frozen = Hash{};
  state_.campaigns[kCampaign].changed_by = state_.size;
  accept("centre", attest("units"), "12-20 12:00");
}

}  // namespace countersign::ledger
