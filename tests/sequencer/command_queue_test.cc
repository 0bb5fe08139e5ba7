// The queue in front of the sequencer: bounded, in order, drained before it ends.
#include "ledger/sequencer/command_queue.h"

#include "tests/ledger/ledger_fixture.h"

namespace countersign::ledger {

class QueueTest : public LedgerFixture {
 protected:
  // Reports `number` when it is completed.
  QueuedCommand command(int number) {
    const std::string id = std::to_string(number);
    return {verified(prepare_row("k" + id, "r" + id, id)),
            [this, number](const Outcome&) { completed_.push_back(number); }};
  }
  static void complete(std::vector<QueuedCommand> commands) {
    for (QueuedCommand& one : commands) one.done(Error{Errc::unavailable, {}});
  }

  std::vector<int> completed_;
};

TEST_F(QueueTest, KeepsTheOrderAndRefusesWhatIsTooMuch) {
  CommandQueue queue(3);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(queue.push(command(i)));
  EXPECT_EQ(queue.push(command(3)).error().code, Errc::overloaded);
  complete(queue.take());
  EXPECT_EQ(completed_, (std::vector{0, 1, 2}));
  EXPECT_TRUE(queue.push(command(4)));
}

TEST_F(QueueTest, IsDrainedAfterItIsClosed) {
  CommandQueue queue(3);
  ASSERT_TRUE(queue.push(command(0)));
  queue.close();
  EXPECT_EQ(queue.push(command(1)).error().code, Errc::unavailable);
  EXPECT_EQ(queue.take().size(), 1u);
  EXPECT_TRUE(queue.take().empty());
}

}  // namespace countersign::ledger
