// The time stamps in a pack: over the log's own checkpoints, connected with the pack's, and earlier
// than no entry that they cover.
#include "tools/verify/pack_timestamps.h"

#include "ledger/crypto/sha256.h"
#include "ledger/crypto/timestamp.h"
#include "ledger/merkle/tree_hash.h"
#include "tests/crypto/timestamp_authority.h"
#include "tests/verify/made_log.h"

#include <gtest/gtest.h>

namespace countersign::tools {
namespace {

using ledger::ArchiveFiles;
using ledger::Hash;
using testing::MadeEntry;
using testing::MadeLog;
using testing::TestAuthority;

class PackTimestampsTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kAll = 7;   // entry i was received on 10 + i October 2020, 08:30
  static constexpr std::size_t kPart = 4;  // a power of two: one hash connects it with all

  static MadeLog first_of(std::size_t count) {
    auto entries = MadeLog::entries();
    entries.resize(count);
    return MadeLog(entries);
  }
  // The files of a token over the first `count` entries.
  ArchiveFiles token(std::size_t count, const std::string& when) const {
    const MadeLog log = first_of(count);
    const auto request =
        ledger::make_timestamp_request(ledger::sha256(ledger::as_bytes(log.checkpoint())));
    const std::string stem = "timestamps/" + std::to_string(count);
    return {{stem + ".checkpoint", log.checkpoint()},
            {stem + ".tsq", request->der},
            {stem + ".tsr", authority_.reply(request->der, ledger::parse_rfc3339(when).value())},
            {stem + ".consistency", count == kAll ? "" : ledger::to_base64(rest()) + "\n"}};
  }
  Hash rest() const {
    std::vector<Hash> leaves;
    for (std::size_t i = kPart; i < kAll; ++i) {
      leaves.push_back(ledger::hash_leaf(ledger::as_bytes(log_.header(i))));
    }
    return ledger::tree_root(leaves);
  }
  ledger::Result<PackTimestamps> judged(const ArchiveFiles& files, bool trusting = true) const {
    const ledger::LogKeys keys(ledger::NoteVerifier::from_vkey(log_.vkey()).value());
    const auto under = keys.open(log_.checkpoint()).value();
    const std::map<ledger::LeafIndex, std::string> received{{1, "2020-10-11T08:30:00.000000Z"},
                                                            {3, "2020-10-13T08:30:00.000000Z"},
                                                            {5, "2020-10-15T08:30:00.000000Z"}};
    return judge_pack_timestamps(files, keys, under, received,
                                 trusting ? authority_.vouching() : std::string());
  }
  void expect_refused(const ArchiveFiles& files, const std::string& what) const {
    const auto result = judged(files);
    ASSERT_FALSE(result) << what;
    EXPECT_NE(result.error().detail.find(what), std::string::npos) << result.error().detail;
  }

  const TestAuthority authority_;
  const MadeLog log_;
};

TEST_F(PackTimestampsTest, EntriesUnderAStampAreCovered) {
  ArchiveFiles files = token(kPart, "2020-10-14T00:00:00Z");
  EXPECT_EQ(judged(files)->covered, 2u);
  files.merge(token(kAll, "2020-10-20T00:00:00Z"));
  EXPECT_EQ(judged(files)->tokens, 2u);
  EXPECT_EQ(judged(files)->covered, 3u);
  EXPECT_TRUE(judged(files)->judged);
  EXPECT_EQ(judged({})->tokens, 0u);
}

TEST_F(PackTimestampsTest, AnEntryIsNotReceivedAfterAStampOverIt) {
  expect_refused(token(kPart, "2020-10-13T08:00:00Z"), "entry 3: it says that it was received at");
  // A whole second, give or take one.
  EXPECT_TRUE(judged(token(kPart, "2020-10-13T08:29:58Z")));
  EXPECT_FALSE(judged(token(kPart, "2020-10-13T08:29:57Z")));
  // Whom nobody vouches for says nothing, also nothing false.
  const auto unjudged = judged(token(kPart, "2020-10-13T08:00:00Z"), false);
  ASSERT_TRUE(unjudged);
  EXPECT_FALSE(unjudged->judged);
  EXPECT_EQ(unjudged->covered, 0u);
}

TEST_F(PackTimestampsTest, WhatDoesNotHoldIsNamedByItsFile) {
  const ArchiveFiles good = token(kPart, "2020-10-14T00:00:00Z");
  for (const char* const kind : {".checkpoint", ".tsq", ".tsr", ".consistency"}) {
    ArchiveFiles files = good;
    files.erase("timestamps/4" + std::string(kind));
    EXPECT_FALSE(judged(files)) << kind;
    files = good;
    files["timestamps/4" + std::string(kind)] += "x";
    EXPECT_FALSE(judged(files)) << kind;
  }
  ArchiveFiles files = good;
  files["timestamps/more.txt"] = "";
  expect_refused(files, "one is of no token");
  files = good;
  files["timestamps/4.consistency"] = "";
  expect_refused(files, "does not connect it");
  files = good;
  files["timestamps/4.tsr"] = token(kAll, "2020-10-14T00:00:00Z")["timestamps/7.tsr"];
  expect_refused(files, "timestamps/4.tsr");
  // Of another history of the same log, under its own key.
  auto entries = MadeLog::entries();
  entries.resize(kPart);
  entries[0].table = "other";
  const MadeLog other(entries);
  const auto request =
      ledger::make_timestamp_request(ledger::sha256(ledger::as_bytes(other.checkpoint())));
  files = good;
  files["timestamps/4.checkpoint"] = other.checkpoint();
  files["timestamps/4.tsq"] = request->der;
  files["timestamps/4.tsr"] =
      authority_.reply(request->der, ledger::parse_rfc3339("2020-10-14T00:00:00Z").value());
  expect_refused(files, "does not connect it");
}

}  // namespace
}  // namespace countersign::tools
