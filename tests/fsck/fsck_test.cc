// Every kind of damage, once: fsck must name the entry, and say nothing about a whole ledger.
#include "ledger/fsck.h"

#include "ledger/content/payload.h"
#include "ledger/log/memory_event_log.h"
#include "ledger/merkle/checkpoint.h"
#include "tests/reader/sample_ledger.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

class Fsck : public testing::Test {
 protected:
  // Twelve entries: 0 to 3 from the sample, 4 to 9 rows, two of them in one group commit, 10 and 11
  // rows after the snapshot, which is taken after entry 9.
  void SetUp() override {
    sample_.change("staff", {{"1", "a"}, {"2", "b"}, {"3", "c"}});
    sample_.change("staff", {{"1", "b"}});
    sample_.change("books", {{"1", "x"}}, false);
    sample_.change("staff", {{"4", "d"}}, false);
    sample_.change("staff", {{"2", ""}});
    sample_.take_snapshot();
    sample_.change("books", {{"2", "y"}});
    sample_.change("staff", {{"2", "again"}});
    sample_.change("staff", {{"3", "z"}, {"1", ""}});
    ASSERT_EQ(sample_.size(), 12u);
  }

  // The batch that holds the entry, and the entry's place in it.
  AppendBatch& batch_of(LeafIndex index) {
    auto& batches = sample_.batches();
    return *std::find_if(batches.rbegin(), batches.rend(),
                         [&](const AppendBatch& batch) { return batch.expected_size <= index; });
  }
  StoredEntry& entry(LeafIndex index) {
    AppendBatch& batch = batch_of(index);
    return batch.entries[index - batch.expected_size];
  }
  StoredRowHead& row_head(LeafIndex index, const std::string& key) {
    auto& heads = batch_of(index).row_heads;
    return *std::find_if(heads.begin(), heads.end(), [&](const StoredRowHead& head) {
      return head.key == key && head.head.index == index;
    });
  }
  StoredNode& node(NodeId id) {
    for (AppendBatch& batch : sample_.batches()) {
      for (StoredNode& one : batch.nodes) {
        if (one.id == dense_id(id)) return one;
      }
    }
    ADD_FAILURE() << "no such node";
    return sample_.batches()[0].nodes[0];
  }

  FsckReport check() {
    MemoryEventLog log;
    sample_.write(log);
    auto report = fsck(log, sample_.vkey(), {});
    EXPECT_TRUE(report);
    return report ? *report : FsckReport{};
  }
  // The findings are about these entries only, and one says `part`.
  void expect_findings(std::vector<std::optional<LeafIndex>> about, const std::string& part) {
    const FsckReport report = check();
    bool said = false;
    EXPECT_FALSE(report.findings.empty());
    for (const Finding& finding : report.findings) {
      said = said || finding.what.find(part) != std::string::npos;
      const bool expected = std::find(about.begin(), about.end(), finding.index) != about.end();
      EXPECT_TRUE(expected) << (finding.index ? static_cast<int>(*finding.index) : -1) << ": "
                            << finding.what;
    }
    EXPECT_TRUE(said) << part;
    for (const auto& index : about) {
      EXPECT_TRUE(std::any_of(report.findings.begin(), report.findings.end(),
                              [&](const Finding& finding) { return finding.index == index; }))
          << "nothing about entry " << (index ? static_cast<int>(*index) : -1);
    }
  }

  static constexpr std::nullopt_t kSnapshotSkipped = std::nullopt;
  SampleLedger sample_;
};

TEST_F(Fsck, FindsNothingInAWholeLedger) {
  MemoryEventLog log;
  sample_.write(log);
  TreeSize last_done = 0;
  const auto report = fsck(log, sample_.vkey(), [&](TreeSize done, TreeSize total) {
    EXPECT_EQ(total, 12u);
    last_done = done;
  });
  ASSERT_TRUE(report);
  for (const Finding& finding : report->findings) ADD_FAILURE() << finding.what;
  EXPECT_EQ(last_done, 12u);
  EXPECT_EQ(report->entries, 12u);
  EXPECT_EQ(report->rows, 6u);
  EXPECT_EQ(report->commands, 11u);
  // Two of the first entry, two of the campaign, and for eight entries a reason and eleven rows.
  EXPECT_EQ(report->items, 2u + 2u + 8u + 11u);
}

TEST_F(Fsck, FindsNothingInAnEmptyLedger) {
  const MemoryEventLog log;
  const auto report = fsck(log, sample_.vkey(), {});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->entries, 0u);
  EXPECT_TRUE(report->findings.empty());
}

TEST_F(Fsck, NeedsAVerifierKey) {
  const MemoryEventLog log;
  EXPECT_EQ(fsck(log, "nonsense", {}).error().code, Errc::malformed);
}

TEST_F(Fsck, HeaderByte) {
  std::string& header = entry(5).header;
  header[header.find("admin")] = 'A';
  expect_findings({5, kSnapshotSkipped}, "header does not hash");
}

TEST_F(Fsck, HeaderThatNoLongerReads) {
  entry(8).header.pop_back();
  expect_findings({8, kSnapshotSkipped}, "header is not readable");
}

TEST_F(Fsck, EveryByteOfAPayloadCounts) {
  const std::string whole = entry(6).payload;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    entry(6).payload = whole;
    entry(6).payload[i] = static_cast<char>(whole[i] ^ 4);
    const FsckReport report = check();
    EXPECT_TRUE(std::any_of(report.findings.begin(), report.findings.end(),
                            [](const Finding& finding) { return finding.index == 6u; }))
        << "byte " << i;
  }
}

TEST_F(Fsck, OnlyWhatAnErasureNamesMayBeMissing) {
  const std::vector<ErasedPlace> second = {{2, ""}};
  const std::string whole = entry(4).payload;
  entry(4).payload = without_items(whole, second).value();
  expect_findings({4, kSnapshotSkipped}, "nothing says that it was erased");
  entry(4).payload = whole;

  // Item 2 of entry 4 is row 2, which changed later; item 1 of entry 11 is row 1, which is removed.
  sample_.erase(4, 2);
  const LeafIndex erasure = sample_.erase(11, 1);
  EXPECT_TRUE(check().findings.empty());
  batch_of(erasure).erased.clear();
  expect_findings({11, kSnapshotSkipped}, "ordered erased and is there");
  batch_of(erasure).erased = {{{11, 2}, ""}};
  expect_findings({11, kSnapshotSkipped}, "nothing says that it was erased");
}

TEST_F(Fsck, WhatIsLeftOfErasedWordsIsWhatTheirErasureLeftOfThem) {
  // Item 0 of an entry of rows is the reason they were changed for.
  const LeafIndex erasure = sample_.erase_texts(4);
  sample_.attest("staff");
  FsckReport report = check();
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(report.statements, 1u);
  EXPECT_EQ(report.statements_unjudged, 0u) << "a reason is no row whose key is gone";

  AppendBatch& batch = batch_of(erasure);
  batch.erased.front().left = R"({"erased":["text"],"kind":"text","role":"row"})";
  expect_findings({4, kSnapshotSkipped}, "is not what its erasure says");
  batch.erased.front().left.clear();
  expect_findings({4, kSnapshotSkipped}, "is not what its erasure says");
  batch.erased.clear();
  expect_findings({4, kSnapshotSkipped}, "ordered erased and is there");
}

TEST_F(Fsck, WhatIsStatedOfATableIsComputedAgain) {
  sample_.attest("staff");
  sample_.submit("staff");
  sample_.change("staff", {{"3", "new"}, {"5", "e"}});
  sample_.attest("staff");
  sample_.attest("books");
  const FsckReport report = check();
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(report.statements, 4u);
  EXPECT_EQ(report.statements_unjudged, 0u);
}

TEST_F(Fsck, FalseAttestation) {
  const LeafIndex index = sample_.attest("staff", false);
  expect_findings({index}, "attests other last changes");
}

TEST_F(Fsck, FalseSubmission) {
  const LeafIndex index = sample_.submit("staff", false);
  expect_findings({index}, "submits other rows");
}

TEST_F(Fsck, WhatIsStatedOfATableIsJudgedWithErasedRowsWhileTheirKeysAreKnown) {
  // Item 1 of entry 11 is the removal of row 1, whose row head still has its key.
  sample_.erase(11, 1);
  sample_.attest("staff");
  sample_.submit("staff");
  FsckReport report = check();
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(report.statements, 2u);
  EXPECT_EQ(report.statements_unjudged, 0u);
  sample_.attest("staff", false);
  report = check();
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].index, 15u);
}

TEST_F(Fsck, WhatIsStatedOfATableIsCountedWhereAnErasedRowIsNotKnown) {
  // Item 2 of entry 4 is row 2, whose head is another change.
  sample_.erase(4, 2);
  sample_.attest("staff");
  sample_.attest("books");
  const FsckReport report = check();
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(report.statements, 1u);
  EXPECT_EQ(report.statements_unjudged, 1u);
}

TEST_F(Fsck, SwappedEntries) {
  std::swap(entry(4), entry(5));
  expect_findings({4, 5, 8, 11, kSnapshotSkipped}, "names another index");
}

TEST_F(Fsck, LeafNode) {
  node({0, 6}).hash[3] ^= 1;
  expect_findings({6, 7, kSnapshotSkipped}, "header does not hash to the leaf");
}

TEST_F(Fsck, InnerNode) {
  node({1, 2}).hash[31] ^= 0x80;
  expect_findings({5, 7, kSnapshotSkipped}, "level 1, place 2, is not the hash");
}

TEST_F(Fsck, MissingNode) {
  auto& nodes = batch_of(7).nodes;
  std::erase_if(nodes, [](const StoredNode& one) { return one.id == dense_id({3, 0}); });
  expect_findings({7, kSnapshotSkipped}, "level 3, place 0, is missing");
}

TEST_F(Fsck, CheckpointThatIsNotSigned) {
  std::string& note = batch_of(5).checkpoint;
  note[note.find('\n') + 1] = '7';
  expect_findings({5, kSnapshotSkipped}, "not signed by the log's key");
}

TEST_F(Fsck, CheckpointOfAnotherTree) {
  batch_of(9).checkpoint =
      sample_.signer().sign(Checkpoint{SampleLedger::kOrigin, 10, Hash{}}.text()).serialize();
  expect_findings({9, kSnapshotSkipped}, "another root");
}

TEST_F(Fsck, CheckpointUnderAnotherSize) {
  batch_of(9).checkpoint = batch_of(5).checkpoint;
  expect_findings({9, kSnapshotSkipped}, "over another number of them");
}

TEST_F(Fsck, CommandRecordMissing) {
  batch_of(5).commands.clear();
  expect_findings({5, kSnapshotSkipped}, "command has no record");
}

TEST_F(Fsck, CommandRecordOfOtherEntries) {
  batch_of(2).commands[0].count = 1;
  expect_findings({2, kSnapshotSkipped}, "points at other entries");
}

TEST_F(Fsck, CommandRecordWithoutACheckpoint) {
  batch_of(7).commands[1].tree_size = 8;  // the group commit ended at 9
  expect_findings({7, kSnapshotSkipped}, "does not name the first checkpoint");
}

TEST_F(Fsck, RowHeadBehindItsRow) {
  std::erase_if(batch_of(11).row_heads, [](const StoredRowHead& head) { return head.key == "3"; });
  expect_findings({11}, "is not the last change of its row");
}

TEST_F(Fsck, RowHeadMissing) {
  std::erase_if(batch_of(7).row_heads, [](const StoredRowHead& head) { return head.key == "4"; });
  expect_findings({7}, "has no row head");
}

TEST_F(Fsck, RowHeadOfNoRow) {
  AppendBatch& batch = batch_of(9);
  batch.row_heads.push_back(batch.row_heads[0]);
  batch.row_heads.back().key = "invented";
  expect_findings({9}, "which has no such row");
}

TEST_F(Fsck, RowHeadWithAnotherLeafItemOrCells) {
  row_head(11, "3").head.leaf[0] ^= 1;
  row_head(9, "2").head.item = 0;
  row_head(10, "2").head.cells = R"({"no":"2","value":"other"})";
  expect_findings({9, 10, 11}, "has other cells than the item");
}

TEST_F(Fsck, RemovedRowBroughtBack) {
  row_head(11, "1").head.removed = false;
  expect_findings({11}, "has other cells than the item");
}

TEST_F(Fsck, SnapshotThatIsNotTheFold) {
  batch_of(9).snapshot->bytes.back() ^= 1;
  expect_findings({9}, "not what the entries say");
}

TEST_F(Fsck, SnapshotOfAnotherSize) {
  batch_of(9).snapshot->size = 7;
  expect_findings({6}, "not what the entries say");
}

TEST_F(Fsck, FindingsHoldNoPersonalValue) {
  entry(4).payload.back() ^= 1;
  row_head(7, "4").head.leaf[0] ^= 1;
  for (const Finding& finding : check().findings) {
    EXPECT_EQ(finding.what.find("\"4\""), std::string::npos);
    EXPECT_EQ(finding.what.find("admin"), std::string::npos);
  }
}

}  // namespace
}  // namespace countersign::ledger
