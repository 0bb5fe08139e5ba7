#include "ledger/crypto/signed_note.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

NoteSigner signer(const std::string& name, char seed) {
  return {name, std::make_shared<const SigningKey>(
                    std::move(SigningKey::from_seed(std::string(32, seed))).value())};
}

const NoteSigner& alice() {
  static const NoteSigner one = signer("alice.example/key", 'a');
  return one;
}
const NoteSigner& bob() {
  static const NoteSigner one = signer("bob.example/key", 'b');
  return one;
}

std::string note_with(const std::string& text, const std::vector<NoteSignature>& signatures) {
  return SignedNote{text, signatures}.serialize();
}

NoteSignature by(const NoteSigner& one, const std::string& text) {
  return one.sign(text).signatures.at(0);
}

Errc refusal(const std::string& note, const std::vector<NoteVerifier>& known) {
  const auto opened = open_note(note, known);
  EXPECT_FALSE(opened);
  return opened ? Errc::timeout : opened.error().code;
}

TEST(OpenNote, IgnoresUnknownSignatures) {
  const std::string note = note_with("text\n", {by(bob(), "text\n"), by(alice(), "text\n")});
  EXPECT_TRUE(open_note(note, std::vector{alice().verifier()}));
  NoteSignature nonsense = by(bob(), "text\n");
  nonsense.bytes = "nonsense";
  EXPECT_TRUE(open_note(note_with("text\n", {nonsense, by(alice(), "text\n")}),
                        std::vector{alice().verifier()}));
}

TEST(OpenNote, ABadSignatureOfAKnownKeyRejectsTheWholeNote) {
  const std::vector<NoteVerifier> both = {alice().verifier(), bob().verifier()};
  NoteSignature bad = by(bob(), "another text\n");
  EXPECT_EQ(refusal(note_with("text\n", {by(alice(), "text\n"), bad}), both), Errc::unauthorized);
  EXPECT_EQ(refusal(note_with("text\n", {bad, by(alice(), "text\n")}), both), Errc::unauthorized);
  bad.bytes = by(bob(), "text\n").bytes.substr(1);
  EXPECT_EQ(refusal(note_with("text\n", {by(alice(), "text\n"), bad}), both), Errc::unauthorized);
}

TEST(OpenNote, NeedsOneKnownSignature) {
  const std::string note = alice().sign("text\n").serialize();
  EXPECT_EQ(refusal(note, {bob().verifier()}), Errc::unauthorized);
  EXPECT_EQ(refusal(note, {}), Errc::unauthorized);
}

TEST(OpenNote, AnotherKeyUnderTheSameNameIsUnknown) {
  const NoteSigner impostor = signer(alice().name(), 'x');
  EXPECT_EQ(refusal(impostor.sign("text\n").serialize(), {alice().verifier()}), Errc::unauthorized);
}

TEST(OpenNote, FailsAfterAnyFlippedBit) {
  const std::string good = alice().sign("one line\n\nanother\n").serialize();
  const std::vector<NoteVerifier> known = {alice().verifier()};
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ (1u << bit));
      ASSERT_FALSE(open_note(bad, known)) << "byte " << i << " bit " << bit;
    }
  }
}

TEST(ParseNote, SplitsAtTheLastBlankLine) {
  const std::string text = "title\n\nbody\n\n\nend\n";
  const auto parsed = parse_note(alice().sign(text).serialize());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->text, text);
  EXPECT_TRUE(open_note(alice().sign(text).serialize(), std::vector{alice().verifier()}));
}

TEST(ParseNote, RefusesWhatIsNotANote) {
  const std::string good = alice().sign("text\n").serialize();
  const std::string line = good.substr(good.find("\n\n") + 2);
  for (const std::string& bad :
       {std::string(), std::string("text\n"), std::string("text\n\n"),
        good.substr(0, good.size() - 1), good + "\n", good + "x\n", "text\n" + line, "text" + line,
        good + "- alice AAAAAAA=\n", good + "— alice.example/key\n",
        good + "— alice.example/key \n", good + "— alice.example/key AAAA\n",
        good + "— alice.example/key AAAAAA==\n", good + "—  AAAAAAA=\n", good + "— a+b AAAAAAA=\n",
        good + "— a b AAAAAAA=\n", good + "— a\u3000b AAAAAAA=\n", good + "— a\u00a0b AAAAAAA=\n",
        good + "— a AAAAAAB=\n"}) {
    const auto parsed = parse_note(bad);
    EXPECT_FALSE(parsed) << bad;
    if (!parsed) {
      EXPECT_EQ(parsed.error().code, Errc::malformed) << bad;
    }
  }
  EXPECT_TRUE(parse_note(good + "— a AAAAAAA=\n"));
}

TEST(ParseNote, RefusesControlCharactersAndBrokenUtf8) {
  for (char c = 0; c < 0x20; ++c) {
    if (c == '\n') continue;
    EXPECT_FALSE(parse_note(alice().sign(std::string("te") + c + "xt\n").serialize())) << int{c};
  }
  EXPECT_FALSE(parse_note(alice().sign("te\xffxt\n").serialize()));
  EXPECT_FALSE(parse_note(alice().sign("te\xed\xa0\x80xt\n").serialize()));
  EXPECT_TRUE(parse_note(alice().sign("江畔师范学院\n").serialize()));
}

TEST(ParseNote, TakesAHundredSignaturesAndNoMore) {
  const NoteSignature one = by(alice(), "text\n");
  EXPECT_TRUE(parse_note(note_with("text\n", std::vector<NoteSignature>(100, one))));
  EXPECT_EQ(parse_note(note_with("text\n", std::vector<NoteSignature>(101, one))).error().code,
            Errc::malformed);
}

TEST(NoteKeys, ComeBackFromTheirText) {
  const auto verifier = NoteVerifier::from_vkey(alice().verifier().vkey());
  ASSERT_TRUE(verifier);
  EXPECT_EQ(verifier->key_id(), alice().verifier().key_id());
  const auto again = NoteSigner::from_skey(alice().skey());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->sign("text\n").serialize(), alice().sign("text\n").serialize());
}

TEST(NoteKeys, RefuseWhatIsNotAKey) {
  const std::string vkey = alice().verifier().vkey();
  const auto first = vkey.find('+');
  const std::string name = vkey.substr(0, first), rest = vkey.substr(first);
  for (const std::string& bad :
       {std::string(), name, name + "+", rest, vkey + "A", vkey.substr(0, vkey.size() - 4),
        "a b" + rest, "a\u2003b" + rest, "a\nb" + rest, "a\xff" + rest,
        "other.example/key" + rest,           // the key id belongs to another name
        name + "+00000000" + rest.substr(9),  // not this key's id
        name + "+0" + rest.substr(1), name + rest.substr(0, 10) + "BA" + rest.substr(12)}) {
    const auto verifier = NoteVerifier::from_vkey(bad);
    EXPECT_FALSE(verifier) << bad;
  }
  EXPECT_FALSE(NoteSigner::from_skey(vkey));
  EXPECT_FALSE(NoteSigner::from_skey("PRIVATE+KEY+" + vkey));
}

}  // namespace
}  // namespace countersign::ledger
