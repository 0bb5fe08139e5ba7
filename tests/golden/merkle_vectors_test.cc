// The eight-leaf tree of Certificate Transparency (transparency-dev/merkle testonly/constants.go)
// and the proofs of RFC 6962 section 2.1.3.
#include "ledger/merkle/compact_range.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tree_hash.h"
#include "ledger/merkle/verify_proof.h"
#include "tests/support/memory_nodes.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

using testing::MemoryNodes;

struct Leaf {
  const char* input;
  const char* hash;
};

constexpr Leaf kLeaves[] = {
    {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {"00", "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"},
    {"10", "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7"},
    {"2021", "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7"},
    {"3031", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"},
    {"40414243", "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658"},
    {"5051525354555657", "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"},
    {"606162636465666768696a6b6c6d6e6f",
     "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1"},
};

constexpr const char* kRoots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

std::vector<Hash> leaves() {
  std::vector<Hash> out;
  for (const Leaf& leaf : kLeaves) out.push_back(hash_leaf(as_bytes(from_hex(leaf.input).value())));
  return out;
}

std::vector<std::string> hex(const std::vector<Hash>& path) {
  std::vector<std::string> out;
  for (const Hash& hash : path) out.push_back(to_hex(hash));
  return out;
}

using Path = std::vector<std::string>;

TEST(MerkleVectors, LeafHashes) {
  const auto hashes = leaves();
  for (std::size_t i = 0; i < hashes.size(); ++i)
    EXPECT_EQ(to_hex(hashes[i]), kLeaves[i].hash) << i;
}

TEST(MerkleVectors, RootsOfEverySize) {
  const auto hashes = leaves();
  const MemoryNodes nodes(hashes);
  CompactRange range;
  std::vector<CompactRange::Completed> completed;
  EXPECT_EQ(to_hex(hash_empty()), kRoots[0]);
  for (std::size_t size = 0; size <= hashes.size(); ++size) {
    if (size > 0) range.append(hashes[size - 1], completed);
    EXPECT_EQ(to_hex(range.root()), kRoots[size]) << size;
    EXPECT_EQ(to_hex(tree_root({hashes.data(), size})), kRoots[size]) << size;
    EXPECT_EQ(to_hex(root_of(size, nodes).value()), kRoots[size]) << size;
  }
}

TEST(MerkleVectors, InclusionPathOfTheSixthOfEight) {
  const MemoryNodes nodes(leaves());
  const Path expected = {kLeaves[4].hash,
                         "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                         kRoots[4]};
  EXPECT_EQ(hex(inclusion_proof(5, 8, nodes).value()), expected);
}

TEST(MerkleVectors, ConsistencyProofs) {
  const MemoryNodes nodes(leaves());
  const auto proof = [&](TreeSize from, TreeSize to) {
    return hex(consistency_proof(from, to, nodes).value());
  };
  const Path three_to_seven = {kLeaves[2].hash, kLeaves[3].hash, kRoots[2],
                               "837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e"};
  EXPECT_EQ(proof(3, 7), three_to_seven);
  const Path right_half = {"6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"};
  EXPECT_EQ(proof(4, 8), right_half);
  const Path two_to_eight = {"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                             right_half[0]};
  EXPECT_EQ(proof(2, 8), two_to_eight);
  const Path six_to_eight = {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                             kRoots[4]};
  EXPECT_EQ(proof(6, 8), six_to_eight);
}

// RFC 6962 section 2.1.3 names the nodes of its seven-leaf tree by letters:
// a b c d e f j the leaves (g h i their pairs), k and l the two halves.
TEST(MerkleVectors, SevenLeafExampleOfTheRfc) {
  const auto leaf = leaves();
  const MemoryNodes nodes(leaf);
  const std::string a = to_hex(leaf[0]), b = to_hex(leaf[1]), c = to_hex(leaf[2]),
                    d = to_hex(leaf[3]), e = to_hex(leaf[4]), f = to_hex(leaf[5]),
                    j = to_hex(leaf[6]);
  const Hash ab = hash_children(leaf[0], leaf[1]);
  const Hash cd = hash_children(leaf[2], leaf[3]);
  const Hash ef = hash_children(leaf[4], leaf[5]);
  const std::string g = to_hex(ab), h = to_hex(cd), i = to_hex(ef);
  const std::string k = to_hex(hash_children(ab, cd)), l = to_hex(hash_children(ef, leaf[6]));
  const auto inclusion = [&](LeafIndex index) {
    return hex(inclusion_proof(index, 7, nodes).value());
  };
  const auto consistency = [&](TreeSize from) {
    return hex(consistency_proof(from, 7, nodes).value());
  };
  EXPECT_EQ(inclusion(0), (Path{b, h, l}));
  EXPECT_EQ(inclusion(3), (Path{c, g, l}));
  EXPECT_EQ(inclusion(4), (Path{f, j, k}));
  EXPECT_EQ(inclusion(6), (Path{i, k}));
  EXPECT_EQ(consistency(3), (Path{c, d, g, l}));
  EXPECT_EQ(consistency(4), (Path{l}));
  EXPECT_EQ(consistency(6), (Path{i, j, k}));
  EXPECT_EQ(hex(inclusion_proof(1, 7, nodes).value()).front(), a);
  EXPECT_EQ(hex(inclusion_proof(5, 7, nodes).value()).front(), e);
}

// The official vectors refuse a consistency proof from the empty tree, to itself included.
TEST(MerkleVectors, NothingIsConsistentWithTheEmptyTree) {
  const Hash empty = hash_empty();
  EXPECT_FALSE(verify_consistency(0, 0, {}, empty, empty));
  EXPECT_FALSE(verify_consistency(0, 1, {}, empty, leaves()[0]));
}

}  // namespace
}  // namespace countersign::ledger
