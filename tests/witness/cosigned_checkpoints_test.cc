#include "ledger/witness/cosigned_checkpoints.h"

#include "tests/support/temp_dir.h"
#include "tests/witness/sample_log.h"

#include <fstream>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

using testing::SampleLog;
using testing::TempDir;

class CosignedCheckpointsTest : public ::testing::Test {
 protected:
  static Cosigner cosigner(char seed) {
    return Cosigner(
        std::string("witness.example/") + seed,
        std::make_shared<const SigningKey>(SigningKey::from_seed(std::string(32, seed)).value()));
  }
  CosignedCheckpoints kept() const {
    return CosignedCheckpoints(root / "cosigned", LogKeys(log.signer().verifier()),
                               {a.verifier(), b.verifier()});
  }
  SignedNote note(TreeSize size) const { return parse_note(log.note(size)).value(); }
  static TreeSize size_of(const std::optional<std::string>& text) {
    return text ? parse_checkpoint_note(*text).value().tree_size : 0;
  }

  const TempDir root;
  const SampleLog log;
  const Cosigner a = cosigner('a');
  const Cosigner b = cosigner('b');
};

TEST_F(CosignedCheckpointsTest, TheNewestOfSoManyWitnessesIsKept) {
  auto checkpoints = kept();
  EXPECT_FALSE(checkpoints.newest(1));
  ASSERT_TRUE(checkpoints.add(note(3), {a.cosign(note(3).text, 5), b.cosign(note(3).text, 6)}));
  ASSERT_TRUE(checkpoints.add(note(8), {b.cosign(note(8).text, 7)}));
  const auto again = kept();
  for (const CosignedCheckpoints* one :
       {static_cast<const CosignedCheckpoints*>(&checkpoints), &again}) {
    EXPECT_EQ(size_of(one->newest(1)), 8u);
    EXPECT_EQ(size_of(one->newest(2)), 3u);
    EXPECT_FALSE(one->newest(3));
    EXPECT_FALSE(one->newest(0));
    EXPECT_EQ(one->last(a.verifier())->size, 3u);
    EXPECT_EQ(one->last(a.verifier())->seconds, 5u);
    EXPECT_EQ(one->last(b.verifier())->seconds, 7u);
  }
}

TEST_F(CosignedCheckpointsTest, LinesOnOneTextComeTogether) {
  auto checkpoints = kept();
  ASSERT_TRUE(checkpoints.add(note(3), {a.cosign(note(3).text, 5)}));
  ASSERT_TRUE(checkpoints.add(note(3), {b.cosign(note(3).text, 6)}));
  EXPECT_EQ(size_of(checkpoints.newest(2)), 3u);
  EXPECT_EQ(parse_note(checkpoints.with_cosignatures(log.note(3))).value().signatures.size(), 3u);
  EXPECT_EQ(checkpoints.with_cosignatures(log.note(8)), log.note(8));
  // A later one of the same witness takes the place of the earlier.
  ASSERT_TRUE(checkpoints.add(note(3), {a.cosign(note(3).text, 9)}));
  EXPECT_EQ(parse_note(*checkpoints.newest(2)).value().signatures.size(), 3u);
  EXPECT_EQ(checkpoints.last(a.verifier())->seconds, 9u);
}

TEST_F(CosignedCheckpointsTest, WhatDoesNotVerifyIsPassedOver) {
  {
    auto checkpoints = kept();
    ASSERT_TRUE(checkpoints.add(note(3), {a.cosign(note(3).text, 5)}));
    EXPECT_FALSE(checkpoints.add(note(8), {a.cosign(note(3).text, 5)}));
  }
  std::ofstream(root / "cosigned" / "1") << log.note(3);
  EXPECT_FALSE(kept().newest(1));
}

}  // namespace
}  // namespace countersign::ledger
