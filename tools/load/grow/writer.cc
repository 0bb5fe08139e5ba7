#include "tools/load/grow/writer.h"

#include "ledger/crypto/sha256.h"

#include <algorithm>
#include <atomic>
#include <latch>
#include <thread>

namespace countersign::tools {

using ledger::Committed;
using ledger::Errc;
using ledger::Error;
using ledger::Outcome;
using ledger::Prepared;
using ledger::Result;

namespace {

Error refused(const ledger::Refusal& refusal) {
  std::string why = "refused: " + std::string(ledger::to_string(refusal.code));
  for (const auto& [name, value] : refusal.facts) why += " " + name + "=" + value;
  return {Errc::conflict, why};
}

// What prepare() says besides a command that may be proposed.
Error not_prepared(const Prepared& prepared) {
  if (const auto* refusal = std::get_if<ledger::Refusal>(&prepared)) return refused(*refusal);
  if (const auto* rejected = std::get_if<ledger::RowsRejected>(&prepared)) {
    const auto& first = rejected->problems.front().cell;
    return {Errc::malformed, "a row was rejected: " + first.column + " " + first.problem_en};
  }
  return {Errc::conflict, "a row is not as it was, or a command id is used twice"};
}

}  // namespace

// Orders on their way; shared with the ledger's thread until each is answered.
struct Writer::Flight {
  explicit Flight(std::size_t count) : outcomes(count), left(static_cast<std::ptrdiff_t>(count)) {}

  std::vector<std::optional<Outcome>> outcomes;  // by order; none: dropped
  std::latch left;
};

Writer::Writer(ledger::Ledger& ledger, ledger::AccountId administrator, std::uint64_t seed)
    : ledger_(ledger), administrator_(std::move(administrator)), random_(seed) {}

Writer::~Writer() {
  if (flight_) flight_->left.wait();
}

ledger::Envelope Writer::envelope_of(const Order& order) {
  std::string id;
  ledger::append_u64(id, random_());
  ledger::append_u64(id, random_());
  ledger::Envelope envelope;
  envelope.account = order.account;
  envelope.command_id = ledger::CommandId(ledger::to_hex(ledger::as_bytes(id)));
  envelope.correlation_id = envelope.command_id.value.substr(0, 16);
  envelope.received_at = order.at;
  envelope.by_process = order.by_process;
  return envelope;
}

Result<std::vector<Prepared>> Writer::prepare(const std::vector<Order>& orders) {
  const auto directory = ledger_.directory();
  std::vector<ledger::Envelope> envelopes;
  for (const Order& order : orders) envelopes.push_back(envelope_of(order));
  std::vector<std::optional<Result<Prepared>>> made(orders.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < orders.size(); i = next++) {
      const ledger::Hash body = ledger::sha256(ledger::as_bytes(envelopes[i].command_id.value));
      const auto& preparer = ledger_.preparer();
      if (const auto* edits = std::get_if<ledger::RowEdits>(&orders[i].what)) {
        made[i] = preparer.prepare_rows(*directory, envelopes[i], body, *edits);
      } else {
        made[i] = preparer.prepare(*directory, envelopes[i], body,
                                   std::get<ledger::Command>(orders[i].what));
      }
    }
  };
  std::vector<std::thread> others;
  constexpr std::size_t kOrdersOfAThread = 16;
  const std::size_t threads = std::min<std::size_t>(std::thread::hardware_concurrency(),
                                                    orders.size() / kOrdersOfAThread);
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();

  std::vector<Prepared> prepared;
  for (auto& one : made) {
    Result<Prepared>& result = *one;
    if (!result) return result.error();
    prepared.push_back(std::move(*result));
  }
  return prepared;
}

Result<void> Writer::propose(std::vector<Prepared> prepared) {
  auto flight = std::make_shared<Flight>(prepared.size());
  flight_ = flight;
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    if (std::holds_alternative<ledger::NothingChanged>(prepared[i])) {
      flight->left.count_down();
      continue;
    }
    auto* command = std::get_if<ledger::VerifiedCommand>(&prepared[i]);
    auto queued = command == nullptr
                      ? Result<void>(not_prepared(prepared[i]))
                      : ledger_.propose(std::move(*command), [flight, i](Outcome outcome) {
                          flight->outcomes[i] = std::move(outcome);
                          flight->left.count_down();
                        });
    if (!queued) {
      flight->left.count_down(static_cast<std::ptrdiff_t>(prepared.size() - i));
      return queued.error();
    }
  }
  return {};
}

Result<void> Writer::set_clock(ledger::Timestamp now) {
  if (now <= clock_) return {};
  clock_ = now;
  std::vector<Order> orders;
  orders.push_back({administrator_, now, ledger::Command(ledger::AdvanceClock{now})});
  CS_TRY(auto prepared, prepare(orders));
  auto* command = std::get_if<ledger::VerifiedCommand>(&prepared.front());
  if (command == nullptr) return not_prepared(prepared.front());
  const Outcome outcome = ledger_.propose_and_wait(std::move(*command));
  if (const auto* error = std::get_if<Error>(&outcome)) return *error;
  if (const auto* refusal = std::get_if<ledger::Refusal>(&outcome)) return refused(*refusal);
  return {};
}

Result<void> Writer::drain() {
  if (!flight_) return {};
  flight_->left.wait();
  const auto flight = std::move(flight_);
  flight_ = nullptr;
  for (const auto& outcome : flight->outcomes) {
    if (!outcome) continue;
    if (const auto* error = std::get_if<Error>(&*outcome)) return *error;
    if (const auto* refusal = std::get_if<ledger::Refusal>(&*outcome)) return refused(*refusal);
  }
  return {};
}

Result<void> Writer::feed(const std::vector<Order>& orders, ledger::Timestamp now) {
  CS_TRY(auto prepared, prepare(orders));
  CS_CHECK(set_clock(now));
  CS_CHECK(drain());
  return propose(std::move(prepared));
}

Result<std::vector<std::optional<Committed>>> Writer::commit(const std::vector<Order>& orders,
                                                             ledger::Timestamp now) {
  CS_CHECK(drain());
  CS_CHECK(set_clock(now));
  CS_TRY(auto prepared, prepare(orders));
  CS_CHECK(propose(std::move(prepared)));
  const auto flight = flight_;
  CS_CHECK(drain());
  std::vector<std::optional<Committed>> answers;
  for (const auto& outcome : flight->outcomes) {
    answers.push_back(outcome ? std::optional(std::get<Committed>(*outcome)) : std::nullopt);
  }
  return answers;
}

}  // namespace countersign::tools
