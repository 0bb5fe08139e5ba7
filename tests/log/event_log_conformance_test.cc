// What every engine of the event log must do. A new engine is one more line at the end.
#include "ledger/content/payload.h"
#include "ledger/content/payload_vault.h"
#include "ledger/log/memory_event_log.h"
#include "ledger/log/rocks_event_log.h"
#include "tests/log/batch_maker.h"
#include "tests/support/temp_dir.h"

#include <atomic>
#include <map>
#include <thread>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

using std::chrono::milliseconds;

class MemoryEngine {
 public:
  EventLog& log() { return *log_; }
  void reopen() { log_ = log_->reopen(); }

 private:
  std::unique_ptr<MemoryEventLog> log_ = std::make_unique<MemoryEventLog>();
};

class RocksEngine {
 public:
  explicit RocksEngine(std::shared_ptr<const PayloadVault> vault = nullptr)
      : vault_(std::move(vault)) {
    open();
  }
  EventLog& log() { return *log_; }
  void reopen() {
    log_.reset();
    open();
  }

 private:
  void open() {
    log_ = open_rocks_event_log(directory_.path() / "db", {.space_reserve_bytes = 0, .vault = vault_})
               .value();
  }

 protected:
  std::shared_ptr<const PayloadVault> vault_;

 private:
  countersign::testing::TempDir directory_;
  std::unique_ptr<EventLog> log_;
};

class SealedRocksEngine : public RocksEngine {
 public:
  SealedRocksEngine()
      : RocksEngine(std::make_shared<const PayloadVault>(PayloadVault::generate())) {}
};

template <typename Engine>
class EventLogConformance : public ::testing::Test {
 protected:
  EventLog& log() { return engine_.log(); }
  void reopen() { engine_.reopen(); }
  void take_over() { maker_.set_epoch(log().take_over().value()); }

  Engine engine_;
  BatchMaker maker_;
};

struct EngineName {
  template <typename Engine>
  static std::string GetName(int) {
    if (std::is_same_v<Engine, MemoryEngine>) return "Memory";
    return std::is_same_v<Engine, RocksEngine> ? "Rocks" : "SealedRocks";
  }
};
using Engines = ::testing::Types<MemoryEngine, RocksEngine, SealedRocksEngine>;
TYPED_TEST_SUITE(EventLogConformance, Engines, EngineName);

Errc code_of(const Result<void>& result) {
  EXPECT_FALSE(result);
  return result.error().code;
}

TYPED_TEST(EventLogConformance, AnEmptyLogHasNothing) {
  EventLog& log = this->log();
  EXPECT_EQ(log.size(), 0u);
  EXPECT_EQ(log.entry(0).error().code, Errc::not_found);
  EXPECT_EQ(log.header(0).error().code, Errc::not_found);
  EXPECT_EQ(log.node(0).error().code, Errc::not_found);
  EXPECT_EQ(log.checkpoint(0).error().code, Errc::not_found);
  EXPECT_EQ(log.latest_checkpoint().error().code, Errc::not_found);
  EXPECT_FALSE(log.command("x").value());
  EXPECT_FALSE(log.snapshot().value());
  EXPECT_EQ(log.row_view()->size(), 0u);
  EXPECT_FALSE(log.row_view()->row("a", "b", "c").value());
  EXPECT_TRUE(log.scan(0, 10, [](LeafIndex, const StoredEntry&) {
    ADD_FAILURE();
    return true;
  }));
}

TYPED_TEST(EventLogConformance, KeepsEveryPartOfABatchAcrossReopening) {
  this->take_over();
  std::vector<AppendBatch> batches;
  for (const std::size_t entries : {1u, 3u, 300u, 2u}) {
    batches.push_back(this->maker_.next(entries));
    ASSERT_TRUE(this->log().append(batches.back()));
  }
  for (int round = 0; round < 2; ++round, this->reopen()) {
    EventLog& log = this->log();
    EXPECT_EQ(log.size(), 306u);
    for (const AppendBatch& batch : batches) {
      LeafIndex index = batch.expected_size;
      for (const StoredEntry& entry : batch.entries) {
        EXPECT_EQ(log.entry(index).value().header, entry.header);
        EXPECT_EQ(log.entry(index).value().payload, entry.payload);
        EXPECT_EQ(log.header(index++).value(), entry.header);
      }
      for (const StoredNode& node : batch.nodes) EXPECT_EQ(log.node(node.id).value(), node.hash);
      EXPECT_EQ(log.checkpoint(index).value(), batch.checkpoint);
      const auto record = log.command(batch.commands[0].command_id).value();
      ASSERT_TRUE(record);
      EXPECT_EQ(record->command_id, batch.commands[0].command_id);
      EXPECT_EQ(record->body_hash, batch.commands[0].body_hash);
      EXPECT_EQ(record->first, batch.expected_size);
      EXPECT_EQ(record->count, batch.entries.size());
      EXPECT_EQ(record->tree_size, index);
    }
    EXPECT_EQ(log.latest_checkpoint().value(), batches.back().checkpoint);
    EXPECT_EQ(log.checkpoint(5).error().code, Errc::not_found);
    EXPECT_EQ(log.entry(306).error().code, Errc::not_found);
    EXPECT_EQ(log.node(nodes_in(306)).error().code, Errc::not_found);
    EXPECT_FALSE(log.command("unknown").value());
  }
}

TYPED_TEST(EventLogConformance, ErasesItemsWithTheBatchThatSaysSo) {
  this->take_over();
  const Payload three = seal({"first", "second", "third"});
  AppendBatch filled = this->maker_.next(4);
  for (StoredEntry& entry : filled.entries) entry.payload = encode_payload(three);
  ASSERT_TRUE(this->log().append(filled));

  AppendBatch wrong = BatchMaker(this->maker_).next(1);
  wrong.erased = {{{1, 3}, ""}};
  EXPECT_EQ(code_of(this->log().append(wrong)), Errc::corrupt) << "there is no such item";

  AppendBatch order = this->maker_.next(1);
  order.erased = {{{1, 2}, ""}, {{3, 0}, ""}, {{1, 0}, "left"}};
  ASSERT_TRUE(this->log().append(order));
  const auto present = [&](LeafIndex index) {
    std::string out;
    const Payload payload = decode_payload(this->log().entry(index).value().payload).value();
    EXPECT_EQ(payload.root, three.root);
    for (const PayloadItem& item : payload.items) out += (item.present ? "" : "-") + item.text;
    return out;
  };
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(present(0), "firstsecondthird");
    EXPECT_EQ(present(1), "-leftsecond-");
    EXPECT_EQ(present(3), "-secondthird");
    std::string scanned;
    ASSERT_TRUE(this->log().scan(1, 2, [&](LeafIndex, const StoredEntry& entry) {
      scanned = entry.payload;
      return true;
    }));
    EXPECT_EQ(scanned, this->log().entry(1).value().payload);
    if (round == 0) this->reopen();
    if (round == 1) {
      EXPECT_TRUE(this->log().purge_erased(this->log().size()));
      EXPECT_FALSE(this->log().unpurged().value());
    }
  }
}

TYPED_TEST(EventLogConformance, ScansInOrderWithinBounds) {
  this->take_over();
  this->maker_.append(this->log(), 10, 30);
  const auto indexes = [&](LeafIndex first, LeafIndex end, std::size_t most) {
    std::vector<LeafIndex> seen;
    EXPECT_TRUE(this->log().scan(first, end, [&](LeafIndex index, const StoredEntry& entry) {
      EXPECT_EQ(entry.header, BatchMaker::header(index));
      EXPECT_EQ(entry.payload, BatchMaker::payload(index));
      seen.push_back(index);
      return seen.size() < most;
    }));
    return seen;
  };
  EXPECT_EQ(indexes(250, 260, 100),
            (std::vector<LeafIndex>{250, 251, 252, 253, 254, 255, 256, 257, 258, 259}));
  EXPECT_EQ(indexes(298, 1000, 100), (std::vector<LeafIndex>{298, 299}));
  EXPECT_EQ(indexes(7, 1000, 3), (std::vector<LeafIndex>{7, 8, 9}));
  EXPECT_TRUE(indexes(300, 301, 100).empty());
  EXPECT_TRUE(indexes(20, 10, 100).empty());
}

TYPED_TEST(EventLogConformance, RefusesAnotherSizeAndWritesNothing) {
  this->take_over();
  this->maker_.append(this->log(), 2);
  AppendBatch again = this->maker_.next(2);
  again.expected_size = 0;
  again.commands.clear();
  EXPECT_EQ(code_of(this->log().append(again)), Errc::conflict);
  again.expected_size = 9;
  EXPECT_EQ(code_of(this->log().append(again)), Errc::conflict);
  EXPECT_EQ(this->log().size(), 2u);
  again.expected_size = 2;
  EXPECT_TRUE(this->log().append(again));
}

TYPED_TEST(EventLogConformance, FencesEarlierWriters) {
  const AppendBatch without = BatchMaker().next(1);
  EXPECT_EQ(code_of(this->log().append(without)), Errc::fenced) << "nobody took over";
  const std::uint64_t first = this->log().take_over().value();
  BatchMaker old(first);
  old.append(this->log(), 1);
  const std::uint64_t second = this->log().take_over().value();
  EXPECT_GT(second, first);
  AppendBatch late = old.next(1);
  EXPECT_EQ(code_of(this->log().append(late)), Errc::fenced);
  late.epoch = second;
  EXPECT_TRUE(this->log().append(late));
  this->reopen();
  EXPECT_EQ(code_of(this->log().append(late)), Errc::fenced) << "a new process takes over first";
  EXPECT_GT(this->log().take_over().value(), second);
}

TYPED_TEST(EventLogConformance, RowViewsKeepTheirMoment) {
  this->take_over();
  this->maker_.append(this->log(), 10);
  const auto before = this->log().row_view();
  this->maker_.append(this->log(), 30);
  const auto after = this->log().row_view();
  EXPECT_EQ(before->size(), 10u);
  EXPECT_EQ(after->size(), 40u);
  // Entry 4 was the last change of this row then, entry 34 is now.
  EXPECT_EQ(before->row("2020", "table1", "row 4").value()->index, 4u);
  EXPECT_EQ(after->row("2020", "table1", "row 4").value()->index, 34u);
  EXPECT_FALSE(before->row("2020", "table2", "row 4").value());
  const RowHead head = *after->row("2020", "table1", "row 4").value();
  EXPECT_EQ(head.item, 1u);
  EXPECT_EQ(head.leaf, BatchMaker::row_head(34).leaf);
  EXPECT_TRUE(head.removed);
  EXPECT_EQ(after->row("2020", "table2", "row 5").value()->cells, "{\"n\":\"35\"}");
  EXPECT_FALSE(after->row("2020", "table2", "row 55").value());
  EXPECT_FALSE(after->row("2021", "table2", "row 5").value());

  std::map<std::string, LeafIndex> seen;
  std::string last;
  EXPECT_TRUE(before->scan("2020", "table0", [&](std::string_view key, const RowHead& one) {
    EXPECT_LT(last, key);
    last = key;
    seen[last] = one.index;
    return true;
  }));
  EXPECT_EQ(seen, (std::map<std::string, LeafIndex>{
                      {"row 0", 0}, {"row 3", 3}, {"row 6", 6}, {"row 9", 9}}));
  int visits = 0;
  EXPECT_TRUE(after->scan("2020", "table0",
                          [&](std::string_view, const RowHead&) { return ++visits < 2; }));
  EXPECT_EQ(visits, 2);
}

TYPED_TEST(EventLogConformance, ManyRowsAreLookedUpInOneWalk) {
  this->take_over();
  AppendBatch batch = this->maker_.next(1);
  batch.row_heads.clear();
  const auto key_of = [](int i) { return "row " + std::to_string(10'000 + i); };
  for (int i = 0; i < 3'000; i += 3) {
    RowHead head = BatchMaker::row_head(0);
    head.item = static_cast<std::uint32_t>(i);
    head.removed = i % 2 == 1;
    head.cells = head.removed ? "" : "{\"n\":\"" + std::to_string(i) + "\"}";
    batch.row_heads.push_back({"2020", "many", key_of(i), head});
  }
  batch.row_heads.push_back({"2020", "n", "row 1", BatchMaker::row_head(0)});
  ASSERT_TRUE(this->log().append(batch));
  const auto view = this->log().row_view();
  // Close together, far apart, few, and beyond the table's end.
  for (const int step : {1, 2, 3, 60, 1'500}) {
    std::vector<std::string> wanted;
    for (int i = 0; i < 3'300; i += step) wanted.push_back(key_of(i));
    const std::vector<std::string_view> keys(wanted.begin(), wanted.end());
    std::size_t next = 0;
    ASSERT_TRUE(view->rows("2020", "many", keys, [&](std::size_t at, std::optional<RowHead> head) {
      EXPECT_EQ(at, next++);
      const int i = static_cast<int>(at) * step;
      ASSERT_EQ(head.has_value(), i % 3 == 0 && i < 3'000) << i;
      if (!head) return;
      EXPECT_EQ(head->item, static_cast<std::uint32_t>(i));
      EXPECT_EQ(head->cells, head->removed ? "" : "{\"n\":\"" + std::to_string(i) + "\"}");
    }));
    EXPECT_EQ(next, keys.size());
  }
  std::size_t there = 0;
  std::string last;
  ASSERT_TRUE(view->keys("2020", "many", [&](std::string_view key) {
    EXPECT_LT(last, key);
    last = key;
    return ++there < 400;
  }));
  EXPECT_EQ(there, 400u);
  EXPECT_EQ(last, key_of(399 * 6)) << "removed rows are not there";
}

TYPED_TEST(EventLogConformance, WhatWasPreparedBeforeReadsAsIfItWereNot) {
  this->take_over();
  AppendBatch batch = this->maker_.next(20);
  const AppendBatch plain = batch;
  for (StoredEntry& entry : batch.entries) {
    entry.payload = this->log().prepare_payload(std::move(entry.payload));
  }
  this->log().prepare_heads(batch.row_heads);
  ASSERT_TRUE(this->log().append(batch));
  for (int round = 0; round < 2; ++round, this->reopen()) {
    for (std::size_t i = 0; i < plain.entries.size(); ++i) {
      EXPECT_EQ(this->log().entry(i).value().payload, plain.entries[i].payload);
    }
    for (const StoredRowHead& row : plain.row_heads) {
      const auto head = this->log().row_view()->row(row.campaign, row.table, row.key).value();
      ASSERT_TRUE(head);
      EXPECT_EQ(head->index, row.head.index);
      EXPECT_EQ(head->cells, row.head.cells);
    }
  }
}

TYPED_TEST(EventLogConformance, RowsOfTablesWithLikeNamesStayApart) {
  this->take_over();
  AppendBatch batch = this->maker_.next(1);
  batch.row_heads.clear();
  const std::string nul(1, '\0');
  const RowHead head = BatchMaker::row_head(0);
  batch.row_heads = {{"2020", "a", "b", head},        {"2020", "ab", "", head},
                     {"202", "0a", "b", head},        {"2020", "a", nul + "b", head},
                     {"2020", "a", "\xff\xff", head}, {"2020", "a" + nul, "b", head}};
  ASSERT_TRUE(this->log().append(batch));
  const auto keys = [&](const std::string& campaign, const std::string& table) {
    std::vector<std::string> found;
    EXPECT_TRUE(
        this->log().row_view()->scan(campaign, table, [&](std::string_view key, const RowHead&) {
          found.emplace_back(key);
          return true;
        }));
    return found;
  };
  EXPECT_EQ(keys("2020", "a"), (std::vector<std::string>{nul + "b", "b", "\xff\xff"}));
  EXPECT_EQ(keys("2020", "ab"), std::vector<std::string>{""});
  EXPECT_EQ(keys("202", "0a"), std::vector<std::string>{"b"});
  EXPECT_EQ(keys("2020", "a" + nul), std::vector<std::string>{"b"});
  EXPECT_TRUE(keys("2020", "").empty());
}

TYPED_TEST(EventLogConformance, KeepsTheNewestSnapshot) {
  this->take_over();
  AppendBatch batch = this->maker_.next(3);
  batch.snapshot = StateSnapshot{3, "three"};
  ASSERT_TRUE(this->log().append(batch));
  batch = this->maker_.next(2);
  batch.snapshot = StateSnapshot{5, std::string("fi\0ve", 5)};
  ASSERT_TRUE(this->log().append(batch));
  this->maker_.append(this->log(), 1);
  this->reopen();
  const auto snapshot = this->log().snapshot().value();
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->size, 5u);
  EXPECT_EQ(snapshot->bytes, std::string("fi\0ve", 5));
}

TYPED_TEST(EventLogConformance, WaitsEndByGrowthTimeAndInterruption) {
  this->take_over();
  EXPECT_TRUE(this->log().wait_for(0, milliseconds(0)));
  EXPECT_FALSE(this->log().wait_for(1, milliseconds(10)));
  std::atomic<bool> grown = false;
  std::thread waiter([&] { grown = this->log().wait_for(3, milliseconds(60000)); });
  this->maker_.append(this->log(), 1, 3);
  waiter.join();
  EXPECT_TRUE(grown);
  std::atomic<bool> reached = true;
  std::thread stopped([&] { reached = this->log().wait_for(100, milliseconds(60000)); });
  this->log().interrupt_waits();
  stopped.join();
  EXPECT_FALSE(reached);
}

// Whoever sees a size sees all that belongs to it, while the writer goes on.
TYPED_TEST(EventLogConformance, ReadersSeeWholeBatches) {
  this->take_over();
  constexpr TreeSize kEntries = 400;
  std::vector<std::thread> readers;
  std::atomic<int> looks = 0;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      TreeSize size = 0;
      while (size < kEntries) {
        size = this->log().size();
        ++looks;
        EXPECT_EQ(size % 4, 0u);
        if (size == 0) continue;
        EXPECT_TRUE(this->log().entry(size - 1));
        EXPECT_TRUE(this->log().checkpoint(size));
        EXPECT_TRUE(this->log().node(nodes_in(size) - 1));
        EXPECT_TRUE(this->log().command(BatchMaker::command_id(size - 4)).value());
        EXPECT_TRUE(this->log().latest_checkpoint());
        const auto view = this->log().row_view();
        EXPECT_EQ(view->size() % 4, 0u);
        EXPECT_GE(view->size(), size);
        LeafIndex newest = 0;
        for (const char* table : {"table0", "table1", "table2"}) {
          EXPECT_TRUE(view->scan("2020", table, [&](std::string_view, const RowHead& head) {
            newest = std::max(newest, head.index);
            return true;
          }));
        }
        EXPECT_EQ(newest + 1, view->size());
      }
    });
  }
  this->maker_.append(this->log(), 4, kEntries / 4);
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(looks, 0);
}

}  // namespace
}  // namespace countersign::ledger
