#include "ledger/log/recovery.h"

#include "ledger/log/memory_event_log.h"
#include "ledger/log/published_checkpoint.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/tree_hash.h"
#include "tests/log/batch_maker.h"
#include "tests/support/temp_dir.h"

#include <fstream>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

// A log in memory that a test may damage batch by batch, before it is written.
class Recovery : public ::testing::Test {
 protected:
  void SetUp() override { maker_.set_epoch(log_.take_over().value()); }

  // `damage` changes the last of the batches.
  template <typename Damage>
  void fill(int batches, Damage damage) {
    maker_.append(log_, 5, batches - 1);
    AppendBatch last = maker_.next(5);
    damage(last);
    ASSERT_TRUE(log_.append(last));
  }
  Result<RecoveredLog> recovered(const std::optional<std::string>& published = {}) const {
    return recovered(log_, LogKeys(maker_.verifier()), published);
  }
  static Result<RecoveredLog> recovered(const EventLog& log, const LogKeys& keys,
                                        const std::optional<std::string>& published) {
    CS_TRY(RecoveredLog found, recover(log, keys));
    if (published) CS_CHECK(check_published(log, keys, *published));
    return found;
  }
  void expect_corrupt(const std::string& part, const std::optional<std::string>& published = {}) {
    const auto result = recovered(published);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::corrupt);
    EXPECT_NE(result.error().detail.find(part), std::string::npos) << result.error().detail;
    EXPECT_NE(result.error().detail.find("Keep every file"), std::string::npos);
  }
  std::string signed_checkpoint(const Checkpoint& checkpoint) const {
    return maker_.signer().sign(checkpoint.text()).serialize();
  }

  MemoryEventLog log_;
  BatchMaker maker_;
};

TEST_F(Recovery, AnEmptyLogIsWhole) {
  const auto result = recovered();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->size(), 0u);
  EXPECT_TRUE(result->checkpoint.empty());
}

TEST_F(Recovery, GivesTheTreeToGoOnWith) {
  for (int round = 0; round < 160; ++round) {
    maker_.append(log_, 5);
    const auto result = recovered();
    ASSERT_TRUE(result) << result.error().detail;
    EXPECT_EQ(result->size(), maker_.size());
    EXPECT_EQ(result->tree.root(), maker_.root());
    EXPECT_EQ(result->checkpoint, log_.latest_checkpoint().value());
  }
}

TEST_F(Recovery, FindsAChangedHeader) {
  fill(100, [](AppendBatch& batch) { batch.entries[2].header += "x"; });
  expect_corrupt("Entry 497 ");
}

TEST_F(Recovery, FindsAChangedHeaderAFullTileBack) {
  fill(2, [](AppendBatch& batch) { batch.entries[0].header += "x"; });
  maker_.append(log_, 5, 50);
  expect_corrupt("Entry 5 ");
}

TEST_F(Recovery, FindsAHeaderRewrittenTogetherWithItsNodes) {
  fill(100, [](AppendBatch& batch) {
    batch.entries[2].header += "x";
    CompactRange forged;
    std::vector<CompactRange::Completed> completed;
    for (LeafIndex index = 0; index < 500; ++index) {
      if (index == batch.expected_size) completed.clear();
      const std::string header = index < batch.expected_size
                                     ? BatchMaker::header(index)
                                     : batch.entries[index - batch.expected_size].header;
      forged.append(hash_leaf(as_bytes(header)), completed);
    }
    batch.nodes.clear();
    for (const auto& [id, hash] : completed) batch.nodes.push_back({dense_id(id), hash});
  });
  expect_corrupt("do not hash to the root");
}

TEST_F(Recovery, FindsACheckpointOverAnotherSize) {
  fill(100, [&](AppendBatch& batch) {
    batch.checkpoint = signed_checkpoint({kTestOrigin, 505, Hash{}});
  });
  expect_corrupt("covers 505 entries, and the log has 500");
}

TEST_F(Recovery, FindsAMissingNode) {
  fill(100, [](AppendBatch& batch) { batch.nodes.pop_back(); });
  expect_corrupt("node is missing");
}

TEST_F(Recovery, FindsAChangedNode) {
  fill(100, [](AppendBatch& batch) { batch.nodes.back().hash[0] ^= 1; });
  expect_corrupt("does not hash to the tree");
}

TEST_F(Recovery, FindsAnotherRoot) {
  fill(100, [&](AppendBatch& batch) {
    batch.checkpoint = signed_checkpoint({kTestOrigin, 500, Hash{}});
  });
  expect_corrupt("do not hash to the root");
}

TEST_F(Recovery, FindsACheckpointOfAnotherKeyOrOrigin) {
  fill(3, [](AppendBatch& batch) {
    const NoteSigner other(kTestOrigin, std::make_shared<const SigningKey>(SigningKey::generate()));
    batch.checkpoint = other.sign(parse_note(batch.checkpoint)->text).serialize();
  });
  expect_corrupt("newest checkpoint is not signed");
  const NoteVerifier elsewhere("another.example", maker_.verifier().public_key());
  EXPECT_EQ(recover(log_, LogKeys(elsewhere)).error().code, Errc::corrupt);
}

TEST_F(Recovery, AcceptsPublishedCheckpointsOfItsPast) {
  maker_.append(log_, 7, 60);
  for (TreeSize size = 7; size <= 420; size += 7) {
    EXPECT_TRUE(recovered(log_.checkpoint(size).value())) << size;
  }
}

TEST_F(Recovery, RefusesALogOlderThanWhatWasPublished) {
  maker_.append(log_, 5, 4);
  BatchMaker longer(1);
  std::string published;
  for (int i = 0; i < 5; ++i) published = longer.next(5).checkpoint;
  expect_corrupt("25 entries was published, and this log has 20", published);
  MemoryEventLog empty;
  EXPECT_EQ(recovered(empty, LogKeys(maker_.verifier()), published).error().code, Errc::corrupt);
}

TEST_F(Recovery, RefusesAnotherHistoryThanWasPublished) {
  maker_.append(log_, 5, 4);
  expect_corrupt("not of this log's history", signed_checkpoint({kTestOrigin, 15, Hash{}}));
}

TEST_F(Recovery, RefusesAPublishedCheckpointItCannotVerify) {
  maker_.append(log_, 5);
  expect_corrupt("published checkpoint is not signed", "nonsense");
}

TEST(PublishedCheckpoint, IsReplacedWhole) {
  const countersign::testing::TempDir directory;
  const auto file = directory.path() / "published" / "checkpoint";
  EXPECT_FALSE(read_published_checkpoint(file).value());
  ASSERT_TRUE(publish_checkpoint(file, "one, which is long\n"));
  ASSERT_TRUE(publish_checkpoint(file, "two\n"));
  EXPECT_EQ(read_published_checkpoint(file).value(), "two\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(file.parent_path()), {}), 1);
}

TEST(PublishedCheckpoint, ANameWithoutBytesIsNone) {
  const countersign::testing::TempDir directory;
  const auto file = directory.path() / "checkpoint";
  std::ofstream(file).close();
  EXPECT_FALSE(read_published_checkpoint(file).value());
  std::ofstream(file) << std::string(100, '\0');
  EXPECT_FALSE(read_published_checkpoint(file).value());
}

TEST(PublishedCheckpoint, SaysWhenItCannotBeWritten) {
  const countersign::testing::TempDir directory;
  std::ofstream(directory.path() / "published") << "a file where the directory should be";
  EXPECT_EQ(publish_checkpoint(directory.path() / "published" / "checkpoint", "x").error().code,
            Errc::io);
}

}  // namespace
}  // namespace countersign::ledger
