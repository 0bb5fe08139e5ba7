#include "tests/log/batch_maker.h"

#include "ledger/crypto/sha256.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/tree_hash.h"

#include <gtest/gtest.h>

namespace countersign::ledger {

BatchMaker::BatchMaker(std::uint64_t epoch)
    : epoch_(epoch),
      signer_(kTestOrigin, std::make_shared<const SigningKey>(
                               SigningKey::from_seed(std::string(32, 's')).value())) {}

std::string BatchMaker::header(LeafIndex index) { return "header " + std::to_string(index); }
std::string BatchMaker::payload(LeafIndex index) {
  return "payload " + std::string(index % 7, '\0') + std::to_string(index);
}
std::string BatchMaker::command_id(LeafIndex first) { return "command " + std::to_string(first); }
RowHead BatchMaker::row_head(LeafIndex index) {
  const bool removed = index % 5 == 4;
  return {index, static_cast<std::uint32_t>(index % 3), sha256(as_bytes(header(index))), removed,
          removed ? "" : "{\"n\":\"" + std::to_string(index) + "\"}"};
}

AppendBatch BatchMaker::next(std::size_t entries) {
  AppendBatch batch;
  batch.expected_size = tree_.size();
  batch.epoch = epoch_;
  std::vector<CompactRange::Completed> completed;
  for (std::size_t i = 0; i < entries; ++i) {
    const LeafIndex index = batch.expected_size + i;
    batch.entries.push_back({header(index), payload(index)});
    tree_.append(hash_leaf(as_bytes(header(index))), completed);
    // Ten rows in each of three tables, changed again and again.
    batch.row_heads.push_back({"2020", "table" + std::to_string(index % 3),
                               "row " + std::to_string(index % 10), row_head(index)});
  }
  for (const auto& [id, hash] : completed) batch.nodes.push_back({dense_id(id), hash});
  batch.commands.push_back({command_id(batch.expected_size),
                            sha256(as_bytes(command_id(batch.expected_size))), batch.expected_size,
                            static_cast<std::uint32_t>(entries), tree_.size()});
  batch.checkpoint =
      signer_.sign(Checkpoint{kTestOrigin, tree_.size(), tree_.root()}.text()).serialize();
  return batch;
}

void BatchMaker::append(EventLog& log, std::size_t entries, int batches) {
  for (int i = 0; i < batches; ++i) {
    const auto appended = log.append(next(entries));
    ASSERT_TRUE(appended) << appended.error().detail;
  }
}

}  // namespace countersign::ledger
