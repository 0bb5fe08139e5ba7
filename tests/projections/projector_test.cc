#include "projections/projector.h"

#include "tests/projections/followed.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

// A case on the fact, from its opening to the correction after an appeal.
void review(TestLedger& ledger, const std::string& fact) {
  const ledger::CampaignId campaign("2020");
  const ledger::DepartmentId office("OFFICE");
  const auto id = ledger.act("CENTRE.appraisal", ledger::OpenCase{campaign, office, {fact}, "late"},
                             october(17, 1));
  ledger.act("CENTRE.appraisal", ledger::SealPack{campaign, id, {}, 9, id}, october(17, 2));
  ledger.act("CENTRE.appraisal", ledger::ServeCase{campaign, id, "x"}, october(17, 3));
  ledger.act("OFFICE.head", ledger::AcknowledgeCase{campaign, id}, october(17, 4));
  ledger.act(
      "CENTRE.appraisal",
      ledger::ConcludeCase{campaign, id, ledger::CaseOutcome::reported, {}, "late", {"to"}, {fact}},
      october(28, 0));
  ledger.act("OFFICE.head", ledger::ObjectToFact{campaign, fact, office, "not so", {}},
             october(28, 1));
  ledger.act("CENTRE.appraisal",
             ledger::DecideFact{campaign, fact, office, ledger::Verdict::voided, {}, "right"},
             october(28, 2));
  ledger.act("CENTRE.appraisal", ledger::CorrectCase{campaign, id, "not late", "voided", {}},
             october(28, 3));
}

// A campaign with some of everything.
void play(TestLedger& ledger) {
  ledger.assign_and_open(october(2, 8));
  const std::string late = "F1-" + std::to_string(ledger.size() + 1);  // after the rows
  ledger.fill_and_submit("OFFICE", "units", october(12, 9));
  ledger.fill_and_submit("HR", "staff", october(12, 12));
  ledger.approve("HR.head", "staff", "head", october(12, 13));
  ledger.give_back("CENTRE.office", "staff", "first_review", october(12, 14), october(13, 0));
  ledger.add_column("staff", "note", october(12, 15));
  ledger.edit("HR.filler", "staff",
              {{"1", {{"no", "1"}, {"note", "n"}}}, {"2", {{"no", "2"}, {"money", "1.5"}}}},
              october(13, 9), "asked");
  ledger.edit("HR.filler", "staff", {{"2", {}}}, october(13, 10), "twice");
  ledger.submit("HR.filler", "staff", october(13, 11));
  const ledger::CampaignId campaign("2020");
  const ledger::DepartmentId aa("AA");
  ledger.act("CENTRE.office", ledger::RecordReadiness{campaign, {aa}, {}, "by post"},
             october(13, 12));
  const auto chase = ledger.act(
      "CENTRE.office", ledger::ChaseUnit{campaign, aa, {ledger::TableKey("majors")}, "overdue"},
      october(13, 13));
  ledger.act("AA.head", ledger::AnswerChase{campaign, chase, october(14, 9), "tomorrow"},
             october(13, 14));
  ledger.act("CENTRE.office", ledger::ClosePhase{campaign, ledger::PhaseId("base_entry")},
             october(17, 0));
  ledger.act("CENTRE.office",
             ledger::RecordOutage{campaign, october(12, 10), october(12, 11), {}, "disk"},
             october(17, 9));
  review(ledger, late);
}

struct Opened {
  std::shared_ptr<ViewStore> store;
  std::unique_ptr<Projector> projector;
};

Opened open(const TestLedger& ledger, const std::filesystem::path& file) {
  Opened opened;
  opened.store = ViewStore::open(file, Projector::schema(), 1).value();
  opened.projector = Projector::resume(ledger.reader(), *opened.store).value();
  return opened;
}

// The snapshot of the folded state that a start reads from the views, written now.
std::string saved_state(const Opened& opened) {
  opened.projector->save();
  auto state = opened.store->writer().query("SELECT value FROM meta WHERE name = 'state'");
  EXPECT_TRUE(state.step().value());
  return state.string(0);
}

TEST(Projector, RebuiltFromNothingEqualsStepByStepAtEveryPrefix) {
  TestLedger ledger;
  play(ledger);
  const auto size = ledger.size();
  ViewsDirectory directory;
  const auto steps = open(ledger, directory.file("steps.sqlite"));
  for (ledger::TreeSize prefix = 1; prefix <= size; ++prefix) {
    ledger.show(prefix);
    ASSERT_TRUE(steps.projector->apply_next(1)) << prefix;
    ASSERT_EQ(steps.projector->applied(), prefix);
    const auto file = directory.file("whole" + std::to_string(prefix) + ".sqlite");
    const auto whole = open(ledger, file);
    ASSERT_TRUE(whole.projector->apply_next(2000));
    ASSERT_EQ(dump(directory.file("steps.sqlite")), dump(file)) << prefix;
    ASSERT_EQ(saved_state(steps), saved_state(whole)) << prefix;
  }
}

TEST(Projector, WhatIsErasedIsGoneAtOnceAndARebuildGivesTheSame) {
  TestLedger ledger;
  play(ledger);
  ledger.act("CENTRE.office",
             ledger::GrantException{kCampaign, ledger::TableKey("books"), october(30, 0), "flood"},
             october(29, 0));
  const auto size = ledger.size();
  ViewsDirectory directory;
  const auto steps = open(ledger, directory.file("steps.sqlite"));
  while (steps.projector->apply_next(2000)) {
  }
  ASSERT_FALSE(saved_state(steps).empty());  // what was written before the erasures
  std::size_t erased = 0;
  for (ledger::LeafIndex entry = 0; entry < size; ++entry) {
    if (!ledger.erase_texts(entry, october(29, 1))) continue;
    ++erased;
    ASSERT_TRUE(steps.projector->apply_next(1)) << entry;
    const auto file = directory.file("whole" + std::to_string(entry) + ".sqlite");
    const auto whole = open(ledger, file);
    ASSERT_TRUE(whole.projector->apply_next(2000));
    ASSERT_EQ(dump(directory.file("steps.sqlite")), dump(file)) << entry;
    ASSERT_EQ(saved_state(steps), saved_state(whole)) << entry;
  }
  EXPECT_GT(erased, 10u);
  ledger.erase_person("HR.filler", october(29, 2));
  ASSERT_TRUE(steps.projector->apply_next(2000));
  const auto whole = open(ledger, directory.file("whole.sqlite"));
  ASSERT_TRUE(whole.projector->apply_next(2000));
  EXPECT_EQ(saved_state(steps), saved_state(whole));
  const std::string left = dump(directory.file("steps.sqlite"));
  EXPECT_EQ(left, dump(directory.file("whole.sqlite")));
  for (const char* word : {"below last year", "tomorrow", "not so", "flood", "Name of HR.filler"}) {
    EXPECT_EQ(left.find(word), std::string::npos) << word;
  }
  // Nor is anything in the state that the next start reads from the views.
  const auto resumed = open(ledger, directory.file("steps.sqlite"));
  EXPECT_EQ(resumed.projector->applied(), ledger.size());
}

TEST(Projector, ARestartAtEveryPrefixGoesOnAsIfNothingHadBeen) {
  TestLedger ledger;
  play(ledger);
  const auto size = ledger.size();
  ViewsDirectory directory;
  for (ledger::TreeSize prefix = 1; prefix <= size; ++prefix) {
    ledger.show(prefix);
    auto opened = open(ledger, directory.file());
    ASSERT_EQ(opened.projector->applied(), prefix - 1);
    ASSERT_TRUE(opened.projector->apply_next(1));
    if (prefix % 3 == 0) opened.projector->save();
  }
  const auto whole = open(ledger, directory.file("whole.sqlite"));
  ASSERT_TRUE(whole.projector->apply_next(2000));
  EXPECT_EQ(dump(directory.file()), dump(directory.file("whole.sqlite")));
}

TEST(Projector, AnEntryThatCannotBeAppliedParksAndIsNeverSkipped) {
  TestLedger ledger;
  play(ledger);
  const ledger::LeafIndex bad = ledger.size() - 3;
  ledger.damage(bad);
  ViewsDirectory directory;
  {
    auto views = Views::open(ledger.reader(), {.file = directory.file()}).value();
    EXPECT_FALSE(views->wait_for(ledger.size(), std::chrono::seconds(20)));
    ASSERT_TRUE(views->parked());
    EXPECT_EQ(views->parked()->index, bad);
    EXPECT_FALSE(views->parked()->why.empty());
    EXPECT_EQ(views->applied(), bad);
    EXPECT_TRUE(views->deadlines().campaign("2020", october(17, 0)));
  }
  {
    auto again = Views::open(ledger.reader(), {.file = directory.file()}).value();
    EXPECT_FALSE(again->wait_for(ledger.size(), std::chrono::seconds(20)));
    EXPECT_EQ(again->applied(), bad);
  }
  ledger.damage(bad);
  auto repaired = Views::open(ledger.reader(), {.file = directory.file()}).value();
  EXPECT_TRUE(repaired->wait_for(ledger.size(), std::chrono::seconds(20)));
  EXPECT_FALSE(repaired->parked());
}

TEST(Projector, ViewsThatAreNotOfThisLedgerAreBuiltAgain) {
  TestLedger ledger;
  play(ledger);
  ViewsDirectory directory;
  const auto applied_by = [&](const TestLedger& follows) {
    auto views = Views::open(follows.reader(), {.file = directory.file()}).value();
    EXPECT_TRUE(views->wait_for(follows.size(), std::chrono::seconds(20)));
    return views->applied();
  };
  EXPECT_EQ(applied_by(ledger), ledger.size());
  // Ahead of the ledger.
  const auto size = ledger.size();
  ledger.show(size - 2);
  EXPECT_EQ(applied_by(ledger), size - 2);
  // Another history under the same origin, and longer: only its entries tell.
  TestLedger other;
  other.assign_and_open(october(3, 8));
  for (int day = 4; other.size() <= size; ++day) {
    other.edit("LIB.filler", "books", {{"1", {{"no", "1"}, {"count", std::to_string(day)}}}},
               october(day, 9));
  }
  EXPECT_EQ(applied_by(other), other.size());
  {
    auto views = Views::open(other.reader(), {.file = directory.file()}).value();
    EXPECT_EQ(views->tables().rows("2020", "units", {}, {}).value().rows.size(), 0U);
  }
  // Another origin.
  const TestLedger elsewhere("elsewhere.example/2020");
  EXPECT_EQ(applied_by(elsewhere), elsewhere.size());
  ViewsDirectory fresh;
  auto views = Views::open(elsewhere.reader(), {.file = fresh.file()}).value();
  ASSERT_TRUE(views->wait_for(elsewhere.size(), std::chrono::seconds(20)));
  EXPECT_EQ(dump(directory.file()), dump(fresh.file()));
}

TEST(Projector, BeginsWithWhatIsAnnouncedAndShowsItWhenItIsWritten) {
  TestLedger ledger;
  play(ledger);
  const auto size = ledger.size();
  ViewsDirectory directory;
  const auto whole = open(ledger, directory.file("whole.sqlite"));
  ASSERT_TRUE(whole.projector->apply_next(2000));
  for (const ledger::TreeSize announced : {ledger::TreeSize{1}, size / 2, size - 20}) {
    const auto file = directory.file("announced" + std::to_string(announced) + ".sqlite");
    const auto opened = open(ledger, file);
    ledger.show(announced);
    ASSERT_TRUE(opened.projector->apply_next(2000));
    ledger.announce(ledger, size);
    std::atomic<bool> returned{false};
    std::thread applying([&] {
      EXPECT_TRUE(opened.projector->apply_next(2000));
      returned = true;
    });
    ledger.wait_until_read(size - announced);
    EXPECT_FALSE(returned);
    EXPECT_EQ(opened.projector->applied(), announced);
    ledger.settle(true);
    applying.join();
    EXPECT_EQ(opened.projector->applied(), size);
    EXPECT_EQ(dump(file), dump(directory.file("whole.sqlite"))) << announced;
  }
}

TEST(Projector, UndoesWhatWasAnnouncedAndCameToNothing) {
  TestLedger ledger, other;
  ledger.assign_and_open(october(2, 8));
  other.assign_and_open(october(2, 8));
  const auto before = ledger.size();
  for (int day = 4; day < 9; ++day) {
    const std::string count = std::to_string(day);
    ledger.edit("LIB.filler", "books", {{"1", {{"no", "1"}, {"count", count}}}}, october(day, 9));
    other.edit("LIB.filler", "books", {{"2", {{"no", "2"}, {"count", count}}}}, october(day, 10));
  }
  other.edit("OFFICE.filler", "units", {{"1", {{"no", "1"}, {"name", "u"}}}}, october(9, 9));
  other.submit("OFFICE.filler", "units", october(9, 10));
  ViewsDirectory directory;
  const auto whole = open(ledger, directory.file("whole.sqlite"));
  ASSERT_TRUE(whole.projector->apply_next(2000));

  const auto opened = open(ledger, directory.file());
  ledger.show(before);
  ASSERT_TRUE(opened.projector->apply_next(2000));
  const std::string stood = dump(directory.file());
  for (const ledger::TreeSize end : {before + 1, other.size()}) {
    ledger.announce(other, end);
    std::thread applying([&] { EXPECT_FALSE(opened.projector->apply_next(2000)); });
    ledger.wait_until_read(end - before);
    ledger.settle(false);
    applying.join();
    EXPECT_EQ(opened.projector->applied(), before);
    EXPECT_FALSE(opened.projector->parked());
    EXPECT_EQ(dump(directory.file()), stood);
  }
  // Nothing to begin with any more.
  EXPECT_FALSE(opened.projector->apply_next(2000));
  EXPECT_FALSE(opened.projector->parked());
  // And what is written in their place.
  ledger.show(ledger.size() + 1000);
  ASSERT_TRUE(opened.projector->apply_next(2000));
  EXPECT_EQ(dump(directory.file()), dump(directory.file("whole.sqlite")));
}

TEST(Projector, AnAnnouncedEntryThatCannotBeAppliedParksOnlyWhenItIsWritten) {
  TestLedger ledger;
  play(ledger);
  const auto size = ledger.size();
  const ledger::LeafIndex bad = size - 3;
  ledger.damage(bad);
  for (const ledger::TreeSize shown : {bad - 2, bad - 1, bad}) {
    for (const bool durable : {false, true}) {
      ViewsDirectory directory;
      const auto opened = open(ledger, directory.file());
      ledger.show(shown);
      ASSERT_TRUE(opened.projector->apply_next(2000));
      ledger.announce(ledger, size);
      std::thread applying([&] {
        while (opened.projector->apply_next(2000)) {
        }
      });
      ledger.wait_until_read(bad + 1 - shown);
      EXPECT_FALSE(opened.projector->parked());
      ledger.settle(durable);
      applying.join();
      EXPECT_EQ(opened.projector->applied(), durable ? bad : shown);
      ASSERT_EQ(opened.projector->parked().has_value(), durable);
      if (durable) {
        EXPECT_EQ(opened.projector->parked()->index, bad);
      }
    }
  }
}

TEST(Projector, AFileThatIsNoStoreIsReplaced) {
  TestLedger ledger;
  play(ledger);
  ViewsDirectory directory;
  {
    std::FILE* file = std::fopen(directory.file().c_str(), "w");
    ASSERT_NE(file, nullptr);
    std::fputs(std::string(8192, 'x').c_str(), file);
    std::fclose(file);
  }
  auto views = Views::open(ledger.reader(), {.file = directory.file()}).value();
  EXPECT_TRUE(views->wait_for(ledger.size(), std::chrono::seconds(20)));
  EXPECT_EQ(Views::open(ledger.reader(), {.file = "/nowhere/views.sqlite"}).error().code,
            ledger::Errc::io);
}

}  // namespace
}  // namespace countersign::projections
