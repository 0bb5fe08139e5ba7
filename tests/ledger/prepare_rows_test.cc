// From wanted edits to what is recorded: comparison, problems with their lines, whole sheets.
#include "ledger/domain/event_codec.h"
#include "tests/ledger/ledger_fixture.h"

namespace countersign::ledger {

class PrepareRows : public LedgerFixture {
 protected:
  Result<Prepared> prepare(RowEdits edits, const std::string& key = "edit") const {
    return testing::prepare_notes(*ledger_, key, std::move(edits));
  }
  Committed apply(RowEdits edits, const std::string& key) {
    return committed(testing::propose_prepared(*ledger_, prepare(std::move(edits), key)));
  }
  ChangeRows change_of(RowEdits edits) const {
    return std::get<ChangeRows>(verified(prepare(std::move(edits))).command());
  }
  RowsRejected rejected(RowEdits edits) const {
    return std::get<RowsRejected>(prepare(std::move(edits)).value());
  }
  static RowEdits sheet(const testing::NotesRows& rows) {
    RowEdits edits = testing::notes_edits(rows);
    for (std::size_t i = 0; i < edits.rows.size(); ++i) edits.rows[i].line = i + 2;
    edits.import = ImportSummary{"csv", {}, 0, 0, false};
    return edits;
  }
  static RowEdit patch(const std::string& row, const std::string& column, const std::string& text) {
    RowEdit edit;
    edit.key = RowKey(row);
    edit.patch = true;
    edit.cells = {{column, text}};
    return edit;
  }
};

TEST_F(PrepareRows, AnImportRecordsItsDifferencesAndOneReceipt) {
  apply(sheet({{"a", "1"}, {"b", "2"}, {"c", "3"}}), "first");
  const RowEdits again = sheet({{"a", "1"}, {"b", "20"}, {"c", "3"}, {"d", "4"}});
  const ChangeRows change = change_of(again);
  ASSERT_EQ(change.chunks.size(), 1u);
  EXPECT_EQ(change.chunks[0].added, 1u);
  EXPECT_EQ(change.chunks[0].changed, 1u);
  EXPECT_EQ(change.import->rows, 4u);
  EXPECT_EQ(change.import->identical, 2u);

  const Committed done = apply(again, "second");
  ASSERT_EQ(done.count, 2u);
  const auto recorded = reader().event(done.first).value();
  EXPECT_EQ(std::get<RowsChanged>(recorded.event).rows.size(), 2u);
  const auto receipt = reader().event(done.first + 1).value();
  EXPECT_EQ(std::get<SheetImported>(receipt.event).summary.identical, 2u);
  expect_sound();
}

TEST_F(PrepareRows, AnImportWithoutDifferencesIsItsReceiptAlone) {
  apply(sheet({{"a", "1"}}), "first");
  const Committed done = apply(sheet({{"a", "1"}}), "second");
  EXPECT_EQ(done.count, 1u);
  EXPECT_TRUE(std::holds_alternative<SheetImported>(reader().event(done.first).value().event));
}

TEST_F(PrepareRows, AWholeSheetRemovesTheRowsItDoesNotName) {
  apply(sheet({{"a", "1"}, {"b", "2"}, {"c", "3"}}), "first");
  RowEdits whole = sheet({{"b", "2"}});
  whole.remove_missing = true;
  whole.reason = "counted twice";
  EXPECT_EQ(change_of(whole).chunks.at(0).removed, 2u);
  EXPECT_TRUE(change_of(whole).whole_rows);
  apply(whole, "second");
  EXPECT_EQ(reader().table_content("c", "notes")->rows, 1u);
  // A row that was removed comes back with its chain of changes.
  const Committed back = apply(testing::notes_edits({{"a", "5"}}), "third");
  const auto event = reader().event(back.first).value();
  EXPECT_TRUE(std::get<RowsChanged>(event.event).rows.at(0).prev.has_value());
  expect_sound();
}

TEST_F(PrepareRows, APatchKeepsTheCellsItDoesNotName) {
  apply(testing::notes_edits({{"a", "1"}}), "first");
  RowEdits edits = testing::notes_edits({});
  edits.rows.push_back(patch("a", "value", "2"));
  const Committed done = apply(edits, "second");
  const auto event = reader().event(done.first).value();
  const RowChange& row = std::get<RowsChanged>(event.event).rows.at(0);
  EXPECT_EQ(row.cells, (Cells{{"id", "a"}, {"value", "2"}}));
  EXPECT_EQ(change_of([] {
              RowEdits other = testing::notes_edits({});
              other.rows.push_back(patch("a", "value", "3"));
              return other;
            }())
                .columns,
            (std::vector<std::string>{"value"}));
}

TEST_F(PrepareRows, APatchThatChangesTheKeyIsAProblem) {
  apply(testing::notes_edits({{"a", "1"}}), "first");
  RowEdits edits = testing::notes_edits({});
  edits.rows.push_back(patch("a", "id", "b"));
  EXPECT_EQ(rejected(edits).problems.size(), 1u);
}

TEST_F(PrepareRows, ProblemsNameTheirLines) {
  const RowsRejected found = rejected(sheet({{"a", "1"}, {"b", "?"}, {"a", "2"}}));
  ASSERT_EQ(found.problems.size(), 2u);
  EXPECT_EQ(found.problems[0].line, 3u);
  EXPECT_EQ(found.problems[0].cell.column, "value");
  EXPECT_EQ(found.problems[1].line, 4u);
  EXPECT_NE(found.problems[1].cell.problem_en.find("line 2"), std::string::npos);
  EXPECT_FALSE(found.more);
}

TEST_F(PrepareRows, ProblemsAreBounded) {
  testing::NotesRows rows;
  for (int i = 0; i < 300; ++i) rows.emplace_back("r" + std::to_string(i), "bad");
  const RowsRejected found = rejected(sheet(rows));
  EXPECT_EQ(found.problems.size(), RowsRejected::kProblemsMax);
  EXPECT_TRUE(found.more);
}

TEST_F(PrepareRows, AnUnknownColumnOrAMissingKeyIsAProblem) {
  RowEdits edits = testing::notes_edits({{"a", "1"}});
  edits.rows[0].cells["colour"] = "red";
  EXPECT_EQ(rejected(edits).problems.size(), 1u);
  EXPECT_FALSE(rejected(testing::notes_edits({{"", "1"}})).problems.empty());
}

TEST_F(PrepareRows, PreconditionsAreHeldAgainstTheRow) {
  const auto fails = [&](const RowEdits& edits) {
    return std::get<PreconditionFailed>(prepare(edits).value()).current;
  };
  RowEdits remove = testing::notes_edits({});
  remove.rows.push_back({});
  remove.rows[0].key = RowKey("a");
  remove.rows[0].remove = true;
  EXPECT_EQ(fails(remove), std::nullopt);

  const Committed first = apply(testing::notes_edits({{"a", "1"}}), "first");
  RowEdits fresh = testing::notes_edits({{"a", "2"}});
  fresh.rows[0].must_not_exist = true;
  EXPECT_EQ(fails(fresh), first.first);
  remove.rows[0].if_match = first.first + 1;
  EXPECT_EQ(fails(remove), first.first);
}

TEST_F(PrepareRows, ManyRowsAreCutIntoEntriesOfAThousand) {
  testing::NotesRows rows;
  for (int i = 0; i < 2500; ++i) rows.emplace_back("r" + std::to_string(i), "1");
  const Committed done = apply(sheet(rows), "many");
  ASSERT_EQ(done.count, 4u);
  const std::size_t wanted[] = {1000, 1000, 500};
  for (std::uint32_t i = 0; i < 3; ++i) {
    const auto event = reader().event(done.first + i).value();
    EXPECT_EQ(std::get<RowsChanged>(event.event).rows.size(), wanted[i]);
  }
  expect_receipts(done);
  expect_sound();
}

// Rows of a sheet in parts of a few.
class SheetOfNotes final : public SheetSource {
 public:
  explicit SheetOfNotes(testing::NotesRows rows) : rows_(std::move(rows)) {}

  const std::vector<std::string>& columns() const override {
    static const std::vector<std::string> kColumns = {"value", "id"};
    return kColumns;
  }
  std::size_t parts() const override { return (rows_.size() + kPart - 1) / kPart; }
  bool read(std::size_t part, SheetSink& sink) const override {
    for (std::size_t i = part * kPart; i < std::min(rows_.size(), (part + 1) * kPart); ++i) {
      const auto& [id, value] = rows_[i];
      if (value == "broken") {
        sink.problem(i + 2, {"", "cannot be read", "无法读取"});
        return false;
      }
      const SheetCell cells[] = {{0, value}, {1, id}};
      sink.row(i + 2, false, cells);
    }
    return true;
  }

 private:
  static constexpr std::size_t kPart = 7;
  const testing::NotesRows rows_;
};

RowEdits parted(const testing::NotesRows& rows) {
  RowEdits edits = testing::notes_edits({});
  edits.sheet = std::make_shared<const SheetOfNotes>(rows);
  edits.import = ImportSummary{"csv", {}, 0, 0, false};
  return edits;
}

testing::NotesRows numbered(int count, const std::string& value) {
  testing::NotesRows rows;
  // Neither in the order of their keys nor in its reverse.
  for (int i = 0; i < count; ++i) rows.emplace_back("r" + std::to_string(i * 7919 % count), value);
  return rows;
}

TEST_F(PrepareRows, ASheetInPartsIsRecordedInItsOrder) {
  const testing::NotesRows rows = numbered(3001, "1");
  const Committed done = apply(parted(rows), "sheet");
  ASSERT_EQ(done.count, 5u);
  std::size_t next = 0;
  for (std::uint32_t i = 0; i + 1 < done.count; ++i) {
    const auto event = reader().event(done.first + i).value();
    for (const RowChange& row : std::get<RowsChanged>(event.event).rows) {
      EXPECT_EQ(row.key.value, rows[next].first);
      EXPECT_EQ(row.cells, (Cells{{"id", rows[next].first}, {"value", "1"}}));
      ++next;
    }
  }
  EXPECT_EQ(next, rows.size());
  EXPECT_EQ(reader().table_content("c", "notes")->rows, rows.size());

  EXPECT_EQ(apply(parted(rows), "again").count, 1u) << "nothing changed but the receipt";
  testing::NotesRows some = rows;
  for (std::size_t i = 0; i < some.size(); i += 100) some[i].second = "2";
  const ChangeRows change = change_of(parted(some));
  ASSERT_EQ(change.chunks.size(), 1u);
  EXPECT_EQ(change.chunks[0].changed, 31u);
  EXPECT_EQ(change.import->rows, rows.size());
  EXPECT_EQ(change.import->identical, rows.size() - 31);
  EXPECT_EQ(change.columns, std::vector<std::string>{"value"});
  EXPECT_FALSE(change.whole_rows);
  apply(parted(some), "third");
  expect_sound();
}

TEST_F(PrepareRows, ASheetInPartsHasItsProblemsInOrder) {
  testing::NotesRows rows = numbered(100, "1");
  rows[20].second = "?";
  rows[40].first = rows[10].first;
  rows[60].first = "";
  const RowsRejected found = rejected(parted(rows));
  ASSERT_EQ(found.problems.size(), 3u);
  EXPECT_EQ(found.problems[0].line, 22u);
  EXPECT_EQ(found.problems[1].line, 42u);
  EXPECT_NE(found.problems[1].cell.problem_en.find("line 12"), std::string::npos);
  EXPECT_EQ(found.problems[2].line, 62u);
  EXPECT_FALSE(found.more);
  const RowsRejected many = rejected(parted(numbered(5000, "?")));
  EXPECT_EQ(many.problems.size(), RowsRejected::kProblemsMax);
  EXPECT_EQ(many.problems.back().line, 101u);
  EXPECT_TRUE(many.more);
}

TEST_F(PrepareRows, WhatCannotBeReadOfASheetIsToldAlone) {
  testing::NotesRows rows = numbered(100, "1");
  rows[20].second = "?";
  rows[50].second = rows[70].second = "broken";
  const RowsRejected found = rejected(parted(rows));
  ASSERT_EQ(found.problems.size(), 1u);
  EXPECT_EQ(found.problems[0].line, 52u);
}

TEST_F(PrepareRows, ALostZeroIsFoundAmongRowsThatTheSheetDoesNotName) {
  apply(parted({{"007", "1"}, {"8", "1"}}), "first");
  const RowsRejected found = rejected(parted({{"8", "1"}, {"7", "1"}, {"07", "1"}, {"10", "1"}}));
  ASSERT_EQ(found.problems.size(), 1u);
  EXPECT_EQ(found.problems[0].line, 3u);
  EXPECT_EQ(found.problems[0].cell.column, "id");
  EXPECT_EQ(change_of(parted({{"007", "1"}, {"7", "1"}})).chunks.at(0).added, 1u);
}

TEST_F(PrepareRows, ADryRunTellsTheChangesAndSealsNothing) {
  apply(parted({{"a", "1"}, {"b", "2"}}), "first");
  RowEdits edits = parted({{"a", "3"}, {"c", "4"}});
  edits.dry_run = true;
  edits.remove_missing = true;
  const auto prepared = prepare(edits);
  const auto& command = std::get<VerifiedCommand>(prepared.value());
  const ChangeRows& change = std::get<ChangeRows>(command.command());
  ASSERT_EQ(change.chunks.size(), 1u);
  EXPECT_EQ(change.chunks[0].added, 1u);
  EXPECT_EQ(change.chunks[0].changed, 1u);
  EXPECT_EQ(change.chunks[0].removed, 1u);
  ASSERT_EQ(command.rows().at(0).size(), 3u);
  EXPECT_EQ(command.rows()[0][0].head.cells, R"({"id":"a","value":"3"})");
}

TEST_F(PrepareRows, WhatDoesNotExistIsRefused) {
  RowEdits edits = testing::notes_edits({{"a", "1"}});
  edits.table = TableKey("none");
  EXPECT_EQ(std::get<Refusal>(prepare(edits).value()).code, RefusalCode::unknown_table);
  edits.campaign = CampaignId("none");
  EXPECT_EQ(std::get<Refusal>(prepare(edits).value()).code, RefusalCode::unknown_campaign);
}

}  // namespace countersign::ledger
