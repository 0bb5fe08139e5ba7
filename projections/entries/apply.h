#pragma once

#include "projections/step.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace countersign::projections {

// Writes the circumstances of every entry.
// Thread safety: for the projector's thread alone.
class EntryWriter {
 public:
  // `store` must outlive the writer.
  explicit EntryWriter(Database& store);

  // Takes up after the last entry in the store, which belongs to `command`.
  ledger::Result<void> resume(const ledger::CommandId& command);
  ledger::Result<void> apply(const Step& step);

  // What apply() remembers of the entries before, to be put back when a transaction was.
  struct Memory {
    std::optional<ledger::CommandId> command;
    std::uint64_t place = 0;
    ledger::Timestamp latest{};
  };
  const Memory& memory() const { return memory_; }
  void put_back(Memory memory);

 private:
  ledger::Result<std::int64_t> circumstances_of(const Step& step);
  ledger::Result<void> apply_persons(const Step& step);

  Database& store_;
  Query insert_;
  Memory memory_;
  std::string wanted_;
  std::unordered_map<std::string, std::int64_t> known_;  // ids of circumstances
};

// The reason that the list of entries shows of an event; empty: it has none.
std::string reason_of(const ledger::Event& event);

// "open", "filling", "submitted", "approved:<level id>", …; empty without a task.
std::string review_state(const std::optional<TaskBefore>& task,
                         const ledger::CampaignDefinition* definition);

}  // namespace countersign::projections
