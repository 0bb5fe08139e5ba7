#include "ledger/crypto/ed25519.h"

#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

struct Vector {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};

// RFC 8032 section 7.1, tests 1 to 3.
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
};

std::string bytes(const char* hex) { return from_hex(hex).value(); }

TEST(Ed25519, SpeaksTheVectorsOfRfc8032) {
  for (const Vector& v : kVectors) {
    const auto key = SigningKey::from_seed(bytes(v.seed));
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex(as_bytes(key->public_key())), v.public_key);
    EXPECT_EQ(to_hex(as_bytes(key->sign(bytes(v.message)))), v.signature);
    EXPECT_TRUE(verify_ed25519(bytes(v.public_key), bytes(v.message), bytes(v.signature)));
  }
}

TEST(Ed25519, NoOtherSignatureMessageOrKeyVerifies) {
  const auto key = SigningKey::generate();
  const std::string signature = key.sign("message");
  ASSERT_TRUE(verify_ed25519(key.public_key(), "message", signature));
  EXPECT_FALSE(verify_ed25519(key.public_key(), "Message", signature));
  EXPECT_FALSE(verify_ed25519(SigningKey::generate().public_key(), "message", signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    std::string bad = signature;
    bad[bit / 8] = static_cast<char>(static_cast<unsigned char>(bad[bit / 8]) ^ (1u << (bit % 8)));
    ASSERT_FALSE(verify_ed25519(key.public_key(), "message", bad)) << bit;
  }
}

TEST(Ed25519, WrongLengthsAreMalformed) {
  const auto key = SigningKey::generate();
  const std::string signature = key.sign("message");
  EXPECT_EQ(verify_ed25519(key.public_key().substr(1), "message", signature).error().code,
            Errc::malformed);
  EXPECT_EQ(verify_ed25519(key.public_key(), "message", signature + "x").error().code,
            Errc::malformed);
  EXPECT_FALSE(SigningKey::from_seed(std::string(31, 'x')));
  EXPECT_FALSE(SigningKey::from_seed(std::string(33, 'x')));
}

TEST(Ed25519, AGeneratedKeyComesBackFromItsSeed) {
  const auto key = SigningKey::generate();
  const auto again = SigningKey::from_seed(key.seed());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->public_key(), key.public_key());
  EXPECT_NE(SigningKey::generate().seed(), key.seed());
}

}  // namespace
}  // namespace countersign::ledger
