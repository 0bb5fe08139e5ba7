// Writer: puts orders into a ledger as fast as it takes them: prepared on every core, proposed in
// the order given, many in flight, the next prepared while the ledger writes the ones before. What
// the ledger then holds depends on the orders alone.
//
// Thread safety: one thread.
#pragma once

#include "ledger/ledger.h"
#include "tools/demo/school_base.h"

#include <memory>
#include <variant>
#include <vector>

namespace countersign::tools {

// What somebody asks of the ledger at an instant of its simulated clock.
struct Order {
  ledger::AccountId account;
  ledger::Timestamp at;
  std::variant<ledger::Command, ledger::RowEdits> what;
  bool by_process = false;
};

class Writer {
 public:
  // `ledger` must outlive the writer. `administrator` sets the clock. Command ids follow from
  // `seed`.
  Writer(ledger::Ledger& ledger, ledger::AccountId administrator, std::uint64_t seed);
  ~Writer();

  // Sets the clock to `now`, unless it stands there, and hands the orders to the ledger; returns
  // before they are durable. None of them may touch a row that the call before touched, or that
  // another of them touches. An edit that changes nothing is dropped.
  //   any error or refusal of an order of the call before, or of preparing these
  ledger::Result<void> feed(const std::vector<Order>& orders, ledger::Timestamp now);
  // The same, and waits until they are durable. One answer an order; none of what was dropped.
  ledger::Result<std::vector<std::optional<ledger::Committed>>> commit(
      const std::vector<Order>& orders, ledger::Timestamp now);
  // Waits for all that were fed.
  ledger::Result<void> drain();

 private:
  struct Flight;
  ledger::Result<void> set_clock(ledger::Timestamp now);
  ledger::Result<std::vector<ledger::Prepared>> prepare(const std::vector<Order>& orders);
  ledger::Result<void> propose(std::vector<ledger::Prepared> prepared);
  ledger::Envelope envelope_of(const Order& order);

  ledger::Ledger& ledger_;
  const ledger::AccountId administrator_;
  Random random_;
  ledger::Timestamp clock_{};
  std::shared_ptr<Flight> flight_;
};

}  // namespace countersign::tools
