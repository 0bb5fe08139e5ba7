#include "ledger/log/admission.h"

namespace countersign::ledger {

namespace {

constexpr std::size_t kHeaderBytesMax = 65535;  // what an entry bundle can hold

}  // namespace

Result<void> admit(const AppendBatch& batch, std::uint64_t epoch, TreeSize size) {
  if (epoch == 0 || batch.epoch != epoch) {
    return Error{Errc::fenced, "another writer has taken over the log"};
  }
  if (batch.expected_size != size) {
    return Error{Errc::conflict, "the batch was made for size " +
                                     std::to_string(batch.expected_size) + ", the log has " +
                                     std::to_string(size)};
  }
  const TreeSize end = size + batch.entries.size();
  for (const StoredEntry& entry : batch.entries) CS_ASSERT(entry.header.size() <= kHeaderBytesMax);
  for (const CommandRecord& command : batch.commands) {
    CS_ASSERT(command.first + command.count <= end && command.tree_size <= end);
  }
  for (const StoredRowHead& row : batch.row_heads) CS_ASSERT(row.head.index < end);
  for (const Erasing& one : batch.erased) CS_ASSERT(one.item.entry < size);
  CS_ASSERT(batch.entries.empty() == batch.checkpoint.empty());
  CS_ASSERT(!batch.snapshot || batch.snapshot->size <= end);
  return {};
}

}  // namespace countersign::ledger
