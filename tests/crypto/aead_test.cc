#include "ledger/crypto/aead.h"

#include "ledger/base/bytes.h"

#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

const std::string kKey(32, 'k');

TEST(Aead, OpensThePublishedVector) {
  // Test case 16 of "The Galois/Counter Mode of Operation" (McGrew, Viega), AES-256 with context.
  const std::string half = from_hex("feffe9928665731c6d6a8f9467308308").value();
  const std::string text =
      from_hex(
          "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e24"
          "49a6b525b16aedf5aa0de657ba637b39")
          .value();
  const std::string context = from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2").value();
  const std::string box =
      from_hex(
          "cafebabefacedbaddecaf888"
          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10"
          "56828838c5f61e6393ba7a0abcc9f662"
          "76fc6ece0f4e1768cddf8853bb2d551b")
          .value();
  const auto opened = aead_open(half + half, box, context);
  ASSERT_TRUE(opened);
  EXPECT_EQ(*opened, text);
}

TEST(Aead, OneKeySealsAndOpensManyTexts) {
  const AeadKey key(kKey);
  std::string boxes = "kept";
  for (const std::string& text : {std::string("one"), std::string(), std::string(5000, 'x')}) {
    const std::size_t begin = boxes.size();
    key.seal(boxes, text, "place");
    const std::string box = boxes.substr(begin);
    EXPECT_EQ(aead_open(kKey, box, "place").value(), text);
    EXPECT_FALSE(key.open(box, "other"));
    EXPECT_EQ(key.open(box, "place").value(), text);
    EXPECT_EQ(key.open(aead_seal(kKey, text, "place"), "place").value(), text);
    EXPECT_NE(aead_seal(kKey, text, "place"), box);
  }
  EXPECT_TRUE(boxes.starts_with("kept"));
  EXPECT_FALSE(key.open("short", "place"));
}

TEST(Aead, OpensOnlyWholeAndInItsContext) {
  for (const std::string& text : {std::string(), std::string("a"), std::string(5000, 'x')}) {
    const std::string box = aead_seal(kKey, text, "place");
    EXPECT_EQ(box.size(), text.size() + kAeadNonceBytes + kAeadTagBytes);
    EXPECT_EQ(aead_open(kKey, box, "place").value(), text);
    EXPECT_EQ(aead_open(kKey, box, "other").error().code, Errc::unauthorized);
    EXPECT_FALSE(aead_open(std::string(32, 'j'), box, "place"));
    EXPECT_FALSE(aead_open(kKey, box + '\0', "place"));
    for (std::size_t size = 0; size < box.size(); size += 7) {
      EXPECT_FALSE(aead_open(kKey, std::string_view(box).substr(0, size), "place"));
    }
    for (std::size_t at = 0; at < box.size(); at += 3) {
      std::string changed = box;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      EXPECT_FALSE(aead_open(kKey, changed, "place")) << at;
    }
  }
}

TEST(Aead, NeverSealsTwiceAlike) {
  EXPECT_NE(aead_seal(kKey, "text", {}), aead_seal(kKey, "text", {}));
}

}  // namespace
}  // namespace countersign::ledger
