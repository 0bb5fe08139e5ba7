#include "ledger/crypto/sm2.h"

#include "ledger/crypto/signed_note.h"

#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

// GB/T 32918.5 Appendix A.
constexpr const char* kScalar = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
constexpr const char* kPublicKey =
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
constexpr const char* kSignature =
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";
constexpr std::string_view kMessage = "message digest";
// The same key as a note key, by name, type byte, identifier and point.
constexpr const char* kVkey =
    "ledger.example/teaching-status+f6d9d023+/"
    "2xlZGdlci5leGFtcGxlL3NtMi1zbTMvdjEKBAn53zEeVCGhUN19Fh5LxcZyF5+tGDP8B2uwj/"
    "NW81AgzOpJDOJndaUtxupxjMGqYArtBfvzXghKZjL2By2prRM=";

std::string sm2_bytes(const char* hex) { return from_hex(hex).value(); }

TEST(Sm2, TheSignatureOfTheStandardVerifies) {
  EXPECT_TRUE(verify_sm2(sm2_bytes(kPublicKey), kMessage, sm2_bytes(kSignature)));
  EXPECT_FALSE(verify_sm2(sm2_bytes(kPublicKey), "message Digest", sm2_bytes(kSignature)));
}

TEST(Sm2, ThePrivateNumberOfTheStandardGivesItsPoint) {
  const auto key = Sm2Key::from_scalar(sm2_bytes(kScalar));
  ASSERT_TRUE(key);
  EXPECT_EQ(to_hex(as_bytes(key->public_key())), kPublicKey);
  const std::string signature = key->sign(kMessage);
  EXPECT_EQ(signature.size(), 64u);
  EXPECT_TRUE(verify_sm2(key->public_key(), kMessage, signature));
}

TEST(Sm2, NoOtherSignatureMessageOrKeyVerifies) {
  const Sm2Key key = Sm2Key::generate();
  const std::string signature = key.sign("message");
  ASSERT_TRUE(verify_sm2(key.public_key(), "message", signature));
  EXPECT_EQ(verify_sm2(key.public_key(), "Message", signature).error().code, Errc::unauthorized);
  EXPECT_FALSE(verify_sm2(Sm2Key::generate().public_key(), "message", signature));
  for (std::size_t byte = 0; byte < signature.size(); ++byte) {
    std::string bad = signature;
    bad[byte] = static_cast<char>(bad[byte] ^ 1);
    ASSERT_FALSE(verify_sm2(key.public_key(), "message", bad)) << byte;
  }
}

TEST(Sm2, WhatIsNoKeyOrNoSignatureIsMalformed) {
  const std::string key = sm2_bytes(kPublicKey);
  const std::string signature = sm2_bytes(kSignature);
  std::string off_curve = key;
  off_curve.back() = static_cast<char>(off_curve.back() ^ 1);
  const std::string compressed = "\x03" + key.substr(1);
  for (const std::string& bad : {off_curve, compressed, key.substr(1), std::string(65, '\0')}) {
    const auto verified = verify_sm2(bad, kMessage, signature);
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().code, Errc::malformed);
  }
  EXPECT_FALSE(verify_sm2(key, kMessage, signature.substr(1)));
  EXPECT_FALSE(verify_sm2(key, kMessage, std::string(64, '\0')));
  EXPECT_FALSE(verify_sm2(key, kMessage, std::string(64, '\xff')));
}

TEST(Sm2, APrivateNumberIsWithinTheStandardsRange) {
  const char* const order_less_two =
      "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54121";
  const char* const order_less_one =
      "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122";
  EXPECT_TRUE(Sm2Key::from_scalar(sm2_bytes(order_less_two)));
  EXPECT_FALSE(Sm2Key::from_scalar(sm2_bytes(order_less_one)));
  EXPECT_FALSE(Sm2Key::from_scalar(std::string(32, '\0')));
  EXPECT_FALSE(Sm2Key::from_scalar("short"));
}

TEST(Sm2Notes, AKeysTextFormIsAsPublished) {
  const NoteVerifier verifier("ledger.example/teaching-status", sm2_bytes(kPublicKey));
  EXPECT_EQ(verifier.key_id(), 0xf6d9d023u);
  EXPECT_EQ(verifier.vkey(), kVkey);
  const auto read = NoteVerifier::from_sm2_vkey(kVkey);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->public_key(), sm2_bytes(kPublicKey));
  EXPECT_FALSE(NoteVerifier::from_sm2_vkey("other" + std::string(kVkey)));
}

TEST(Sm2Notes, WhereALogsKeyIsWantedAnSm2KeyIsRefusedAsSuch) {
  const auto read = NoteVerifier::from_vkey(kVkey);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().detail.find("SM2"), std::string::npos);
  const auto signs = NoteSigner::from_skey("PRIVATE+KEY+" + std::string(kVkey));
  ASSERT_FALSE(signs);
  EXPECT_NE(signs.error().detail.find("SM2"), std::string::npos);
}

TEST(Sm2Notes, ALineStandsBesideEd25519AndDisturbsNobody) {
  const Sm2Key second = Sm2Key::generate();
  const NoteSigner log("log.example", std::make_shared<const SigningKey>(SigningKey::generate()));
  const NoteVerifier sm2("log.example", second.public_key());
  SignedNote note = log.sign("text\n");
  note.signatures.push_back({"log.example", sm2.key_id(), second.sign(note.text)});
  const std::string whole = note.serialize();
  EXPECT_TRUE(open_note(whole, {&log.verifier(), 1}));
  EXPECT_TRUE(open_note(whole, {&sm2, 1}));
  note.signatures.back().bytes[7] = static_cast<char>(note.signatures.back().bytes[7] ^ 1);
  EXPECT_TRUE(open_note(note.serialize(), {&log.verifier(), 1})) << "unknown to who knows one key";
  EXPECT_FALSE(open_note(note.serialize(), {&sm2, 1}));
  const NoteVerifier both[] = {log.verifier(), sm2};
  EXPECT_FALSE(open_note(note.serialize(), both)) << "a known key's bad signature";
}

}  // namespace
}  // namespace countersign::ledger
