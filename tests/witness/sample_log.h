// A log of a few leaves with a key, its checkpoints and proofs, and a second history of it.
#pragma once

#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tree_hash.h"
#include "ledger/witness/add_checkpoint.h"
#include "tests/support/memory_nodes.h"

#include <memory>
#include <string>
#include <vector>

namespace countersign::testing {

class SampleLog {
 public:
  // `history` tells the leaves apart: two logs of one origin and key with two histories.
  explicit SampleLog(std::string history = "a", std::string origin = "log.example/one",
                     char key = 'k')
      : history_(std::move(history)),
        signer_(std::move(origin), std::make_shared<const ledger::SigningKey>(
                                       *ledger::SigningKey::from_seed(std::string(32, key)))) {}

  ledger::Checkpoint checkpoint(ledger::TreeSize size) const {
    return {signer_.name(), size, ledger::tree_root(leaves(size))};
  }
  std::string note(ledger::TreeSize size) const {
    return signer_.sign(checkpoint(size).text()).serialize();
  }
  std::vector<ledger::Hash> proof(ledger::TreeSize from, ledger::TreeSize to) const {
    return ledger::consistency_proof(from, to, MemoryNodes(leaves(to))).value();
  }
  // The request of an honest log.
  std::string request(ledger::TreeSize from, ledger::TreeSize to) const {
    return ledger::add_checkpoint_request({from, proof(from, to)}, note(to));
  }
  const ledger::NoteSigner& signer() const { return signer_; }
  std::string vkey() const { return signer_.verifier().vkey(); }

 private:
  std::vector<ledger::Hash> leaves(ledger::TreeSize size) const {
    std::vector<ledger::Hash> all;
    for (ledger::TreeSize i = 0; i < size; ++i) {
      all.push_back(ledger::hash_leaf(ledger::as_bytes(history_ + std::to_string(i))));
    }
    return all;
  }

  std::string history_;
  ledger::NoteSigner signer_;
};

}  // namespace countersign::testing
