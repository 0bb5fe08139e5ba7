#include "ledger/reader.h"

#include "ledger/domain/event_codec.h"
#include "ledger/log/memory_event_log.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"
#include "ledger/merkle/verify_proof.h"
#include "ledger/stored_event.h"
#include "tests/reader/sample_ledger.h"

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

class ReaderTest : public testing::Test {
 protected:
  void fill(int changes) {
    for (int i = 0; i < changes; ++i) {
      sample_.change("staff", {{std::to_string(i % 20), std::to_string(i)}}, i % 3 == 2);
    }
    sample_.change("books", {{"b", "1"}});
    sample_.write(log_);
  }
  Hash leaf(LeafIndex index) const { return hash_leaf(as_bytes(log_.header(index).value())); }
  // RFC 6962 from the headers alone.
  Hash root(TreeSize size) const {
    std::vector<Hash> leaves;
    for (LeafIndex i = 0; i < size; ++i) leaves.push_back(leaf(i));
    return tree_root(leaves);
  }

  SampleLedger sample_;
  MemoryEventLog log_;
  const Reader reader_{log_, SampleLedger::kOrigin};
};

TEST_F(ReaderTest, DecodesEventsWithTheirPayload) {
  const LeafIndex index = sample_.change("staff", {{"1", "one"}, {"2", "two"}});
  sample_.write(log_);
  const auto created = reader_.event(0);
  ASSERT_TRUE(created) << created.error().detail;
  EXPECT_EQ(std::get<LedgerCreated>(created->event).administrator.name, "管理员");
  const auto defined = reader_.event(1);
  ASSERT_TRUE(defined);
  EXPECT_EQ(std::get<CampaignDefined>(defined->event).definition->tables.size(), 2u);
  const auto changed = reader_.event(index);
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->index, index);
  const auto& rows = std::get<RowsChanged>(changed->event);
  EXPECT_EQ(rows.reason, "why");
  ASSERT_EQ(rows.rows.size(), 2u);
  EXPECT_EQ(rows.rows[1].cells.at("value"), "two");
  EXPECT_EQ(reader_.event(index + 1).error().code, Errc::not_found);
}

TEST_F(ReaderTest, RefusesAnEntryThatIsNotWhole) {
  sample_.change("staff", {{"1", "one"}});
  sample_.change("staff", {{"1", "two"}});
  auto& batches = sample_.batches();
  std::swap(batches[3].entries[0].payload, batches[4].entries[0].payload);
  batches[1].entries[0].header.pop_back();
  sample_.write(log_);
  for (const LeafIndex index : {1u, 4u, 5u}) {
    const auto event = reader_.event(index);
    ASSERT_FALSE(event);
    EXPECT_EQ(event.error().code, Errc::corrupt);
    EXPECT_TRUE(event.error().detail.starts_with("entry " + std::to_string(index)));
  }
}

TEST_F(ReaderTest, ReadsARunOfEntriesAsOneByOne) {
  fill(40);
  LeafIndex next = 3;
  ASSERT_TRUE(reader_.each_event(3, log_.size() + 7, [&](StoredEvent&& entry) {
    const auto alone = reader_.event(next);
    EXPECT_EQ(entry.event.index, next);
    EXPECT_EQ(entry.header, log_.header(next).value());
    EXPECT_EQ(type_name(entry.event.event), type_name(alone->event));
    const auto* changed = std::get_if<RowsChanged>(&alone->event);
    EXPECT_EQ(changed == nullptr ? 0U : changed->rows.size(), entry.rows.size());
    for (std::size_t i = 0; changed != nullptr && i < entry.rows.size(); ++i) {
      const RowText& row = entry.rows.rows()[i];
      EXPECT_EQ(row.key, changed->rows[i].key);
      EXPECT_EQ(row.item, changed->rows[i].item);
      EXPECT_EQ(row.cells, encode_cells(changed->rows[i].cells));
      // The reason is an item beside the rows.
      EXPECT_EQ(std::get<RowsChanged>(entry.event.event).reason, changed->reason);
    }
    ++next;
    return true;
  }));
  EXPECT_EQ(next, log_.size());
}

TEST_F(ReaderTest, ARunEndsBeforeAnEntryThatIsNotWhole) {
  for (int i = 0; i < 6; ++i) sample_.change("staff", {{"1", std::to_string(i)}});
  auto& batches = sample_.batches();
  std::swap(batches[4].entries[0].payload, batches[5].entries[0].payload);
  sample_.write(log_);
  const auto first = batches[4].expected_size;
  LeafIndex read = 0;
  const auto run = reader_.each_event(0, log_.size(), [&](StoredEvent&&) { return ++read > 0; });
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, Errc::corrupt);
  EXPECT_TRUE(run.error().detail.starts_with("entry " + std::to_string(first)))
      << run.error().detail;
  EXPECT_EQ(read, first);
}

TEST_F(ReaderTest, EveryReceiptOfACommandVerifiesAgainstItsOwnCheckpoint) {
  fill(40);
  for (const AppendBatch& batch : sample_.batches()) {
    for (const CommandRecord& command : batch.commands) {
      const auto receipts =
          reader_.receipts({command.first, command.count, command.tree_size, false});
      ASSERT_TRUE(receipts);
      ASSERT_EQ(receipts->size(), command.count);
      for (std::uint32_t i = 0; i < command.count; ++i) {
        const Receipt& receipt = (*receipts)[i];
        EXPECT_EQ(receipt.index, command.first + i);
        const auto proved = verify_tlog_proof(receipt.proof, hash_leaf(as_bytes(receipt.header)),
                                              sample_.signer().verifier());
        ASSERT_TRUE(proved) << proved.error().detail;
        EXPECT_EQ(proved->tree_size, command.tree_size);
        EXPECT_EQ(parse_tlog_proof(receipt.proof)->index, receipt.index);
        EXPECT_FALSE(verify_tlog_proof(receipt.proof, hash_leaf(as_bytes(receipt.header + " ")),
                                       sample_.signer().verifier()));
      }
    }
  }
  EXPECT_EQ(reader_.receipts({0, 1, 6, false}).error().code, Errc::not_found)
      << "no group commit ended at size 6";
}

TEST_F(ReaderTest, AnyEntryHasAReceiptAgainstTheNewestCheckpoint) {
  fill(30);
  for (LeafIndex index = 0; index < log_.size(); ++index) {
    const auto receipt = reader_.receipt(index);
    ASSERT_TRUE(receipt);
    const auto proved = verify_tlog_proof(receipt->proof, leaf(index), sample_.signer().verifier());
    ASSERT_TRUE(proved);
    EXPECT_EQ(proved->tree_size, log_.size());
  }
  EXPECT_EQ(reader_.receipt(log_.size()).error().code, Errc::not_found);
}

TEST_F(ReaderTest, ProofsHoldForEverySize) {
  fill(30);
  for (TreeSize size = 1; size <= log_.size(); ++size) {
    EXPECT_EQ(reader_.root_at(size).value(), root(size));
    for (LeafIndex index = 0; index < size; ++index) {
      EXPECT_TRUE(verify_inclusion(leaf(index), index, size,
                                   reader_.inclusion_proof(index, size).value(), root(size)));
    }
    for (TreeSize from = 1; from <= size; ++from) {
      EXPECT_TRUE(verify_consistency(from, size, reader_.consistency_proof(from, size).value(),
                                     root(from), root(size)));
    }
  }
  EXPECT_EQ(reader_.inclusion_proof(5, 5).error().code, Errc::not_found);
  EXPECT_EQ(reader_.inclusion_proof(0, log_.size() + 1).error().code, Errc::not_found);
  EXPECT_EQ(reader_.consistency_proof(1, log_.size() + 1).error().code, Errc::not_found);
  EXPECT_EQ(reader_.consistency_proof(3, 2).error().code, Errc::not_found);
  EXPECT_EQ(reader_.root_at(log_.size() + 1).error().code, Errc::not_found);
}

TEST_F(ReaderTest, ServesFullAndPartialTilesOfEveryWidth) {
  fill(600);
  const TreeSize size = log_.size();
  ASSERT_GT(size, 512u);
  ASSERT_LT(size, 768u);
  const auto hashes = [&](LeafIndex first, LeafIndex end) {
    std::string bytes;
    for (LeafIndex i = first; i < end; ++i) bytes += as_chars(leaf(i));
    return bytes;
  };
  const auto headers = [&](LeafIndex first, LeafIndex end) {
    std::string bytes;
    for (LeafIndex i = first; i < end; ++i) {
      const std::string header = log_.header(i).value();
      append_u16(bytes, static_cast<std::uint16_t>(header.size()));
      bytes += header;
    }
    return bytes;
  };
  EXPECT_EQ(reader_.tile("tile/0/000").value(), hashes(0, 256));
  EXPECT_EQ(reader_.tile("tile/entries/001").value(), headers(256, 512));
  for (std::uint64_t width = 1; width < 256; ++width) {
    const std::string suffix = ".p/" + std::to_string(width);
    EXPECT_EQ(reader_.tile("tile/0/001" + suffix).value(), hashes(256, 256 + width));
    EXPECT_EQ(reader_.tile("tile/entries/000" + suffix).value(), headers(0, width));
    const bool exists = 512 + width <= size;
    EXPECT_EQ(reader_.tile("tile/0/002" + suffix).has_value(), exists);
    EXPECT_EQ(reader_.tile("tile/entries/002" + suffix).has_value(), exists);
  }
  std::vector<Hash> first_tile;
  for (LeafIndex i = 0; i < 256; ++i) first_tile.push_back(leaf(i));
  EXPECT_EQ(reader_.tile("tile/1/000.p/1").value(), to_string(tree_root(first_tile)));
  EXPECT_EQ(reader_.tile("tile/1/000.p/2").value().size(), 64u);
  EXPECT_EQ(reader_.tile("tile/1/000.p/3").error().code, Errc::not_found);
  EXPECT_EQ(reader_.tile("tile/0/002").error().code, Errc::not_found);
  EXPECT_EQ(reader_.tile("tile/0/2").error().code, Errc::malformed);
  EXPECT_EQ(reader_.tile("../secret").error().code, Errc::malformed);
}

TEST_F(ReaderTest, TableContentIsTheTreeOverCurrentItemsByKey) {
  const auto before = reader_.table_content("2020", "staff");
  ASSERT_TRUE(before);
  EXPECT_EQ(before->rows, 0u);
  EXPECT_EQ(before->hash, hash_empty());
  sample_.change("staff", {{"b", "1"}, {"a", "1"}, {"c", "1"}});
  sample_.change("books", {{"a", "x"}});
  sample_.change("staff", {{"a", "2"}, {"c", ""}});
  sample_.change("staff", {{"d", "1"}});
  sample_.write(log_);
  const auto content = reader_.table_content("2020", "staff");
  ASSERT_TRUE(content);
  EXPECT_EQ(content->size, log_.size());
  EXPECT_EQ(content->rows, 3u);
  // Items: a in entry 6, b in 4, d in 7; each entry has its reason first, then rows by key.
  const auto item = [&](LeafIndex index, std::size_t place) {
    return decode_payload(log_.entry(index)->payload)->items[place].leaf;
  };
  EXPECT_EQ(content->hash, tree_root(std::vector<Hash>{item(6, 1), item(4, 2), item(7, 1)}));
}

}  // namespace
}  // namespace countersign::ledger
