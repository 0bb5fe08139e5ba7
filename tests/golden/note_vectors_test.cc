// Signed notes, checkpoints and receipts: the examples of c2sp.org/signed-note and of Go's
// sumdb/note, and our own fixed checkpoint over the eight-leaf tree. Its keys are test keys: the
// seed is the bytes 00 to 1f.
#include "ledger/crypto/sha256.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

constexpr std::string_view kExampleKey =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view kExample =
    "This is an example message.\n"
    "\n"
    "— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    "\n";

constexpr std::string_view kNeumannSigns =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
constexpr std::string_view kNeumannKey =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view kRootKey =
    "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
constexpr std::string_view kNeumannText =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr std::string_view kNeumannLine =
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
constexpr std::string_view kRootLine =
    "— EnochRoot "
    "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/"
    "5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

constexpr std::string_view kLogSigns =
    "PRIVATE+KEY+ledger.example/teaching-status+d3bceafa+"
    "AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
constexpr std::string_view kLogKey =
    "ledger.example/teaching-status+d3bceafa+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
constexpr std::string_view kCheckpointText =
    "ledger.example/teaching-status\n"
    "8\n"
    "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n";
constexpr std::string_view kLogLine =
    "— ledger.example/teaching-status "
    "07zq+t2BZfrfxr7JHzZjG4bw95aoj3A3z2O+PwEti71BRbz3mGEIAsWfi956ab2Z8MUyu4PqXJ5h/"
    "vCnjLb3rkuVYAw=\n";
// A cosignature of type 0x04, which nobody here knows.
constexpr std::string_view kWitnessLine =
    "— witness.example/w1 "
    "IDJKvgAAAABkGFDL5khWqI7ef9Fu6dQ1dpz4jI+4aXgp2GCGCyMlXzXecAedCaLKsXB+5UkDTdzFr2OANVX/"
    "S4Z/ToG6vwNC+1DjBw==\n";
constexpr std::string_view kProofHead =
    "c2sp.org/tlog-proof@v1\n"
    "index 5\n"
    "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=\n"
    "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=\n"
    "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=\n"
    "\n";

std::string join(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (std::string_view part : parts) out += part;
  return out;
}

std::string checkpoint_note() { return join({kCheckpointText, "\n", kLogLine, kWitnessLine}); }

NoteVerifier verifier(std::string_view vkey) { return NoteVerifier::from_vkey(vkey).value(); }

Hash sixth_leaf() { return hash_leaf(as_bytes("\x40\x41\x42\x43")); }

TEST(NoteVectors, ExampleOfTheSpecificationVerifies) {
  const std::vector<NoteVerifier> known = {verifier(kExampleKey)};
  const auto note = open_note(kExample, known);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->text, "This is an example message.\n");
  EXPECT_EQ(note->signatures.at(0).key_id, 0x530d903a);
  EXPECT_EQ(note->signatures.at(0).bytes.size(), 64u);
  EXPECT_EQ(note->serialize(), kExample);
  EXPECT_EQ(known[0].vkey(), kExampleKey);
}

TEST(NoteVectors, SigningGivesGosSignatureExactly) {
  const auto signer = NoteSigner::from_skey(kNeumannSigns);
  ASSERT_TRUE(signer);
  EXPECT_EQ(signer->verifier().vkey(), kNeumannKey);
  EXPECT_EQ(signer->skey(), kNeumannSigns);
  EXPECT_EQ(signer->sign(std::string(kNeumannText)).serialize(),
            join({kNeumannText, "\n", kNeumannLine}));
}

TEST(NoteVectors, TwoSignaturesOverOneText) {
  const std::string note = join({kNeumannText, "\n", kNeumannLine, kRootLine});
  EXPECT_TRUE(open_note(note, std::vector{verifier(kNeumannKey)}));
  EXPECT_TRUE(open_note(note, std::vector{verifier(kRootKey)}));
  EXPECT_TRUE(open_note(note, std::vector{verifier(kNeumannKey), verifier(kRootKey)}));
  EXPECT_FALSE(open_note(note, std::vector{verifier(kExampleKey)}));
}

TEST(NoteVectors, CheckpointIsWrittenAndSignedExactly) {
  Checkpoint checkpoint;
  checkpoint.origin = "ledger.example/teaching-status";
  checkpoint.tree_size = 8;
  checkpoint.root_hash =
      hash_from_hex("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328").value();
  EXPECT_EQ(checkpoint.text(), kCheckpointText);
  const auto signer = NoteSigner::from_skey(kLogSigns);
  ASSERT_TRUE(signer);
  EXPECT_EQ(signer->verifier().vkey(), kLogKey);
  EXPECT_EQ(signer->sign(checkpoint.text()).serialize(), join({kCheckpointText, "\n", kLogLine}));
}

TEST(NoteVectors, CheckpointOpensAndTheWitnessIsPassedOver) {
  const std::string note = checkpoint_note();
  EXPECT_EQ(to_hex(sha256(as_bytes(kCheckpointText))),
            "520ca4b96c01f3e10ba7509c861d0bbcf941010dc35a50befbd7a69f61beaa6a");
  EXPECT_EQ(to_hex(sha256(as_bytes(note))),
            "252685508a6a3c9dae0e1497a837a3ebba931a38894e82bf93f76637f8c3b3e8");
  const auto opened = open_checkpoint(note, verifier(kLogKey));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->text(), kCheckpointText);
  EXPECT_EQ(parse_checkpoint_note(note).value(), *opened);
}

TEST(NoteVectors, ReceiptIsWrittenExactlyAndVerifies) {
  const std::string text = join({kProofHead, checkpoint_note()});
  const auto proof = parse_tlog_proof(text);
  ASSERT_TRUE(proof);
  EXPECT_EQ(proof->index, 5u);
  EXPECT_EQ(proof->path.size(), 3u);
  EXPECT_EQ(proof->checkpoint, checkpoint_note());
  EXPECT_EQ(proof->text(), text);
  const auto under = verify_tlog_proof(text, sixth_leaf(), verifier(kLogKey));
  ASSERT_TRUE(under);
  EXPECT_EQ(under->tree_size, 8u);
}

TEST(NoteVectors, ReceiptMayCarryAnExtraLine) {
  std::string text = join({kProofHead, checkpoint_note()});
  text.insert(text.find("index"), "extra aGk=\n");
  EXPECT_TRUE(verify_tlog_proof(text, sixth_leaf(), verifier(kLogKey)));
}

}  // namespace
}  // namespace countersign::ledger
