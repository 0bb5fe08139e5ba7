// Tiles (c2sp.org/tlog-tiles) of a log of 70,000 entries in which entry i is the decimal text of i.
// The numbers come from a separate program that follows the recursion of RFC 6962 literally.
#include "ledger/crypto/sha256.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tile.h"
#include "ledger/merkle/tree_hash.h"
#include "ledger/merkle/verify_proof.h"
#include "tests/support/memory_nodes.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

using testing::MemoryNodes;

constexpr TreeSize kSize = 70'000;

struct BigTree {
  std::vector<Hash> leaves;
  MemoryNodes nodes;
};

const BigTree& tree() {
  static const BigTree built = [] {
    std::vector<Hash> leaves;
    for (TreeSize i = 0; i < kSize; ++i) leaves.push_back(hash_leaf(as_bytes(std::to_string(i))));
    MemoryNodes nodes(leaves);
    return BigTree{std::move(leaves), std::move(nodes)};
  }();
  return built;
}

std::string bundle(const TilePath& path) {
  std::string out;
  for (std::uint64_t i = path.begin(); i < path.end(); ++i)
    append_bundle_entry(out, std::to_string(i));
  return out;
}

std::string concatenation_hash(const std::vector<Hash>& path) {
  std::string bytes;
  for (const Hash& hash : path) bytes += as_chars(hash);
  return to_hex(sha256(as_bytes(bytes)));
}

TEST(TileVectors, RootsOfTheBigTree) {
  struct Root {
    TreeSize size;
    const char* base64;
  };
  constexpr Root kRoots[] = {
      {1, "2zQm6HgGjSjSabbIcXIyLOU3K2V1bQeJAB00g19gHAM="},
      {2, "ywCYnZSlacCmeK4EK2Pc1GJduWRAUX83put5duok7Us="},
      {3, "cl1SMNto9VdHDcNfHYhlgTrNfrsHrRUndBQd7LrnEyc="},
      {255, "Mvhbyqh9e80Fco8J6a66NQumovczgwCH8Fl2goSL5cs="},
      {256, "goUV0DPBnYyQHzfsy4rtkZZncDSG+NL/8c9wQDIcXbE="},
      {257, "HtoEmkNR2G92JSvX7At3Rq11t/oDFq1fVB29pFijEsQ="},
      {511, "Xz1p4QI3C+QJEi0RouYF5rZTsHG4tLS9KDP65AZS8R0="},
      {512, "1LIWJJXKYJ3AY5DTU8oMVRB3ZcYJ4CJut0fYkQXcjVU="},
      {65535, "dPE6Dhp1aJNy77mQz2jGZORMdj2TBIRJVbLq/2JOjfE="},
      {65536, "8CXQbtgEhZ/SdKG9rK3W5I6odjSqkeHtsgFD+UmM0Cs="},
      {65537, "3IeVol/UvVKguE9jn9MTm6FggkAj0YjkKOtdsPPOIho="},
      {70000, "Gkzfy2Y3SgwNy+9JrL1JdtE+6GT7PLJB/JQ8rQTwL34="},
  };
  for (const Root& root : kRoots) {
    EXPECT_EQ(to_base64(root_of(root.size, tree().nodes).value()), root.base64) << root.size;
    const auto restored = CompactRange::restore(root.size, tree().nodes);
    ASSERT_TRUE(restored);
    EXPECT_EQ(to_base64(restored->root()), root.base64) << root.size;
  }
  EXPECT_EQ(tree().nodes.range().root(), tree_root(tree().leaves));
}

TEST(TileVectors, BytesOfTilesAndBundles) {
  struct Resource {
    const char* path;
    std::size_t bytes;
    const char* sha256;
  };
  constexpr Resource kResources[] = {
      {"tile/0/000", 8192, "b9704a8bfbee2c61185ceb38904a49f3f703c81e194b5b2ccdc254c2bdaaa62b"},
      {"tile/0/272", 8192, "c2f1c18b351a6cde9fbab7bd56276cb209b7dabaf10512b6fc863db3ef9a76b2"},
      // Confirmed by Python's hashlib and by Go's sumdb/tlog.
      {"tile/0/273.p/112", 3584,
       "4d21244557c976993a9a89bf928a46b5a876585228df279878239fd84489e5a5"},
      {"tile/1/000", 8192, "ea7b038bc73489c89c31a27ac355aaca65a4ed73f0dd7484e68deb29d30f10a2"},
      {"tile/1/001.p/17", 544, "adfaca2731630fe7944a4b98a0f98ef3e98685eafda09e6f81070218fb759ce4"},
      {"tile/2/000.p/1", 32, "f0113c8bad855b49f9a5dd661d50012cd94f19aae87a45eb8334666835e3caea"},
      {"tile/entries/000", 1170,
       "94693d5c6d6a0355ec07bac8214516c1ce6a5100b0588f226fd95f26571157d7"},
      {"tile/entries/273.p/112", 784,
       "36c3ec44895d1b8098dbe8523078d6750bf09e0f12cd64671ebfe165b7647405"},
  };
  for (const Resource& resource : kResources) {
    const auto path = parse_tile_path(resource.path);
    ASSERT_TRUE(path) << resource.path;
    EXPECT_EQ(format_tile_path(*path), resource.path);
    EXPECT_TRUE(tile_exists(*path, kSize)) << resource.path;
    const std::string bytes =
        path->entries ? bundle(*path) : tile_bytes(*path, kSize, tree().nodes).value();
    EXPECT_EQ(bytes.size(), resource.bytes) << resource.path;
    EXPECT_EQ(to_hex(sha256(as_bytes(bytes))), resource.sha256) << resource.path;
  }
}

TEST(TileVectors, BundleOfTheFirstOfficialLeaves) {
  std::string out;
  for (std::string_view entry : {std::string_view(""), std::string_view("\0", 1),
                                 std::string_view("\x10"), std::string_view("\x20\x21")}) {
    append_bundle_entry(out, entry);
  }
  EXPECT_EQ(to_hex(as_bytes(out)),
            "0000000100000110"
            "00022021");
}

TEST(TileVectors, APartialTileNeverGoesUpALevel) {
  const TilePath first_of_level_one{false, 1, 0, 1};
  EXPECT_FALSE(tile_exists(first_of_level_one, 255));
  EXPECT_TRUE(tile_exists(first_of_level_one, 256));
  EXPECT_FALSE(tile_exists({false, 1, 0, 2}, 511));
  EXPECT_FALSE(tile_exists({false, 0, 273, 113}, kSize));
  EXPECT_FALSE(tile_exists({false, 0, 273, 256}, kSize));
  EXPECT_FALSE(tile_bytes({false, 0, 273, 113}, kSize, tree().nodes));
}

TEST(TileVectors, InclusionProofInTheBigTree) {
  const auto path = inclusion_proof(12345, kSize, tree().nodes).value();
  EXPECT_EQ(path.size(), 17u);
  EXPECT_EQ(concatenation_hash(path),
            "15e3537b4677d40e7f98553df49a1f00747bdfcd478b0592c64864516e6b1f91");
  EXPECT_TRUE(
      verify_inclusion(tree().leaves[12345], 12345, kSize, path, tree().nodes.range().root()));
}

TEST(TileVectors, ConsistencyProofInTheBigTree) {
  const auto path = consistency_proof(65537, kSize, tree().nodes).value();
  EXPECT_EQ(path.size(), 15u);
  EXPECT_EQ(concatenation_hash(path),
            "922bd62cffc6d2c4bba42c338b4d76f3fcf1cb8b8dd3114ff0d8dd9dc7847b4f");
  EXPECT_TRUE(verify_consistency(65537, kSize, path, root_of(65537, tree().nodes).value(),
                                 tree().nodes.range().root()));
}

}  // namespace
}  // namespace countersign::ledger
