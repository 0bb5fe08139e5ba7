#include "ledger/content/pack_statement.h"

#include "ledger/crypto/sha256.h"
#include "ledger/merkle/checkpoint.h"

#include <memory>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

constexpr const char* kOrigin = "ledger.example/teaching-status";

NoteSigner signer(const std::string& name = kOrigin) {
  return NoteSigner(
      name, std::make_shared<SigningKey>(*SigningKey::from_seed(std::string(32, 'k'))));
}

TEST(PackStatement, SaysWhichManifestAndIsReadBack) {
  const Hash manifest = sha256(as_bytes("{}"));
  EXPECT_EQ(pack_statement(kOrigin, manifest),
            "countersign-evidence-pack-1\norigin ledger.example/teaching-status\nmanifest "
            "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\n");
  const auto key = signer();
  const std::string note = key.sign(pack_statement(kOrigin, manifest)).serialize();
  const auto opened = open_pack_statement(note, key.verifier());
  ASSERT_TRUE(opened) << opened.error().detail;
  EXPECT_EQ(*opened, manifest);
  for (std::size_t at = 0; at < note.size(); ++at) {
    std::string flipped = note;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    EXPECT_FALSE(open_pack_statement(flipped, key.verifier())) << at;
  }
}

TEST(PackStatement, IsNoCheckpointAndNoCheckpointIsOne) {
  const auto key = signer();
  const std::string statement = key.sign(pack_statement(kOrigin, {})).serialize();
  EXPECT_FALSE(open_checkpoint(statement, key.verifier()));
  const std::string checkpoint = key.sign(Checkpoint{kOrigin, 7, {}}.text()).serialize();
  ASSERT_TRUE(open_checkpoint(checkpoint, key.verifier()));
  EXPECT_FALSE(open_pack_statement(checkpoint, key.verifier()));
  // Not even of a log that is called like the statement's first line.
  const auto named = signer("countersign-evidence-pack-1");
  const std::string twin =
      named.sign(pack_statement("countersign-evidence-pack-1", {})).serialize();
  ASSERT_TRUE(open_pack_statement(twin, named.verifier()));
  EXPECT_FALSE(open_checkpoint(twin, named.verifier()));
}

TEST(PackStatement, OfAnotherOriginOrWithMoreIsRefused) {
  const auto key = signer();
  for (const std::string& text :
       {pack_statement("ledger.example/other", {}), pack_statement(kOrigin, {}) + "more\n",
        "countersign-evidence-pack-2" + pack_statement(kOrigin, {}).substr(27)}) {
    EXPECT_FALSE(open_pack_statement(key.sign(text).serialize(), key.verifier())) << text;
  }
  const std::string others = signer("ledger.example/other").sign(pack_statement(kOrigin, {})).serialize();
  EXPECT_EQ(open_pack_statement(others, key.verifier()).error().code, Errc::unauthorized);
}

}  // namespace
}  // namespace countersign::ledger
