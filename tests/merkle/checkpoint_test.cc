#include "ledger/merkle/checkpoint.h"

#include "ledger/merkle/tree_hash.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

constexpr const char* kOrigin = "ledger.example/test";
constexpr const char* kRoot = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

NoteSigner signer(const std::string& name, char seed) {
  return {name, std::make_shared<const SigningKey>(
                    std::move(SigningKey::from_seed(std::string(32, seed))).value())};
}

std::string text(const std::string& size, const std::string& root = kRoot) {
  return std::string(kOrigin) + "\n" + size + "\n" + root + "\n";
}

TEST(Checkpoint, ReadsWhatItWrites) {
  for (TreeSize size : {TreeSize{0}, TreeSize{1}, TreeSize{10}, TreeSize{INT64_MAX}}) {
    Checkpoint checkpoint;
    checkpoint.origin = kOrigin;
    checkpoint.tree_size = size;
    checkpoint.root_hash = hash_empty();
    const auto read = parse_checkpoint(checkpoint.text());
    ASSERT_TRUE(read) << size;
    EXPECT_EQ(*read, checkpoint);
  }
}

TEST(Checkpoint, RefusesSizesWrittenInAnyOtherWay) {
  EXPECT_TRUE(parse_checkpoint(text("5")));
  for (const char* size : {"", "05", "00", "+5", "-5", " 5", "5 ", "5\r", "0x5", "5.0",
                           "9223372036854775808", "18446744073709551616"}) {
    EXPECT_FALSE(parse_checkpoint(text(size))) << size;
  }
}

TEST(Checkpoint, RefusesRootsThatAreNotOneCanonicalHash) {
  const std::string good = kRoot;
  for (const std::string& root :
       {std::string(), good.substr(0, 43), good + "=", " " + good, good + "\r",
        good.substr(0, 42) + "V=", std::string("AAAA"), good.substr(0, 42) + "=="}) {
    EXPECT_FALSE(parse_checkpoint(text("5", root))) << root;
  }
}

TEST(Checkpoint, RefusesATextThatIsCutShort) {
  EXPECT_FALSE(parse_checkpoint(""));
  EXPECT_FALSE(parse_checkpoint("\n5\n" + std::string(kRoot) + "\n"));
  EXPECT_FALSE(parse_checkpoint(std::string(kOrigin) + "\n5\n"));
  EXPECT_FALSE(parse_checkpoint(std::string(kOrigin) + "\n5\n" + kRoot));
}

TEST(Checkpoint, PassesOverExtensionLinesUnlessEmpty) {
  EXPECT_TRUE(parse_checkpoint(text("5") + "extension\n"));
  EXPECT_FALSE(parse_checkpoint(text("5") + "\n"));
  EXPECT_FALSE(parse_checkpoint(text("5") + "unfinished"));
}

TEST(Checkpoint, OpensOnlyForTheLogThatSignedIt) {
  const NoteSigner log = signer(kOrigin, 'a');
  const NoteSigner impostor = signer(kOrigin, 'b');
  const std::string note = log.sign(text("5")).serialize();
  EXPECT_TRUE(open_checkpoint(note, log.verifier()));
  EXPECT_EQ(open_checkpoint(note, impostor.verifier()).error().code, Errc::unauthorized);
}

TEST(Checkpoint, OpensOnlyUnderTheOriginThatIsTheKeysName) {
  const NoteSigner other = signer("ledger.example/other", 'a');
  const std::string note = other.sign(text("5")).serialize();
  EXPECT_EQ(open_checkpoint(note, other.verifier()).error().code, Errc::unauthorized);
}

}  // namespace
}  // namespace countersign::ledger
