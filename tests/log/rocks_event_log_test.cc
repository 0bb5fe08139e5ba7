// What the RocksDB engine does beyond the conformance suite.
#include "ledger/log/rocks_event_log.h"

#include "ledger/content/payload.h"
#include "ledger/content/payload_vault.h"
#include "ledger/crypto/random.h"
#include "ledger/log/announcement.h"
#include "ledger/log/key_schema.h"
#include "ledger/log/recovery.h"
#include "ledger/log/rocks_backup.h"
#include "tests/log/bare_database.h"
#include "tests/log/batch_maker.h"
#include "tests/support/temp_dir.h"

#include <atomic>
#include <csignal>
#include <fstream>
#include <functional>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

namespace countersign::ledger {
namespace {

// The machine's file system, telling before each file that is opened for reading which one it is,
// counted from 1.
class MeddledEnv {
 public:
  explicit MeddledEnv(std::function<void(unsigned)> before_open)
      : files_(std::make_shared<Files>(std::move(before_open))),
        env_(rocksdb::NewCompositeEnv(files_)) {}

  rocksdb::Env* env() const { return env_.get(); }
  unsigned opened() const { return files_->opened; }

 private:
  struct Files final : rocksdb::FileSystemWrapper {
    explicit Files(std::function<void(unsigned)> before)
        : FileSystemWrapper(rocksdb::FileSystem::Default()), before_open(std::move(before)) {}
    const char* Name() const override { return "MeddledFiles"; }
    rocksdb::IOStatus NewSequentialFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                        rocksdb::IODebugContext* context) override {
      before_open(++opened);
      return FileSystemWrapper::NewSequentialFile(name, options, file, context);
    }
    rocksdb::IOStatus NewRandomAccessFile(const std::string& name,
                                          const rocksdb::FileOptions& options,
                                          std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                          rocksdb::IODebugContext* context) override {
      before_open(++opened);
      return FileSystemWrapper::NewRandomAccessFile(name, options, file, context);
    }
    const std::function<void(unsigned)> before_open;
    std::atomic<unsigned> opened = 0;
  };

  const std::shared_ptr<Files> files_;
  const std::unique_ptr<rocksdb::Env> env_;
};

class RocksEventLog : public ::testing::Test {
 protected:
  std::filesystem::path path() const { return directory_.path() / "db"; }
  Result<std::unique_ptr<EventLog>> open(RocksOptions options = {0, false}) const {
    return open_rocks_event_log(path(), options);
  }
  void fill(int batches) {
    const auto log = open().value();
    maker_.set_epoch(log->take_over().value());
    maker_.append(*log, 5, batches);
  }
  // Changes the database behind the engine's back.
  template <typename Change>
  void change(Change change) {
    with_bare_database(path(), change);
  }

  countersign::testing::TempDir directory_;
  BatchMaker maker_;
};

TEST_F(RocksEventLog, ASecondProcessIsTurnedAway) {
  const auto log = open();
  ASSERT_TRUE(log);
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::io);
  EXPECT_EQ(second.error().detail, "another process holds the database");
}

TEST_F(RocksEventLog, ReadOnlyReadsBesideTheWriterAndNeverWrites) {
  EXPECT_FALSE(open({0, true})) << "it makes nothing";
  EXPECT_FALSE(std::filesystem::exists(path() / "CURRENT"));
  fill(3);
  const auto writer = open().value();
  const auto reader = open({0, true});
  ASSERT_TRUE(reader) << reader.error().detail;
  EXPECT_EQ((*reader)->size(), 15u);
  EXPECT_EQ((*reader)->header(14).value(), BatchMaker::header(14));
  EXPECT_EQ((*reader)->take_over().error().code, Errc::unavailable);
  EXPECT_EQ((*reader)->append(maker_.next(1)).error().code, Errc::unavailable);
  const auto& source = dynamic_cast<const BackupSource&>(**reader);
  EXPECT_EQ(source.back_up(path() / "backups", "label", 0, {}).error().code, Errc::unavailable);
  EXPECT_FALSE(std::filesystem::exists(path() / "backups")) << "the writer's may be there";
}

// Whatever file the reader is about to open, the writer replaces it first.
TEST_F(RocksEventLog, ReadOnlyOpensWhileTheWriterReplacesItsFiles) {
  fill(3);
  change([&](rocksdb::DB& db, auto family) {
    const auto replace_files = [&] {
      EXPECT_TRUE(db.Put({}, family(Family::commands), "k", "v").ok());
      EXPECT_TRUE(db.Flush({}, family(Family::commands)).ok());
      EXPECT_TRUE(db.CompactRange({}, family(Family::commands), nullptr, nullptr).ok());
    };
    replace_files();
    MeddledEnv undisturbed([](unsigned) {});
    ASSERT_TRUE(open({.read_only = true, .env = undisturbed.env()}));
    ASSERT_GT(undisturbed.opened(), 4u);
    for (unsigned file = 1; file <= undisturbed.opened(); ++file) {
      MeddledEnv meddled([&](unsigned opened) {
        if (opened == file) replace_files();
      });
      const auto reader = open({.read_only = true, .env = meddled.env()});
      ASSERT_TRUE(reader) << "file " << file << ": " << reader.error().detail;
      EXPECT_EQ((*reader)->size(), 15u);
      EXPECT_EQ((*reader)->header(14).value(), BatchMaker::header(14));
    }
  });
}

TEST_F(RocksEventLog, KeepsTheReserveOfFreeSpace) {
  struct statvfs space {};
  ASSERT_EQ(statvfs(directory_.path().c_str(), &space), 0);
  const auto log = open({std::uint64_t{space.f_blocks} * space.f_frsize, false}).value();
  maker_.set_epoch(log->take_over().value());
  const AppendBatch batch = maker_.next(3);
  EXPECT_EQ(log->append(batch).error().code, Errc::unavailable);
  EXPECT_EQ(log->append(batch).error().code, Errc::unavailable) << "and is not poisoned by it";
  EXPECT_EQ(log->size(), 0u);
  EXPECT_FALSE(log->command(BatchMaker::command_id(0)).value());
}

// A real failed write: the file-size limit of a child process, whose signal is ignored so that the
// write returns EFBIG. The reserve is off, so nothing warns before.
TEST_F(RocksEventLog, AFailedWritePoisons) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto fails = [](bool condition) {
      if (!condition) _exit(1);
    };
    std::signal(SIGXFSZ, SIG_IGN);
    auto log = open();
    fails(log.has_value());
    BatchMaker maker((*log)->take_over().value());
    fails((*log)->append(maker.next(3)).has_value());
    const rlimit limit{1u << 20, 1u << 20};
    fails(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    AppendBatch large = maker.next(3);
    large.entries[0].payload.assign(4u << 20, 'x');
    const auto failed = (*log)->append(large);
    fails(!failed && failed.error().code == Errc::io);
    large.entries[0].payload = "small";
    const auto after = (*log)->append(large);
    fails(!after && after.error().code == Errc::io);
    fails((*log)->size() == 3 && (*log)->header(2).has_value());
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  const auto log = open();
  ASSERT_TRUE(log) << log.error().detail;
  EXPECT_EQ((*log)->size(), 3u);
  EXPECT_TRUE(recover(**log, LogKeys(maker_.verifier())));
}

// A process killed in the middle of a write leaves a record cut off at the end.
TEST_F(RocksEventLog, ATornTailIsTheBatchThatNobodyWasTold) {
  fill(4);
  std::filesystem::path wal;
  for (const auto& file : std::filesystem::directory_iterator(path())) {
    if (file.path().extension() == ".log" && file.file_size() > 0) wal = file.path();
  }
  ASSERT_FALSE(wal.empty());
  std::filesystem::resize_file(wal, std::filesystem::file_size(wal) - 7);
  const auto log = open();
  ASSERT_TRUE(log) << log.error().detail;
  EXPECT_EQ((*log)->size(), 15u);
  EXPECT_TRUE(recover(**log, LogKeys(maker_.verifier())));
}

TEST_F(RocksEventLog, DamageBeforeTheTailIsReportedAndEveryFileStays) {
  fill(4);
  std::filesystem::path wal;
  for (const auto& file : std::filesystem::directory_iterator(path())) {
    if (file.path().extension() == ".log" && file.file_size() > 0) wal = file.path();
  }
  ASSERT_FALSE(wal.empty());
  const auto size = std::filesystem::file_size(wal);
  {
    std::fstream bytes(wal, std::ios::in | std::ios::out | std::ios::binary);
    const auto middle = static_cast<std::streamoff>(size / 2);
    bytes.seekg(middle);
    const char flipped = static_cast<char>(bytes.get() ^ 1);
    bytes.seekp(middle);
    bytes.put(flipped);
  }
  for (int i = 0; i < 2; ++i) {
    const auto log = open();
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().code, Errc::corrupt) << log.error().detail;
  }
  EXPECT_EQ(std::filesystem::file_size(wal), size);
}

TEST_F(RocksEventLog, RefusesAHistoryWithAHole) {
  fill(4);
  change([](rocksdb::DB& db, auto family) {
    ASSERT_TRUE(db.Delete({}, family(Family::headers), number_key(19)).ok());
  });
  const auto log = open();
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, Errc::corrupt);
  EXPECT_NE(log.error().detail.find("records 20 entries and holds 19"), std::string::npos);
}

TEST_F(RocksEventLog, AMissingEntryInTheMiddleIsDamageWhereItIsRead) {
  fill(4);
  change([](rocksdb::DB& db, auto family) {
    ASSERT_TRUE(db.Delete({}, family(Family::payloads), number_key(7)).ok());
    ASSERT_TRUE(db.Put({}, family(Family::commands), BatchMaker::command_id(0), "short").ok());
    ASSERT_TRUE(db.Put({}, family(Family::nodes), number_key(3), "short").ok());
  });
  const auto log = open().value();
  EXPECT_EQ(log->entry(7).error().code, Errc::corrupt);
  EXPECT_EQ(log->command(BatchMaker::command_id(0)).error().code, Errc::corrupt);
  EXPECT_EQ(log->node(3).error().code, Errc::corrupt);
  LeafIndex last = 0;
  const auto scanned = log->scan(0, 20, [&](LeafIndex index, const StoredEntry&) {
    last = index;
    return true;
  });
  EXPECT_EQ(scanned.error().code, Errc::corrupt);
  EXPECT_EQ(last, 6u);
}

TEST_F(RocksEventLog, RefusesAnUnknownFormat) {
  fill(1);
  change([](rocksdb::DB& db, auto family) {
    ASSERT_TRUE(db.Put({}, family(Family::meta), "format", "\x03").ok());
  });
  EXPECT_EQ(open().error().code, Errc::corrupt);
}

std::string bytes_under(const std::filesystem::path& directory) {
  std::string bytes;
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory)) {
    std::ifstream in(file.path(), std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(in), {});
  }
  return bytes;
}

class SealedRocks : public RocksEventLog {
 protected:
  SealedRocks() { options_.vault = std::make_shared<const PayloadVault>(PayloadVault::generate()); }

  // A log of one batch whose payloads and row heads hold the value.
  std::unique_ptr<EventLog> filled(const RocksOptions& options, const std::string& value) {
    auto log = open(options).value();
    maker_.set_epoch(log->take_over().value());
    AppendBatch batch = maker_.next(3);
    for (StoredEntry& entry : batch.entries) entry.payload = encode_payload(seal({value, "other"}));
    for (StoredRowHead& row : batch.row_heads) row.head.cells = value;
    batch.snapshot = StateSnapshot{1, value};
    EXPECT_TRUE(log->append(batch));
    return log;
  }

  static constexpr const char* kValue = "a value that is nobody's business";
  RocksOptions options_{0, false};
};

// A batch of more than a megabyte is read by others while it is being written.
void expect_announced(EventLog& log, BatchMaker& maker) {
  EXPECT_EQ(log.announced(), nullptr);
  EXPECT_FALSE(log.wait_for_foreseen(1, std::chrono::milliseconds(0)));
  maker.append(log, 5);
  AppendBatch batch = maker.next(20);
  for (StoredEntry& entry : batch.entries) {
    entry.payload = encode_payload(seal({to_hex(as_bytes(random_bytes(64 << 10)))}));
  }
  const std::vector<StoredEntry> expected = batch.entries;
  for (StoredEntry& entry : batch.entries) entry.payload = log.prepare_payload(entry.payload);
  std::thread waiting([&] {
    while (log.wait_for_foreseen(6, std::chrono::seconds(60)) && log.size() < 25) {
      const auto told = log.announced();
      if (told == nullptr) continue;
      EXPECT_EQ(told->first(), 5u);
      EXPECT_EQ(told->end(), 25u);
      LeafIndex next = 7;
      EXPECT_TRUE(told->scan(7, 1000, [&](LeafIndex index, StoredEntry&& entry) {
        EXPECT_EQ(index, next++);
        EXPECT_EQ(entry.header, expected[index - 5].header);
        EXPECT_EQ(entry.payload, expected[index - 5].payload);
        return true;
      }));
      EXPECT_TRUE(told->wait());
      EXPECT_EQ(log.size(), 25u) << "settled before it can be read";
    }
  });
  EXPECT_TRUE(log.append(batch));
  waiting.join();
  EXPECT_EQ(log.announced(), nullptr);
  EXPECT_EQ(log.entry(20)->payload, expected[15].payload);
}

TEST_F(SealedRocks, TellsOfALargeBatchBeforeItIsWritten) {
  const auto log = open(options_).value();
  maker_.set_epoch(log->take_over().value());
  expect_announced(*log, maker_);
}

TEST_F(RocksEventLog, TellsOfALargeBatchBeforeItIsWritten) {
  const auto log = open().value();
  maker_.set_epoch(log->take_over().value());
  expect_announced(*log, maker_);
}

TEST_F(SealedRocks, NoValueIsReadableOnDisk) {
  {
    const auto log = filled(options_, kValue);
    EXPECT_EQ(decode_payload(log->entry(0)->payload)->items[0].text, kValue);
    EXPECT_EQ(log->row_view()->row("2020", "table0", "row 0").value()->cells, kValue);
    EXPECT_EQ(log->snapshot().value()->bytes, kValue);
    EXPECT_EQ(bytes_under(path()).find(kValue), std::string::npos);
  }
  EXPECT_EQ(bytes_under(path()).find(kValue), std::string::npos);
  // Without the vault they stand there, so the search finds what there is.
  const countersign::testing::TempDir plain;
  BatchMaker maker;
  const auto log = open_rocks_event_log(plain.path(), {0, false}).value();
  maker.set_epoch(log->take_over().value());
  AppendBatch batch = maker.next(1);
  batch.entries[0].payload = kValue;
  ASSERT_TRUE(log->append(batch));
  EXPECT_NE(bytes_under(plain.path()).find(kValue), std::string::npos);
}

TEST_F(SealedRocks, OpensWithItsOwnVaultOnly) {
  filled(options_, kValue);
  EXPECT_EQ(open({0, false}).error().code, Errc::unauthorized);
  EXPECT_EQ(open({0, true}).error().code, Errc::unauthorized);
  RocksOptions other = options_;
  other.vault = std::make_shared<const PayloadVault>(PayloadVault::generate());
  EXPECT_EQ(open(other).error().code, Errc::unauthorized);
  EXPECT_TRUE(open(options_));
}

TEST_F(SealedRocks, WhatWasStoredBeforeThereWasAVaultStaysReadable) {
  filled({0, false}, kValue);
  const auto log = open(options_).value();
  maker_.set_epoch(log->take_over().value());
  AppendBatch batch = maker_.next(1);
  batch.entries[0].payload = encode_payload(seal({"new"}));
  ASSERT_TRUE(log->append(batch));
  EXPECT_EQ(decode_payload(log->entry(2)->payload)->items[0].text, kValue);
  EXPECT_EQ(decode_payload(log->entry(3)->payload)->items[0].text, "new");
  std::size_t scanned = 0;
  EXPECT_TRUE(log->scan(0, 9, [&](LeafIndex, const StoredEntry& entry) {
    if (decode_payload(entry.payload)) ++scanned;
    return true;
  }));
  EXPECT_EQ(scanned, 4u);
  EXPECT_EQ(log->row_view()->row("2020", "table0", "row 0").value()->cells, kValue);
  EXPECT_EQ(log->snapshot().value()->bytes, kValue);
}

// A ledger as version 1 of the schema had it, and older: payloads whose keys stand elsewhere, boxes
// that are bound to their index themselves, row heads sealed as a whole, one node a record.
class OlderRocks : public SealedRocks {
 protected:
  OlderRocks() {
    options_.vault = std::make_shared<const PayloadVault>(
        PayloadVault::from_text("PAYLOAD+KEY+" + to_base64(as_bytes(master_)) + "\n").value());
    const auto log = filled(options_, kValue);
    for (std::uint64_t id = 0; id < 4; ++id) nodes_.push_back(log->node(id).value());
  }

  void make_older() {
    const std::string zero = number_key(0);
    const std::string one = number_key(1);
    change([&](rocksdb::DB& db, auto family) {
      const std::string placed = '\2' + aead_seal(key_, '\0' + record_, "payload" + zero);
      ASSERT_TRUE(db.Put({}, family(Family::payloads), zero, placed).ok());
      ASSERT_TRUE(db.Put({}, family(Family::payload_keys), zero, wrapped(0)).ok());
      const std::string alone = '\3' + aead_seal(key_, '\0' + record_, "payload");
      ASSERT_TRUE(db.Put({}, family(Family::payloads), one, alone).ok());
      ASSERT_TRUE(db.Put({}, family(Family::payload_keys), one, wrapped(1)).ok());
      std::string sealed(1, '\2');
      options_.vault->seal_value(sealed, "row head " + place_, encode_row_head(head_));
      ASSERT_TRUE(db.Put({}, family(Family::row_heads), place_, sealed).ok());
      for (std::uint64_t id = 0; id < 4; ++id) {
        const auto nodes = family(Family::nodes);
        ASSERT_TRUE(db.Put({}, nodes, number_key(id), std::string(as_chars(nodes_[id]))).ok());
      }
      ASSERT_TRUE(db.Put({}, family(Family::meta), "format", "\x01").ok());
    });
  }

  std::string wrapped(LeafIndex index) const {
    return aead_seal(master_, key_, "payload key" + number_key(index));
  }

  const std::string master_ = std::string(32, 'm');
  const std::string key_ = std::string(32, 'k');
  const std::string record_ = encode_payload(seal({"older", "other"}));
  const std::string place_ = row_key("2020", "table0", "row 0");
  const RowHead head_{0, 0, {}, false, "older cells"};
  std::vector<Hash> nodes_;
};

TEST_F(OlderRocks, StaysReadable) {
  make_older();
  for (const bool read_only : {true, false}) {
    options_.read_only = read_only;
    const auto log = open(options_).value();
    EXPECT_EQ(log->entry(0)->payload, record_);
    EXPECT_EQ(log->entry(1)->payload, record_);
    EXPECT_EQ(decode_payload(log->entry(2)->payload)->items[0].text, kValue);
    std::vector<std::string> scanned;
    EXPECT_TRUE(log->scan(0, 3, [&](LeafIndex, const StoredEntry& entry) {
      scanned.push_back(decode_payload(entry.payload)->items[0].text);
      return true;
    }));
    EXPECT_EQ(scanned, (std::vector<std::string>{"older", "older", kValue}));
    EXPECT_EQ(log->row_view()->row("2020", "table0", "row 0").value()->cells, "older cells");
    std::size_t there = 0;
    EXPECT_TRUE(log->row_view()->keys("2020", "table0", [&](std::string_view) { return ++there; }));
    EXPECT_GE(there, 1u);
    for (std::uint64_t id = 0; id < 4; ++id) EXPECT_EQ(log->node(id).value(), nodes_[id]);
    EXPECT_EQ(log->node(4).error().code, Errc::not_found);
  }
}

TEST_F(OlderRocks, IsOfThisVersionOnceItWasOpenedForWriting) {
  make_older();
  const auto format = [&] {
    std::string value;
    change([&](rocksdb::DB& db, auto family) {
      ASSERT_TRUE(db.Get({}, family(Family::meta), "format", &value).ok());
    });
    return value;
  };
  options_.read_only = true;
  ASSERT_TRUE(open(options_));
  EXPECT_EQ(format(), "\x01");
  options_.read_only = false;
  ASSERT_TRUE(open(options_));
  EXPECT_EQ(format(), "\x02");
}

TEST_F(OlderRocks, AWrongKeyElsewhereIsDamage) {
  make_older();
  change([&](rocksdb::DB& db, auto family) {
    ASSERT_TRUE(db.Put({}, family(Family::payload_keys), number_key(0), wrapped(1)).ok());
    ASSERT_TRUE(db.Delete({}, family(Family::payload_keys), number_key(1)).ok());
  });
  const auto log = open(options_).value();
  EXPECT_EQ(log->entry(0).error().code, Errc::corrupt);
  EXPECT_EQ(log->entry(1).error().code, Errc::corrupt);
  EXPECT_EQ(log->scan(0, 1, [](LeafIndex, const StoredEntry&) { return true; }).error().code,
            Errc::corrupt);
}

TEST_F(OlderRocks, AnErasureDestroysTheKeyElsewhere) {
  make_older();
  std::string key;
  change([&](rocksdb::DB& db, auto family) {
    ASSERT_TRUE(db.Get({}, family(Family::payload_keys), number_key(1), &key).ok());
  });
  const auto log = open(options_).value();
  maker_.set_epoch(log->take_over().value());
  AppendBatch order = maker_.next(1);
  order.erased = {{{1, 0}, ""}};
  ASSERT_TRUE(log->append(order));
  ASSERT_TRUE(log->purge_erased(log->size()));
  EXPECT_EQ(bytes_under(path()).find(key), std::string::npos);
  EXPECT_EQ(log->entry(0)->payload, record_) << "its key stays";
  EXPECT_EQ(decode_payload(log->entry(1)->payload)->items[1].text, "other");
}

TEST_F(SealedRocks, CellsOpenInTheirOwnRowOnly) {
  filled(options_, kValue);
  change([&](rocksdb::DB& db, auto family) {
    std::string other;
    const auto heads = family(Family::row_heads);
    ASSERT_TRUE(db.Get({}, heads, row_key("2020", "table1", "row 1"), &other).ok());
    ASSERT_TRUE(db.Put({}, heads, row_key("2020", "table0", "row 0"), other).ok());
  });
  const auto log = open(options_).value();
  EXPECT_EQ(log->row_view()->row("2020", "table0", "row 0").error().code, Errc::corrupt);
}

TEST_F(SealedRocks, AnErasureDestroysTheKeyOfWhatWasThere) {
  std::string old_key;
  std::string old_box;
  filled(options_, kValue);
  change([&](rocksdb::DB& db, auto family) {
    const std::string one = number_key(1);
    std::string stored;
    ASSERT_TRUE(db.Get({}, family(Family::payloads), one, &stored).ok());
    constexpr std::size_t kWrapped = 60;
    old_key = stored.substr(1, kWrapped);
    old_box = stored.substr(1 + kWrapped);
  });
  ASSERT_NE(bytes_under(path()).find(old_key), std::string::npos);
  const auto log = open(options_).value();
  maker_.set_epoch(log->take_over().value());
  AppendBatch order = maker_.next(1);
  order.erased = {{{1, 0}, ""}};
  ASSERT_TRUE(log->append(order));
  EXPECT_TRUE(log->unpurged().value());
  EXPECT_NE(bytes_under(path()).find(old_key), std::string::npos) << "until it is purged";
  ASSERT_TRUE(log->purge_erased(log->size()));
  EXPECT_FALSE(log->unpurged().value());
  EXPECT_EQ(bytes_under(path()).find(old_key), std::string::npos);
  EXPECT_EQ(bytes_under(path()).find(old_box), std::string::npos);
  const Payload left = decode_payload(log->entry(1)->payload).value();
  EXPECT_FALSE(left.items[0].present);
  EXPECT_EQ(left.items[1].text, "other");
}

TEST_F(SealedRocks, AnErasureStaysMarkedWhileSomebodyMayHoldWhatIsErased) {
  filled(options_, kValue);
  const auto log = open(options_).value();
  maker_.set_epoch(log->take_over().value());
  const TreeSize before = log->size();
  auto older = log->row_view();
  AppendBatch order = maker_.next(1);
  order.erased = {{{1, 0}, ""}};
  ASSERT_TRUE(log->append(order));
  const auto newer = log->row_view();
  EXPECT_EQ(log->purge_erased(log->size()).error().code, Errc::unavailable);
  EXPECT_TRUE(log->unpurged().value());
  older.reset();
  ASSERT_TRUE(log->purge_erased(before));
  EXPECT_TRUE(log->unpurged().value()) << "views built from before it may hold it";
  ASSERT_TRUE(log->purge_erased(before + 1)) << "a newer moment shows what is left";
  EXPECT_FALSE(log->unpurged().value());
}

TEST_F(SealedRocks, EveryErasureLeavesAMarkOfItsOwn) {
  filled(options_, kValue);
  const auto mark = [&] {
    std::string value;
    change([&](rocksdb::DB& db, auto family) {
      ASSERT_TRUE(db.Get({}, family(Family::meta), std::string(kMetaUnpurged), &value).ok());
    });
    return value;
  };
  std::set<std::string> marks;
  for (const std::uint32_t item : {0u, 1u}) {
    {
      const auto log = open(options_).value();
      maker_.set_epoch(log->take_over().value());
      AppendBatch order = maker_.next(1);
      order.erased = {{{1, item}, ""}};
      ASSERT_TRUE(log->append(order));
    }
    marks.insert(mark());
  }
  EXPECT_EQ(marks.size(), 2u) << "a purge could take the second for the one that it has done";
}

}  // namespace
}  // namespace countersign::ledger
