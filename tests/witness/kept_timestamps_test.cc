#include "ledger/witness/kept_timestamps.h"

#include "tests/support/temp_dir.h"

#include <fstream>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

using testing::TempDir;

class KeptTimestampsTest : public ::testing::Test {
 protected:
  std::filesystem::path directory() const { return root / "timestamps"; }
  std::unique_ptr<KeptTimestamps> opened() const {
    return KeptTimestamps::open(directory()).value();
  }

  const TempDir root;
};

TEST_F(KeptTimestampsTest, WhatWasAddedIsThereAfterAStart) {
  auto kept = opened();
  EXPECT_EQ(kept->count(), 0u);
  for (std::uint64_t n = 1; n <= 11; ++n) {
    const std::string which = std::to_string(n);
    EXPECT_EQ(kept->add("note " + which, "request " + which, std::string("\0reply", 6) + which).value(), n);
  }
  const auto again = opened();
  for (const KeptTimestamps* one : {kept.get(), again.get()}) {
    EXPECT_EQ(one->count(), 11u);
    const auto token = one->token(10);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->number, 10u);
    EXPECT_EQ(token->checkpoint, "note 10");
    EXPECT_EQ(token->request, "request 10");
    EXPECT_EQ(token->reply, std::string("\0reply10", 8));
    EXPECT_EQ(one->token(0).error().code, Errc::not_found);
    EXPECT_EQ(one->token(12).error().code, Errc::not_found);
  }
}

TEST_F(KeptTimestampsTest, WhatWasCutShortBeforeItsReplyIsNotThereAndGivesWay) {
  auto kept = opened();
  ASSERT_TRUE(kept->add("first", "a", "b"));
  for (const char* name : {"2.checkpoint", "2.tsq", "2.tsr.new", "notes.tsr", "9x.tsr"}) {
    std::ofstream(directory() / name) << "left over";
  }
  auto again = opened();
  EXPECT_EQ(again->count(), 1u);
  EXPECT_EQ(again->add("second", "c", "d").value(), 2u);
  EXPECT_EQ(opened()->token(2)->checkpoint, "second");
}

TEST_F(KeptTimestampsTest, AMissingFileIsSaidAndAnotherNumberIsFine) {
  auto kept = opened();
  ASSERT_TRUE(kept->add("first", "a", "b"));
  ASSERT_TRUE(kept->add("second", "c", "d"));
  std::filesystem::remove(directory() / "1.checkpoint");
  EXPECT_EQ(kept->token(1).error().code, Errc::not_found);
  EXPECT_TRUE(opened()->token(2));
}

}  // namespace
}  // namespace countersign::ledger
