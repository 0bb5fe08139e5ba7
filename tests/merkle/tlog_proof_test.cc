#include "ledger/merkle/tlog_proof.h"

#include "ledger/merkle/proof.h"
#include "ledger/merkle/tree_hash.h"
#include "tests/support/memory_nodes.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

constexpr const char* kOrigin = "ledger.example/test";
constexpr LeafIndex kIndex = 11;
constexpr TreeSize kSize = 21;

class Receipt : public ::testing::Test {
 protected:
  Receipt() {
    std::vector<Hash> leaves;
    for (TreeSize i = 0; i < kSize; ++i) leaves.push_back(hash_leaf(as_bytes(std::to_string(i))));
    const countersign::testing::MemoryNodes nodes(leaves);
    leaf_ = leaves[kIndex];
    Checkpoint checkpoint;
    checkpoint.origin = kOrigin;
    checkpoint.tree_size = kSize;
    checkpoint.root_hash = nodes.range().root();
    proof_.index = kIndex;
    proof_.path = inclusion_proof(kIndex, kSize, nodes).value();
    proof_.checkpoint = log_.sign(checkpoint.text()).serialize();
  }

  Result<Checkpoint> verify(const std::string& text) const {
    return verify_tlog_proof(text, leaf_, log_.verifier());
  }

  NoteSigner log_{kOrigin, std::make_shared<const SigningKey>(
                               std::move(SigningKey::from_seed(std::string(32, 'k'))).value())};
  Hash leaf_{};
  TlogProof proof_;
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  CS_ASSERT(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST_F(Receipt, Verifies) {
  const auto checkpoint = verify(proof_.text());
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->tree_size, kSize);
}

TEST_F(Receipt, FailsForAnotherEntry) {
  EXPECT_EQ(
      verify_tlog_proof(proof_.text(), hash_leaf(as_bytes("12")), log_.verifier()).error().code,
      Errc::unauthorized);
  proof_.index = kIndex + 1;
  EXPECT_EQ(verify(proof_.text()).error().code, Errc::unauthorized);
}

// Base64 and Ed25519 leave no second spelling, so whatever byte changes, the receipt fails.
TEST_F(Receipt, FailsAfterAnyFlippedBit) {
  const std::string good = proof_.text();
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ (1u << bit));
      ASSERT_FALSE(verify(bad)) << "byte " << i << " bit " << bit;
    }
  }
}

TEST_F(Receipt, FailsWhereverItIsCutShort) {
  const std::string good = proof_.text();
  for (std::size_t length = 0; length < good.size(); ++length) {
    ASSERT_FALSE(verify(good.substr(0, length))) << length;
  }
}

TEST_F(Receipt, RefusesOtherSpellings) {
  const std::string good = proof_.text();
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"@v1", "@v2"},
           {"index 11", "index 011"},
           {"index 11", "index +11"},
           {"index 11", "index -11"},
           {"index 11", "index 11 "},
           {"index 11", "index "},
           {"index 11", "Index 11"},
           {"index 11", "extra !\nindex 11"},
           {"index 11", "extra aGk=\nextra aGk=\nindex 11"},
           {"index 11\n", "index 11\r\n"},
           {"index 11\n", "index 11\nAAAA\n"}}) {
    const auto parsed = parse_tlog_proof(replaced(good, from, to));
    EXPECT_FALSE(parsed) << to;
    if (!parsed) {
      EXPECT_EQ(parsed.error().code, Errc::malformed) << to;
    }
  }
}

TEST_F(Receipt, RefusesAPathLongerThanAnyTree) {
  proof_.path.assign(64, leaf_);
  EXPECT_EQ(parse_tlog_proof(proof_.text()).error().code, Errc::malformed);
}

}  // namespace
}  // namespace countersign::ledger
