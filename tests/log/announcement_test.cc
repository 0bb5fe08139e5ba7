// What is announced is read while it is not settled, and by nobody afterwards.
#include "ledger/log/announcement.h"
#include "ledger/log/size_signal.h"

#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

using std::chrono::milliseconds;

const std::vector<StoredEntry> kEntries{{"h3", "p3"}, {"h4", "p4"}, {"h5", "p5"}};

std::shared_ptr<Announcement> announcement(
    const std::function<void()>& before_open = [] {}) {
  return std::make_shared<Announcement>(3, kEntries, [before_open](std::string_view prepared) {
    before_open();
    return Result<std::string>("opened " + std::string(prepared));
  });
}

std::vector<std::string> read(const Announcement& from, LeafIndex first, LeafIndex end) {
  std::vector<std::string> found;
  EXPECT_TRUE(from.scan(first, end, [&](LeafIndex index, StoredEntry&& entry) {
    found.push_back(std::to_string(index) + " " + entry.header + " " + entry.payload);
    return found.size() < 2;
  }));
  return found;
}

TEST(Announcement, GivesItsEntriesUntilItIsSettled) {
  const auto announced = announcement();
  EXPECT_EQ(announced->first(), 3u);
  EXPECT_EQ(announced->end(), 6u);
  EXPECT_EQ(read(*announced, 0, 4), std::vector<std::string>{"3 h3 opened p3"});
  EXPECT_EQ(read(*announced, 4, 100),
            (std::vector<std::string>{"4 h4 opened p4", "5 h5 opened p5"}));
  EXPECT_EQ(read(*announced, 3, 100).size(), 2u) << "until visit says no";
  EXPECT_EQ(read(*announced, 6, 100), std::vector<std::string>());
  EXPECT_FALSE(announced->withdrawn());
  announced->settle(false);
  EXPECT_TRUE(announced->withdrawn());
  EXPECT_FALSE(announced->wait());
  EXPECT_EQ(read(*announced, 3, 6), std::vector<std::string>());
}

TEST(Announcement, SaysWhatIsWrongWithAPayload) {
  const Announcement announced(0, kEntries, [](std::string_view) -> Result<std::string> {
    return Error{Errc::corrupt, "no payload"};
  });
  const auto read = announced.scan(0, 3, [](LeafIndex, StoredEntry&&) { return true; });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().detail, "no payload");
}

// Who reads an entry may go on with it: the writer frees it only afterwards.
TEST(Announcement, IsSettledWhenNobodyReadsAnyMore) {
  std::atomic<bool> reading{false}, go_on{false}, settled{false};
  const auto announced = announcement([&] {
    reading = true;
    reading.notify_all();
    go_on.wait(false);
    EXPECT_FALSE(settled);
  });
  std::thread reader([&] { EXPECT_EQ(read(*announced, 3, 4).size(), 1u); });
  reading.wait(false);
  std::thread writer([&] {
    announced->settle(true);
    settled = true;
  });
  go_on = true;
  go_on.notify_all();
  reader.join();
  EXPECT_TRUE(announced->wait());
  writer.join();
}

TEST(SizeSignal, SettlesAnAnnouncementByWhatTheSizeCameTo) {
  SizeSignal signal(3);
  EXPECT_EQ(signal.announced(), nullptr);
  EXPECT_FALSE(signal.wait_for_foreseen(4, milliseconds(0)));
  const auto failed = announcement();
  {
    const SizeSignal::Announced announced(signal, failed);
    EXPECT_EQ(signal.announced(), failed);
    EXPECT_TRUE(signal.wait_for_foreseen(6, milliseconds(0)));
    EXPECT_FALSE(signal.wait_for_foreseen(7, milliseconds(0)));
    EXPECT_FALSE(signal.wait_for(4, milliseconds(0)));
    EXPECT_EQ(signal.size(), 3u);
  }
  EXPECT_TRUE(failed->withdrawn());
  EXPECT_EQ(signal.announced(), nullptr);
  EXPECT_FALSE(signal.wait_for_foreseen(4, milliseconds(0)));
  const auto written = announcement();
  {
    const SizeSignal::Announced announced(signal, written);
    signal.advance(6);
  }
  EXPECT_TRUE(written->wait());
  EXPECT_EQ(signal.size(), 6u);
  EXPECT_EQ(signal.announced(), nullptr);
}

TEST(SizeSignal, WakesWhoWaitsForWhatIsAnnounced) {
  SizeSignal signal(3);
  std::thread waiting([&] { EXPECT_TRUE(signal.wait_for_foreseen(6, std::chrono::seconds(60))); });
  const auto told = announcement();
  {
    const SizeSignal::Announced announced(signal, told);
    waiting.join();
  }
  signal.interrupt();
  EXPECT_FALSE(signal.wait_for_foreseen(7, std::chrono::seconds(60)));
}

}  // namespace
}  // namespace countersign::ledger
