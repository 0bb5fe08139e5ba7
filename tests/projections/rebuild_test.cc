// Views built anew beside the live ones: what went wrong in a file is mended while it answers, and
// neither a stop nor an entry that cannot be applied takes the views away that are there.
#include "projections/view_store.h"
#include "tests/projections/followed.h"

#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

constexpr std::chrono::seconds kPatience{20};

class Rebuild : public ::testing::Test {
 protected:
  Rebuild() {
    ledger_.assign_and_open(october(2, 8));
    ledger_.fill_and_submit("OFFICE", "units", october(9, 9));
    ledger_.edit("HR.filler", "staff", {{"1", {{"no", "1"}}}, {"2", {{"no", "2"}}}},
                 october(10, 9));
  }

  std::unique_ptr<Views> open(const std::filesystem::path& file) const {
    auto views = Views::open(ledger_.reader(), {.file = file, .batch_entries_max = 3}).value();
    EXPECT_TRUE(views->wait_for(ledger_.size(), kPatience));
    return views;
  }
  std::unique_ptr<Views> open() const { return open(directory_.file()); }

  static void await_end(const Views& views) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (views.rebuilding().running && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_FALSE(views.rebuilding().running);
  }
  static std::size_t staff_rows(const Views& views) {
    return views.tables().rows("2020", "staff", {}, {}).value().rows.size();
  }
  // What a failing disk, or a hand, does to the file.
  static void lose_rows(const std::filesystem::path& file) {
    auto store = ViewStore::open(file, "", 1).value();
    ASSERT_TRUE(store->writer().script("DELETE FROM row_changes; DELETE FROM t_2020_staff"));
  }
  std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.file().parent_path())) {
      const auto name = entry.path().filename().string();
      if (name.ends_with(".sqlite")) names.insert(name);
    }
    return names;
  }

  TestLedger ledger_;
  ViewsDirectory directory_;
};

TEST_F(Rebuild, MendsWhatTheFileLostAndARestartKeepsIt) {
  {
    auto views = open();
    lose_rows(directory_.file());
    ASSERT_EQ(staff_rows(*views), 0U);
    ASSERT_TRUE(views->rebuild());
    await_end(*views);
    EXPECT_FALSE(views->rebuilding().last_failure);
    EXPECT_EQ(staff_rows(*views), 2U);
    EXPECT_EQ(files(), std::set<std::string>{"views.1.sqlite"});
    // They follow the ledger as the ones before them did.
    ledger_.edit("HR.filler", "staff", {{"3", {{"no", "3"}}}}, october(10, 10));
    ASSERT_TRUE(views->wait_for(ledger_.size(), kPatience));
    EXPECT_EQ(staff_rows(*views), 3U);
    // And can be built anew themselves.
    ASSERT_TRUE(views->rebuild());
    await_end(*views);
    EXPECT_EQ(files(), std::set<std::string>{"views.2.sqlite"});
  }
  EXPECT_EQ(staff_rows(*open()), 3U);
  EXPECT_EQ(files(), std::set<std::string>{"views.2.sqlite"});
  ViewsDirectory fresh;
  open(fresh.file());
  EXPECT_EQ(dump(directory_.file("views.2.sqlite")), dump(fresh.file()));
}

TEST_F(Rebuild, ThePresentViewsAnswerUntilTheNewOnesAreAsFar) {
  auto views = open();
  auto held = ledger_.hold_entries();
  ASSERT_TRUE(views->rebuild());
  EXPECT_TRUE(views->rebuilding().running);
  EXPECT_EQ(views->rebuilding().applied, 0U);
  EXPECT_EQ(views->rebuild().error().code, ledger::Errc::conflict);
  EXPECT_EQ(views->applied(), ledger_.size());
  EXPECT_EQ(staff_rows(*views), 2U);
  // Whoever waits for an entry to come is served by the views that take it.
  ledger_.edit("HR.filler", "staff", {{"3", {{"no", "3"}}}}, october(10, 10));
  std::thread waiting([&] { EXPECT_TRUE(views->wait_for(ledger_.size(), kPatience)); });
  held.unlock();
  waiting.join();
  await_end(*views);
  EXPECT_EQ(staff_rows(*views), 3U);
}

TEST_F(Rebuild, ARestartGoesOnWithWhatWasBegun) {
  ViewsDirectory copied;
  {
    auto views = open();
    auto held = ledger_.hold_entries();
    ASSERT_TRUE(views->rebuild());
    // As a kill leaves the files.
    std::filesystem::copy(directory_.file().parent_path(), copied.file().parent_path(),
                          std::filesystem::copy_options::recursive);
    held.unlock();
    await_end(*views);
  }
  ASSERT_TRUE(std::filesystem::exists(copied.file("views.1.sqlite")));
  lose_rows(copied.file());
  const auto views = open(copied.file());
  await_end(*views);
  EXPECT_EQ(staff_rows(*views), 2U);
  EXPECT_FALSE(std::filesystem::exists(copied.file()));
}

TEST_F(Rebuild, WithoutTheOthersWhatWasBegunAnswers) {
  ViewsDirectory copied;
  {
    auto views = open();
    auto held = ledger_.hold_entries();
    ASSERT_TRUE(views->rebuild());
    std::filesystem::copy(directory_.file().parent_path(), copied.file().parent_path(),
                          std::filesystem::copy_options::recursive);
    held.unlock();
    await_end(*views);
  }
  ASSERT_TRUE(ViewStore::discard(copied.file()));
  const auto views = open(copied.file());
  EXPECT_FALSE(views->rebuilding().running);
  EXPECT_EQ(staff_rows(*views), 2U);
}

TEST_F(Rebuild, AnEntryThatCannotBeAppliedEndsItAndThePresentViewsStay) {
  auto views = open();
  const ledger::LeafIndex bad = ledger_.size() - 2;
  auto held = ledger_.hold_entries();
  ASSERT_TRUE(views->rebuild());
  ledger_.damage(bad);
  held.unlock();
  await_end(*views);
  ASSERT_TRUE(views->rebuilding().last_failure);
  EXPECT_FALSE(views->rebuilding().last_failure->empty());
  EXPECT_EQ(files(), std::set<std::string>{"views.sqlite"});
  EXPECT_EQ(staff_rows(*views), 2U);
  EXPECT_FALSE(views->parked());
  ledger_.damage(bad);
  ASSERT_TRUE(views->rebuild());
  await_end(*views);
  EXPECT_FALSE(views->rebuilding().last_failure);
}

TEST_F(Rebuild, GetsParkedViewsGoingOnceTheCauseIsGone) {
  const ledger::LeafIndex bad = ledger_.size() - 2;
  ledger_.damage(bad);
  auto views = Views::open(ledger_.reader(), {.file = directory_.file()}).value();
  EXPECT_FALSE(views->wait_for(ledger_.size(), kPatience));
  ASSERT_TRUE(views->parked());
  ledger_.damage(bad);
  ASSERT_TRUE(views->rebuild());
  EXPECT_TRUE(views->wait_for(ledger_.size(), kPatience) || views->parked());
  await_end(*views);
  EXPECT_FALSE(views->parked());
  EXPECT_EQ(views->applied(), ledger_.size());
}

}  // namespace
}  // namespace countersign::projections
