// The campaign as a whole: its deciding bodies, corrections after their decisions, freezing and
// handing over. Each transition once, and each guard that refuses it.
#include "tests/domain/decider_spec.h"

namespace countersign::ledger {

class Proceedings : public DeciderSpec {
 protected:
  void SetUp() override {
    open_campaign();
    for (const auto& [department, table] :
         {std::pair("PO", "units"), std::pair("PO", "profile"), std::pair("HR", "staff")}) {
      pass(department, table);
      sign(department, table, "10-12 11:00");
      accept("centre", approve("centre", table, "office"), "10-12 12:00");
    }
  }

  void sign(const std::string& department, const std::string& table, const std::string& when) {
    const std::string head = department + ".head";
    accept(head, approve(head, table, "head"), when);
  }
  // Submitted, reviewed and signed again.
  void confirm(const std::string& department, const std::string& table, const std::string& when) {
    const std::string filler = department + ".filler", reviewer = department + ".reviewer";
    accept(filler, submit(filler, table), when);
    accept(reviewer, approve(reviewer, table, "review"), when);
    sign(department, table, when);
  }
  void close_window() { accept("centre", ClosePhase{kCampaign, PhaseId("base")}, "10-20 18:00"); }

  static Command put_before(const std::string& body, std::uint8_t report = 1) {
    return TableCampaign{kCampaign, BodyId(body), {hash(report), "report"}};
  }
  static DecideCampaign decision(const std::string& body, Resolution outcome,
                                 const std::vector<std::string>& tables = {}) {
    DecideCampaign command;
    command.campaign = kCampaign;
    command.body = BodyId(body);
    command.report = hash(1);
    command.outcome = outcome;
    command.attended = 5;
    command.minutes = {hash(2), "minutes"};
    for (const auto& table : tables) command.opinions.push_back({TableKey(table), "again"});
    if (!tables.empty()) command.due = at("11-16 00:00");
    return command;
  }
  void decide_both(const std::vector<std::string>& named = {}) {
    accept("centre", put_before("group"), "11-09 09:00");
    accept("group", decision("group", Resolution::approved), "11-09 15:00");
    accept("centre", put_before("committee"), "11-10 09:00");
    const auto outcome = named.empty() ? Resolution::approved : Resolution::approved_with_opinions;
    accept("committee", decision("committee", outcome, named), "11-13 16:00");
  }
  FreezeCampaign freeze() const {
    FreezeCampaign command{kCampaign, {}, hash(9)};
    for (const auto& [key, task] : campaign().tasks) {
      command.versions.push_back({key, *task.submitted_version});
    }
    return command;
  }
  void hand_over() {
    accept("admin", freeze(), "11-17 10:00");
    accept("admin", SubmitCampaign{kCampaign, {hash(3), "receipt"}}, "11-18 11:00");
  }
  Event last_;  // as it came back

  const CampaignState& campaign() const { return state_.campaigns.at(kCampaign); }
  static Hash hash(std::uint8_t byte) {
    Hash value{};
    value[0] = byte;
    return value;
  }
};

TEST_F(Proceedings, BodiesDecideInTheirOrderOverTheReportThatLiesBeforeThem) {
  EXPECT_EQ(refuse("centre", put_before("committee"), "11-09 08:00").code,
            RefusalCode::body_out_of_order);
  EXPECT_EQ(refuse("group", decision("group", Resolution::approved), "11-09 08:00").code,
            RefusalCode::not_tabled);
  accept("centre", put_before("group", 7), "11-09 09:00");
  EXPECT_EQ(refuse("group", decision("group", Resolution::approved), "11-09 10:00").code,
            RefusalCode::not_tabled);
  // A later report takes the place of the earlier one.
  accept("centre", put_before("group"), "11-09 11:00");
  accept("group", decision("group", Resolution::approved), "11-09 15:00");
  EXPECT_EQ(campaign().bodies_passed, 1u);
  EXPECT_FALSE(campaign().tabled);
  EXPECT_EQ(refuse("centre", put_before("group"), "11-09 16:00").code, RefusalCode::already_exists);
  EXPECT_EQ(refuse("committee", decision("committee", Resolution::approved), "11-10 08:00").code,
            RefusalCode::not_tabled);
}

TEST_F(Proceedings, RightsComeFromTheBodysRole) {
  EXPECT_EQ(refuse("PO.head", put_before("group"), "11-09 09:00").code, RefusalCode::right_missing);
  EXPECT_EQ(refuse("group", put_before("group"), "11-09 09:00").code, RefusalCode::right_missing);
  accept("centre", put_before("group"), "11-09 09:00");
  for (const char* other : {"centre", "committee", "admin", "HR.head"}) {
    EXPECT_EQ(refuse(other, decision("group", Resolution::approved), "11-09 10:00").code,
              RefusalCode::right_missing)
        << other;
  }
  EXPECT_EQ(refuse("centre", put_before("senate"), "11-09 10:00").code,
            RefusalCode::unknown_subject);
}

TEST_F(Proceedings, NothingLiesBeforeABodyWhileATableHasNotPassed) {
  accept("HR.filler", change("staff", {0, 1, 0}), "10-13 09:00");
  const Refusal refusal = refuse("centre", put_before("group"), "11-09 09:00");
  EXPECT_EQ(refusal.code, RefusalCode::tables_unsettled);
  EXPECT_EQ(refusal.facts.at("count"), "1");
  EXPECT_EQ(refusal.facts.at("tables"), "staff");
}

TEST_F(Proceedings, NorDoesABodyDecideWhenOneChangedMeanwhile) {
  accept("centre", put_before("group"), "10-14 09:00");
  accept("HR.filler", change("staff", {0, 1, 0}), "10-14 10:00");
  EXPECT_EQ(refuse("group", decision("group", Resolution::approved), "10-14 11:00").code,
            RefusalCode::tables_unsettled);
}

TEST_F(Proceedings, ADecisionNeedsItsQuorumAndItsMinutes) {
  accept("centre", put_before("group"), "11-09 09:00");
  auto command = decision("group", Resolution::approved);
  command.attended = 2;
  EXPECT_EQ(refuse("group", command, "11-09 15:00").code, RefusalCode::quorum_missing);
  command = decision("group", Resolution::approved);
  command.minutes.title.clear();
  EXPECT_EQ(refuse("group", command, "11-09 15:00").code, RefusalCode::minutes_missing);
}

TEST_F(Proceedings, OpinionsNameTablesAndSayUntilWhen) {
  accept("centre", put_before("group"), "11-09 09:00");
  const auto code = [&](const DecideCampaign& command) {
    return refuse("group", command, "11-09 15:00").code;
  };
  auto plain = decision("group", Resolution::approved, {"staff"});
  EXPECT_EQ(code(plain), RefusalCode::opinions_misplaced);
  EXPECT_EQ(code(decision("group", Resolution::approved_with_opinions)),
            RefusalCode::opinion_names_nothing);
  EXPECT_EQ(code(decision("group", Resolution::sent_back, {"nothing"})),
            RefusalCode::opinion_names_nothing);
  auto silent = decision("group", Resolution::sent_back, {"staff"});
  silent.opinions.front().text.clear();
  EXPECT_EQ(code(silent), RefusalCode::opinion_names_nothing);
  auto endless = decision("group", Resolution::sent_back, {"staff"});
  endless.due.reset();
  EXPECT_EQ(code(endless), RefusalCode::due_missing);
  endless.due = at("11-09 15:00");
  EXPECT_EQ(code(endless), RefusalCode::due_in_past);
}

TEST_F(Proceedings, WhatIsSentBackPassesTheWholeChainAgainAndTheBodyDecidesAgain) {
  close_window();
  accept("centre", put_before("group"), "11-09 09:00");
  const auto events =
      accept("group", decision("group", Resolution::sent_back, {"staff", "staff"}), "11-09 15:00");
  EXPECT_EQ(std::get<CampaignDecided>(events.front()).tables,
            std::vector<TableKey>{TableKey("staff")});
  EXPECT_EQ(campaign().bodies_passed, 0u);
  EXPECT_EQ(task("staff").status, TaskStatus::final_filling);
  EXPECT_EQ(task("staff").due, at("11-16 00:00"));
  EXPECT_EQ(task("staff").approvals.size(), 3u) << "earlier statements stay";
  confirm("HR", "staff", "11-10 09:00");
  EXPECT_EQ(refuse("centre", put_before("group"), "11-10 10:00").code,
            RefusalCode::tables_unsettled);
  accept("centre", approve("centre", "staff", "office"), "11-10 11:00");
  accept("centre", put_before("group"), "11-10 12:00");
  accept("group", decision("group", Resolution::approved), "11-10 13:00");
  accept("centre", put_before("committee"), "11-11 09:00");
  EXPECT_EQ(
      refuse("committee", decision("committee", Resolution::sent_back, {"staff"}), "11-12 09:00")
          .code,
      RefusalCode::may_not_send_back);
}

TEST_F(Proceedings, AfterTheLastDecisionOnlyNamedTablesChangeAndSayWhy) {
  decide_both({"staff"});
  const LeafIndex opinion = state_.size - 1;
  EXPECT_EQ(refuse("PO.filler", change("units"), "11-14 09:00").code,
            RefusalCode::only_named_tables);
  const auto events = accept("HR.filler", change("staff", {0, 1, 0}), "11-14 09:00");
  EXPECT_EQ(std::get<RowsChanged>(events.front()).cites, opinion);
  EXPECT_EQ(task("staff").status, TaskStatus::final_filling);
  confirm("HR", "staff", "11-14 10:00");
  // Confirmed, it is closed again.
  EXPECT_EQ(refuse("HR.filler", change("staff"), "11-14 11:00").code,
            RefusalCode::only_named_tables);
  EXPECT_TRUE(is_settled(*state_.directory->campaign(kCampaign), task("staff")));
}

TEST_F(Proceedings, AReturnOfAConfirmedTableOpensItAgain) {
  decide_both({"staff"});
  confirm("HR", "staff", "11-14 10:00");
  accept("centre", give_back("staff", "office", {{{}, "title", "", "wrong"}}, at("11-16 00:00")),
         "11-14 11:00");
  accept("HR.filler", change("staff", {0, 1, 0}), "11-14 12:00");
  EXPECT_FALSE(is_settled(*state_.directory->campaign(kCampaign), task("staff")));
}

TEST_F(Proceedings, AnExceptionOpensATableThatNobodyNamed) {
  const auto exception = [](const std::string& due, const std::string& reason) {
    return GrantException{kCampaign, TableKey("units"), at(due), reason};
  };
  EXPECT_EQ(refuse("centre", exception("10-14 00:00", "x"), "10-13 09:00").code,
            RefusalCode::already_exists)
      << "its window is open";
  decide_both();
  EXPECT_EQ(refuse("PO.head", exception("11-15 00:00", "x"), "11-14 09:00").code,
            RefusalCode::right_missing);
  EXPECT_EQ(refuse("centre", exception("11-15 00:00", ""), "11-14 09:00").code,
            RefusalCode::reason_missing);
  EXPECT_EQ(refuse("centre", exception("11-14 09:00", "x"), "11-14 09:00").code,
            RefusalCode::due_in_past);
  accept("centre", exception("11-15 00:00", "wrong number"), "11-14 09:00");
  const auto events = accept("PO.filler", change("units", {0, 1, 0}), "11-14 10:00");
  EXPECT_EQ(std::get<RowsChanged>(events.front()).cites, state_.size - 2);
  EXPECT_EQ(refuse("admin", freeze(), "11-14 11:00").code, RefusalCode::tables_unsettled);
  confirm("PO", "units", "11-14 12:00");
  accept("admin", freeze(), "11-14 13:00");
}

TEST_F(Proceedings, WhatIsFrozenIsWhatWasSigned) {
  accept("centre", put_before("group"), "11-09 09:00");
  accept("group", decision("group", Resolution::approved), "11-09 15:00");
  EXPECT_EQ(refuse("admin", freeze(), "11-09 16:00").code, RefusalCode::body_out_of_order);
  accept("centre", put_before("committee"), "11-10 09:00");
  accept("committee", decision("committee", Resolution::approved), "11-13 16:00");
  EXPECT_EQ(refuse("centre", freeze(), "11-17 09:00").code, RefusalCode::right_missing);
  auto other = freeze();
  other.versions.front().version.hash[1] ^= 1;
  EXPECT_EQ(refuse("admin", other, "11-17 09:00").code, RefusalCode::version_moved_on);
  other = freeze();
  other.versions.pop_back();
  EXPECT_EQ(refuse("admin", other, "11-17 09:00").code, RefusalCode::version_moved_on);
  other = freeze();
  other.versions.push_back({TableKey("zzz"), {}});
  EXPECT_EQ(refuse("admin", other, "11-17 09:00").code, RefusalCode::task_not_assigned);
  accept("admin", freeze(), "11-17 10:00");
  EXPECT_EQ(campaign().frozen, hash(9));
}

TEST_F(Proceedings, NothingChangesWhatIsFrozen) {
  decide_both({"staff"});
  confirm("HR", "staff", "11-14 10:00");
  accept("admin", freeze(), "11-17 10:00");
  for (const Command& command : {change("staff"), submit("HR.filler", "staff"), change("units")}) {
    const std::string filler = std::holds_alternative<ChangeRows>(command) &&
                                       std::get<ChangeRows>(command).table == TableKey("units")
                                   ? "PO.filler"
                                   : "HR.filler";
    EXPECT_EQ(refuse(filler, command, "11-17 11:00").code, RefusalCode::campaign_frozen);
  }
  EXPECT_EQ(refuse("centre", approve("centre", "staff", "office"), "11-17 11:00").code,
            RefusalCode::campaign_frozen);
  EXPECT_EQ(
      refuse("centre", give_back("staff", "office", {{{}, "title", "", "x"}}, at("11-18 00:00")),
             "11-17 11:00")
          .code,
      RefusalCode::campaign_frozen);
  EXPECT_EQ(refuse("centre", GrantException{kCampaign, TableKey("units"), at("11-19 00:00"), "x"},
                   "11-17 11:00")
                .code,
            RefusalCode::campaign_frozen);
  EXPECT_EQ(refuse("admin", freeze(), "11-17 11:00").code, RefusalCode::campaign_frozen);
}

TEST_F(Proceedings, HandingOverAndTheReceiversAnswers) {
  decide_both();
  const SubmitCampaign submit{kCampaign, {hash(3), "receipt"}};
  const AcceptCampaign accepted{kCampaign, {hash(4), "notice"}};
  const ReopenCampaign order{kCampaign, {hash(5), "order"}, {TableKey("staff")}, at("11-21 18:00")};
  EXPECT_EQ(refuse("admin", submit, "11-17 09:00").code, RefusalCode::not_frozen);
  EXPECT_EQ(refuse("admin", accepted, "11-17 09:00").code, RefusalCode::not_submitted);
  EXPECT_EQ(refuse("admin", order, "11-17 09:00").code, RefusalCode::not_submitted);
  accept("admin", freeze(), "11-17 10:00");
  EXPECT_EQ(refuse("centre", submit, "11-18 11:00").code, RefusalCode::right_missing);
  EXPECT_EQ(refuse("admin", SubmitCampaign{kCampaign, {}}, "11-18 11:00").code,
            RefusalCode::reason_missing);
  const auto events = accept("admin", submit, "11-18 11:00");
  EXPECT_EQ(std::get<CampaignSubmitted>(events.front()).hash, hash(9));
  EXPECT_EQ(std::get<CampaignSubmitted>(events.front()).due, at("11-20 00:00"));
  EXPECT_EQ(refuse("admin", submit, "11-18 12:00").code, RefusalCode::already_exists);
  accept("admin", accepted, "11-19 10:00");
  EXPECT_EQ(refuse("admin", accepted, "11-19 11:00").code, RefusalCode::already_exists);
}

TEST_F(Proceedings, EveryActComesBackFromWhatIsStored) {
  const auto stored = [&](const char* account, const Command& command, const std::string& when) {
    last_ = accept_stored(account, command, when);
  };
  stored("centre", put_before("group"), "11-09 09:00");
  EXPECT_EQ(std::get<CampaignTabled>(last_).report.title, "report");
  stored("group", decision("group", Resolution::approved), "11-09 15:00");
  stored("centre", put_before("committee"), "11-10 09:00");
  stored("committee", decision("committee", Resolution::approved_with_opinions, {"staff"}),
         "11-13 16:00");
  EXPECT_EQ(std::get<CampaignDecided>(last_).minutes.title, "minutes");
  EXPECT_EQ(std::get<CampaignDecided>(last_).opinions.at(0).text, "again");
  stored("HR.filler", change("staff", {0, 1, 0}), "11-14 08:00");
  confirm("HR", "staff", "11-14 09:00");
  stored("centre", GrantException{kCampaign, TableKey("units"), at("11-15 00:00"), "wrong"},
         "11-14 10:00");
  EXPECT_EQ(std::get<ExceptionGranted>(last_).reason, "wrong");
  confirm("PO", "units", "11-14 11:00");
  stored("admin", freeze(), "11-17 10:00");
  EXPECT_EQ(std::get<CampaignFrozen>(last_).versions.size(), 3U);
  stored("admin", SubmitCampaign{kCampaign, {hash(3), "receipt"}}, "11-18 11:00");
  stored("admin", AcceptCampaign{kCampaign, {hash(4), "notice"}}, "11-19 11:00");
  stored("admin",
         ReopenCampaign{kCampaign, {hash(5), "order"}, {TableKey("staff")}, at("11-21 18:00")},
         "11-19 15:00");
  EXPECT_EQ(std::get<CampaignReopened>(last_).order.title, "order");
}

TEST_F(Proceedings, AnOrderOfTheReceiverOpensTheTablesItNamesAndAllIsFrozenAnew) {
  decide_both();
  hand_over();
  ReopenCampaign order{kCampaign, {hash(5), "order"}, {TableKey("staff")}, at("11-21 18:00")};
  auto wrong = order;
  wrong.tables = {TableKey("nothing")};
  EXPECT_EQ(refuse("admin", wrong, "11-19 15:00").code, RefusalCode::unknown_table);
  wrong.tables.clear();
  EXPECT_EQ(refuse("admin", wrong, "11-19 15:00").code, RefusalCode::unknown_table);
  wrong = order;
  wrong.due = at("11-19 15:00");
  EXPECT_EQ(refuse("admin", wrong, "11-19 15:00").code, RefusalCode::due_in_past);
  wrong = order;
  wrong.order.title.clear();
  EXPECT_EQ(refuse("admin", wrong, "11-19 15:00").code, RefusalCode::reason_missing);
  accept("admin", order, "11-19 15:00");
  EXPECT_FALSE(campaign().frozen || campaign().submitted);
  accept("HR.filler", change("staff", {0, 1, 0}), "11-20 09:00");
  EXPECT_EQ(refuse("PO.filler", change("units"), "11-20 09:00").code,
            RefusalCode::only_named_tables);
  confirm("HR", "staff", "11-20 10:00");
  hand_over();
  EXPECT_TRUE(campaign().submitted);
}

}  // namespace countersign::ledger
