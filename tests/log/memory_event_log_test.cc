// What the memory engine does beyond the conformance suite: failures on demand.
#include "ledger/log/memory_event_log.h"

#include "tests/log/batch_maker.h"

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

TEST(MemoryEventLog, OutOfSpaceWritesNothingAndGoesOn) {
  MemoryEventLog log;
  BatchMaker maker(log.take_over().value());
  const AppendBatch batch = maker.next(2);
  log.fail_next_append(AppendFault::out_of_space);
  EXPECT_EQ(log.append(batch).error().code, Errc::unavailable);
  EXPECT_EQ(log.size(), 0u);
  EXPECT_TRUE(log.append(batch));
  EXPECT_EQ(log.size(), 2u);
}

TEST(MemoryEventLog, AFailedAppendPoisonsUntilReopened) {
  for (const AppendFault fault : {AppendFault::not_persisted, AppendFault::persisted}) {
    MemoryEventLog log;
    BatchMaker maker(log.take_over().value());
    maker.append(log, 2);
    const std::string checkpoint = log.latest_checkpoint().value();
    AppendBatch batch = maker.next(3);
    log.fail_next_append(fault);
    EXPECT_EQ(log.append(batch).error().code, Errc::io);
    EXPECT_EQ(log.append(batch).error().code, Errc::io);
    EXPECT_EQ(log.size(), 2u);
    EXPECT_TRUE(log.entry(1)) << "reads go on";
    EXPECT_EQ(log.latest_checkpoint().value(), checkpoint);
    EXPECT_EQ(log.row_view()->size(), 2u);

    const auto next = log.reopen();
    EXPECT_EQ(next->size(), fault == AppendFault::persisted ? 5u : 2u);
    batch.epoch = next->take_over().value();
    const auto appended = next->append(batch);
    if (fault == AppendFault::persisted) {
      EXPECT_EQ(appended.error().code, Errc::conflict);
      EXPECT_TRUE(next->command(BatchMaker::command_id(2)).value());
    } else {
      EXPECT_TRUE(appended);
    }
  }
}

}  // namespace
}  // namespace countersign::ledger
