// Cosignatures and requests to witnesses: our own fixed example over the eight-leaf tree. Its keys
// are test keys: the log's seed is the bytes 00 to 1f, the witness's 20 to 3f.
#include "ledger/crypto/sha256.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/cosignature.h"
#include "ledger/merkle/verify_proof.h"
#include "ledger/witness/add_checkpoint.h"
#include "ledger/witness/origins.h"

#include <initializer_list>
#include <numeric>
#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

constexpr std::string_view kLogVkey =
    "ledger.example/teaching-status+d3bceafa+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
constexpr std::string_view kWitnessVkey =
    "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
constexpr std::string_view kText =
    "ledger.example/teaching-status\n"
    "8\n"
    "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n";
constexpr std::string_view kLogSigned =
    "— ledger.example/teaching-status "
    "07zq+t2BZfrfxr7JHzZjG4bw95aoj3A3z2O+PwEti71BRbz3mGEIAsWfi956ab2Z8MUyu4PqXJ5h/"
    "vCnjLb3rkuVYAw=\n";
constexpr std::string_view kCosigned =
    "— witness.example/w1 "
    "IDJKvgAAAABkGFDL5khWqI7ef9Fu6dQ1dpz4jI+4aXgp2GCGCyMlXzXecAedCaLKsXB+5UkDTdzFr2OANVX/"
    "S4Z/ToG6vwNC+1DjBw==\n";
constexpr std::string_view kRequestHead =
    "old 6\n"
    "DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=\n"
    "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=\n"
    "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=\n";
constexpr std::uint64_t kTime = 1679315147;

Cosigner witness() {
  std::string seed(32, '\0');
  std::iota(seed.begin(), seed.end(), '\x20');
  return Cosigner("witness.example/w1",
                  std::make_shared<const SigningKey>(SigningKey::from_seed(seed).value()));
}

std::string join(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (std::string_view part : parts) out += part;
  return out;
}

std::string whole_note() { return join({kText, "\n", kLogSigned, kCosigned}); }

TEST(CosignatureVectors, CosigningGivesTheLineExactly) {
  EXPECT_EQ(witness().verifier().vkey(), kWitnessVkey);
  EXPECT_EQ(witness().verifier().key_id(), 0x20324abeu);
  const NoteSignature line = witness().cosign(kText, kTime);
  EXPECT_EQ(line.line(), kCosigned);
  EXPECT_EQ(to_hex(as_bytes(line.bytes)),
            "00000000641850cb"
            "e64856a88ede7fd16ee9d435769cf88c8fb8697829d860860b23255f35de7007"
            "9d09a2cab1707ee549034ddcc5af63803555ff4b867f4e81babf0342fb50e307");
  const std::string message = join({"cosignature/v1\ntime 1679315147\n", kText});
  EXPECT_EQ(message.size(), 109u);
  EXPECT_EQ(to_hex(sha256(as_bytes(message))),
            "2a9fee017c59448152a8956e02af4156df2589f5ea14664056dfcd1b3b31ec11");
  EXPECT_EQ(Cosigner::from_skey(witness().skey()).value().verifier().vkey(), kWitnessVkey);
}

TEST(CosignatureVectors, TheNoteCarriesItsWitness) {
  const auto key = CosignatureVerifier::from_vkey(kWitnessVkey);
  ASSERT_TRUE(key);
  const auto note = parse_note(whole_note());
  ASSERT_TRUE(note);
  EXPECT_EQ(key->verify(note->signatures.at(1), note->text).value(), kTime);
  EXPECT_EQ(cosigned_by(*note, {&*key, 1}).value(), std::vector<std::size_t>{0});
  // A log's key is no witness's, and the other way round.
  EXPECT_FALSE(CosignatureVerifier::from_vkey(kLogVkey));
  EXPECT_FALSE(NoteVerifier::from_vkey(kWitnessVkey));
  EXPECT_FALSE(key->verify(note->signatures.at(0), note->text));
}

TEST(CosignatureVectors, EveryFlippedBitFails) {
  const auto key = CosignatureVerifier::from_vkey(kWitnessVkey).value();
  const NoteSignature good = parse_note(whole_note()).value().signatures.at(1);
  for (std::size_t bit = 0; bit < good.bytes.size() * 8; ++bit) {
    NoteSignature bad = good;
    bad.bytes[bit / 8] = static_cast<char>(bad.bytes[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(key.verify(bad, kText)) << bit;
  }
  EXPECT_FALSE(key.verify(good, join({kText, "extension\n"})));
}

TEST(CosignatureVectors, OneKeyUnderTwoNamesIsOneWitness) {
  const auto key = CosignatureVerifier::from_vkey(kWitnessVkey).value();
  const std::vector<CosignatureVerifier> twice{key, key};
  EXPECT_EQ(cosigned_by(parse_note(whole_note()).value(), twice).value().size(), 1u);
}

TEST(CosignatureVectors, TheRequestIsReadAndWrittenExactlyAndItsProofHolds) {
  const std::string request = join({kRequestHead, "\n", kText, "\n", kLogSigned});
  const auto parts = split_add_checkpoint(request);
  ASSERT_TRUE(parts);
  const auto head = parse_add_checkpoint_head(parts->head);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->old_size, 6u);
  EXPECT_EQ(head->proof.size(), 3u);
  EXPECT_EQ(add_checkpoint_request(*head, parts->note), request);
  const auto log = NoteVerifier::from_vkey(kLogVkey);
  ASSERT_TRUE(log);
  EXPECT_TRUE(open_checkpoint(parts->note, *log));
  EXPECT_EQ(origin_id(log->name()),
            "fc31aaf1f473b95e1e7a62933db67abcad688b49593504177d222f713c5ed9c0");
}

}  // namespace
}  // namespace countersign::ledger
