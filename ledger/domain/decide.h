// decide and evolve: the functional core. Pure: no I/O, clock, thread, crypto or view. The
// sequencer is their only caller on the write path; recovery and tests call the same evolve().
#pragma once

#include "ledger/domain/actor.h"
#include "ledger/domain/commands.h"
#include "ledger/domain/events.h"
#include "ledger/domain/refusal.h"
#include "ledger/domain/state.h"

#include <optional>
#include <variant>
#include <vector>

namespace countersign::ledger {

// An event to be recorded. The first of a decision is caused by the command; the others are its
// consequences and are recorded as the system's.
struct DecidedEvent {
  Event event;
  std::optional<std::size_t> payload;  // which payload of the command it carries; none: no items
  bool consequence = false;
};

struct Decision {
  Actor actor;
  std::vector<DecidedEvent> events;  // at least one
};

// `now` is the instant of sequencing; lateness is judged by envelope.received_at.
std::variant<Decision, Refusal> decide(const State& state, const Command& command,
                                       const Envelope& envelope, Timestamp now);

// Folds one recorded event into the state. Never fails: a recorded event has happened.
// REQUIRES: event.index == state.size.
void evolve(State& state, const RecordedEvent& event);

}  // namespace countersign::ledger
