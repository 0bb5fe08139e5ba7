#include "tests/faults/faulty_ledger.h"

#include "ledger/log/rocks_event_log.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <thread>

#include <rocksdb/env.h>
#include <rocksdb/system_clock.h>

namespace countersign::testing {

using namespace ledger;

namespace {

constexpr std::uint64_t kMemtableBytes = 96u << 10;

// RocksDB waits a second after a failed flush or compaction, in case the disk was only busy.
class ImpatientClock final : public rocksdb::SystemClockWrapper {
 public:
  ImpatientClock() : SystemClockWrapper(rocksdb::SystemClock::Default()) {}
  const char* Name() const override { return "ImpatientClock"; }
  void SleepForMicroseconds(int most) override {
    SystemClockWrapper::SleepForMicroseconds(std::min(most, 1000));
  }
};

class FaultyEnv final : public rocksdb::EnvWrapper {
 public:
  explicit FaultyEnv(std::unique_ptr<rocksdb::Env> env) : EnvWrapper(std::move(env)) {
    system_clock_ = std::make_shared<ImpatientClock>();
  }
};

// The file system belongs to its FaultyLedger, which outlives what RocksDB makes of it.
std::unique_ptr<rocksdb::Env> env_of(ForgetfulFileSystem& disk) {
  return std::make_unique<FaultyEnv>(rocksdb::NewCompositeEnv(
      std::shared_ptr<rocksdb::FileSystem>(std::shared_ptr<rocksdb::FileSystem>(), &disk)));
}

}  // namespace

unsigned setting(const char* name, unsigned otherwise) {
  const char* wanted = std::getenv(name);
  return wanted == nullptr ? otherwise : static_cast<unsigned>(std::stoul(wanted));
}

FaultyLedger::FaultyLedger(unsigned writers)
    : disk_(temp_ / "attic"),
      env_(env_of(disk_)),
      key_(std::make_shared<const SigningKey>(SigningKey::generate())),
      told_(writers) {
  std::filesystem::create_directories(database());
  const auto opened = open();
  CS_ASSERT(opened.has_value());
  const Founder founder = notes_founder();
  // A credential nobody can log in with: deriving a real one costs more than the test.
  const Outcome created = propose(
      *ledger_, "admin",
      CreateLedger{
          kNotesOrigin, {}, founder.person, founder.account, {"v", std::string(32, 'k'), "s"}},
      "create");
  CS_ASSERT(std::holds_alternative<Committed>(created));
  CS_ASSERT(open_notes(*ledger_).has_value());
}

FaultyLedger::~FaultyLedger() {
  disk_.heal();
  close();
}

Result<void> FaultyLedger::open() {
  close();
  LedgerOptions options;
  options.directory = temp_ / "ledger";
  options.log_key = key_;
  options.origin = kNotesOrigin;
  options.snapshot_every = 40;
  RocksOptions engine;
  engine.space_reserve_bytes = space_reserve_bytes;
  engine.memtable_bytes = kMemtableBytes;
  engine.env = env_.get();
  CS_TRY(options.log, open_rocks_event_log(database(), engine));
  CS_TRY(ledger_, Ledger::open(std::move(options)));
  return {};
}

std::optional<Error> FaultyLedger::write(std::uint64_t commands) {
  std::mutex mutex;
  std::optional<Error> first;
  const auto complain = [&](const Error& error) {
    const std::lock_guard lock(mutex);
    if (!first) first = error;
  };
  const std::vector<std::uint64_t> next = told_.next();
  std::vector<std::thread> writers;
  for (unsigned writer = 0; writer < next.size(); ++writer) {
    writers.emplace_back([&, writer] {
      CrashCommand command{writer, next[writer]};
      for (std::uint64_t i = 0; i < commands; ++i, ++command.number) {
        auto receipts = send(*ledger_, command);
        if (!receipts) return complain(receipts.error());
        if (const auto kept = told_.keep(command, std::move(*receipts)); !kept) {
          return complain(kept.error());
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  return first;
}

}  // namespace countersign::testing
