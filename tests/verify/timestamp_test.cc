// Tokens held against a log: that a stamped checkpoint is one of its own, and that no entry claims a
// time of receipt which a token shows to be false.
#include "ledger/crypto/sha256.h"
#include "ledger/merkle/tree_hash.h"
#include "tests/crypto/timestamp_authority.h"
#include "tests/verify/made_log.h"
#include "tools/verify/export_verifier.h"
#include "tools/verify/timestamp_judge.h"

#include <sstream>

#include <gtest/gtest.h>

namespace countersign::tools {
namespace {

using ledger::Timestamp;
using nlohmann::json;
using testing::AuthoritySettings;
using testing::MadeEntry;
using testing::MadeLog;
using testing::TestAuthority;

constexpr std::size_t kEntries = 7;  // entry i was received on 10 + i October 2020, 08:30

Timestamp at(const std::string& text) { return ledger::parse_rfc3339(text).value(); }

// The log's first entries, under their own checkpoint.
MadeLog first(std::size_t count) {
  auto entries = MadeLog::entries_without_submission();
  entries.resize(count);
  return MadeLog(entries);
}

// The export, whose members the verifier reads in any order.
std::string export_of(const MadeLog& log, std::size_t count) {
  std::vector<json> lines{{{"format", "countersign-export-1"},
                           {"origin", "ledger.example/teaching-status"},
                           {"verifier_key", log.vkey()},
                           {"entries", count}}};
  std::vector<ledger::Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    json items = json::array();
    for (const auto& item : log.payload(i).items) items.push_back({{"leaf", ledger::to_hex(item.leaf)}});
    leaves.push_back(ledger::hash_leaf(ledger::as_bytes(log.header(i))));
    lines.push_back({{"header", log.header(i)},
                     {"index", i},
                     {"items", std::move(items)},
                     {"leaf", ledger::to_hex(leaves.back())}});
  }
  lines.push_back({{"tile", 0}, {"width", count}, {"root", ledger::to_hex(ledger::tree_root(leaves))}});
  lines.push_back({{"checkpoint", log.checkpoint()}});
  std::string text;
  for (const json& line : lines) text += line.dump() + "\n";
  return text;
}

class TimestampJudgeTest : public ::testing::Test {
 protected:
  TimestampFiles stamped(const MadeLog& log, const std::string& when) const {
    const auto request = ledger::make_timestamp_request(
        ledger::sha256(ledger::as_bytes(log.checkpoint())));
    return {when, log.checkpoint(), authority_.reply(request->der, at(when)), request->der};
  }
  TimestampFiles stamped(std::size_t count, const std::string& when) const {
    return stamped(first(count), when);
  }
  VerifyReport held_against(std::vector<TimestampFiles> tokens) const {
    std::istringstream file(export_of(log_, kEntries));
    const auto report = verify_export(file, log_.vkey(), {}, {},
                                      {std::move(tokens), authority_.vouching()});
    EXPECT_TRUE(report);
    return report ? *report : VerifyReport{};
  }
  void expect_finding(std::vector<TimestampFiles> tokens, std::optional<ledger::LeafIndex> index,
                      const std::string& what) const {
    const auto finding = held_against(std::move(tokens))
                             .finding.value_or(VerifyReport::Finding{{}, "none"});
    EXPECT_EQ(finding.index, index) << finding.what;
    EXPECT_EQ(finding.what, what);
  }

  const TestAuthority authority_;
  const MadeLog log_{MadeLog::entries_without_submission()};
};

TEST_F(TimestampJudgeTest, TokensThatAgreeAreCounted) {
  const auto report = held_against({stamped(7, "2020-10-16T09:00:00Z"),
                                    stamped(3, "2020-10-12T08:30:00Z"),
                                    stamped(5, "2020-10-15T08:31:00Z"),
                                    stamped(5, "2020-10-14T08:30:00Z")});
  EXPECT_FALSE(report.finding) << report.finding->what;
  ASSERT_EQ(report.stamped.size(), 4u);
  EXPECT_EQ(report.stamped.front().checkpoint.tree_size, 3u);
  EXPECT_EQ(report.stamped.back().info.at, at("2020-10-16T09:00:00Z"));
  EXPECT_TRUE(report.times_compared);
}

TEST_F(TimestampJudgeTest, AnEntryUnderAnOlderStampWasNotReceivedLater) {
  // Entry 4 says 14 October; a checkpoint over it was stamped on the 13th. The token tells whole
  // seconds, give or take one.
  expect_finding({stamped(7, "2020-10-20T00:00:00Z"), stamped(5, "2020-10-13T12:00:00Z")}, 4,
                 "it says that it was received at 2020-10-14T08:30:00.000000Z, but stands under the "
                 "checkpoint of 5 entries that was stamped at 2020-10-13T12:00:00.000000Z "
                 "(2020-10-13T12:00:00Z): the service's clock was ahead");
  EXPECT_FALSE(held_against({stamped(5, "2020-10-14T08:29:58Z")}).finding);
  EXPECT_TRUE(held_against({stamped(5, "2020-10-14T08:29:57Z")}).finding);
  // A token over more entries counts for those before.
  expect_finding({stamped(3, "2020-10-16T00:00:00Z"), stamped(7, "2020-10-11T00:00:00Z")}, 1,
                 "it says that it was received at 2020-10-11T08:30:00.000000Z, but stands under the "
                 "checkpoint of 7 entries that was stamped at 2020-10-11T00:00:00.000000Z "
                 "(2020-10-11T00:00:00Z): the service's clock was ahead");
}

TEST_F(TimestampJudgeTest, AnEntryMissingUnderANewerStampWasNotReceivedLongBefore) {
  // The clock was set back after the checkpoint of five entries had been stamped on the 20th.
  expect_finding({stamped(5, "2020-10-20T00:00:00Z")}, 5,
                 "it says that it was received at 2020-10-15T08:30:00.000000Z, but is missing under "
                 "the checkpoint of 5 entries that was stamped at 2020-10-20T00:00:00.000000Z "
                 "(2020-10-20T00:00:00Z): the service's clock was set back or behind");
  // An act may be under way for ten minutes.
  EXPECT_FALSE(held_against({stamped(5, "2020-10-15T08:40:01Z")}).finding);
  EXPECT_TRUE(held_against({stamped(5, "2020-10-15T08:40:02Z")}).finding);
  // The newest of the stamps before counts, whatever came after.
  expect_finding({stamped(2, "2020-10-20T00:00:00Z"), stamped(3, "2020-10-12T09:00:00Z")}, 2,
                 "it says that it was received at 2020-10-12T08:30:00.000000Z, but is missing under "
                 "the checkpoint of 2 entries that was stamped at 2020-10-20T00:00:00.000000Z "
                 "(2020-10-20T00:00:00Z): the service's clock was set back or behind");
}

TEST_F(TimestampJudgeTest, AStampedHistoryIsTheExportsOwn) {
  auto other = MadeLog::entries_without_submission();
  other[2].type = "phase.closed";
  other.resize(4);
  expect_finding({stamped(MadeLog(other), "2020-10-13T08:30:00Z")}, std::nullopt,
                 "the first 4 entries do not hash to the root that was stamped "
                 "(2020-10-13T08:30:00Z)");
  auto more = MadeLog::entries_without_submission();
  more.push_back(more.back());
  expect_finding({stamped(MadeLog(more), "2020-10-17T08:30:00Z")}, std::nullopt,
                 "the stamped checkpoint (2020-10-17T08:30:00Z) covers 8 entries, more than the file "
                 "holds");
}

TEST_F(TimestampJudgeTest, ATokenThatDoesNotHoldIsNamed) {
  TimestampFiles files = stamped(5, "2020-10-15T08:31:00Z");
  files.checkpoint = first(4).checkpoint();
  expect_finding({stamped(5, "2020-10-15T08:31:00Z"), files}, std::nullopt,
                 "2020-10-15T08:31:00Z: the token stamps something else: its hash differs");
  files = stamped(5, "2020-10-15T08:31:00Z");
  files.request = stamped(5, "2020-10-15T08:31:00Z").request;
  expect_finding({files}, std::nullopt,
                 "2020-10-15T08:31:00Z: the token answers another request: its nonce differs");
  files.request = "";
  EXPECT_FALSE(judge_timestamp(files, authority_.vouching(), ""));
  files.request.reset();
  EXPECT_TRUE(judge_timestamp(files, authority_.vouching(), ""));
  files = stamped(5, "2021-01-08T00:00:00Z");
  expect_finding({files}, std::nullopt,
                 "2021-01-08T00:00:00Z: the authority's certificate was not valid for it at that "
                 "time: certificate has expired");
}

TEST_F(TimestampJudgeTest, TheLogsKeyIsJudgedWhereItIsGiven) {
  const TimestampFiles files = stamped(5, "2020-10-15T08:31:00Z");
  EXPECT_TRUE(judge_timestamp(files, authority_.vouching(), log_.vkey()));
  EXPECT_TRUE(judge_timestamp(files, authority_.vouching(), ""));
  const auto other = judge_timestamp(
      files, authority_.vouching(),
      "ledger.example/teaching-status+00000000+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4");
  EXPECT_FALSE(other);
}

}  // namespace
}  // namespace countersign::tools
