// Which key of a log signs the checkpoints of which sizes, and what the two sign when one takes over.
#include "ledger/merkle/log_keys.h"

#include <memory>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

constexpr const char* kNameOfKeys = "ledger.example/keys";

NoteSigner key_of(char seed, const std::string& name = kNameOfKeys) {
  return {name, std::make_shared<const SigningKey>(
                    SigningKey::from_seed(std::string(32, seed)).value())};
}

std::string signed_over(const NoteSigner& key, TreeSize size) {
  return key.sign(Checkpoint{key.name(), size, Hash{}}.text()).serialize();
}

std::string both(const NoteSigner& first, const NoteSigner& second, const std::string& text) {
  SignedNote note = first.sign(text);
  note.signatures.push_back(second.sign(text).signatures.front());
  return note.serialize();
}

class LogKeysTest : public ::testing::Test {
 protected:
  // b took over with entry 9, c with entry 20.
  LogKeysTest() : keys_(a_.verifier()) {
    EXPECT_TRUE(keys_.add(b_.verifier(), 9));
    EXPECT_TRUE(keys_.add(c_.verifier(), 20));
  }
  bool opens(const NoteSigner& key, TreeSize size) const {
    return keys_.open(signed_over(key, size)).has_value();
  }

  const NoteSigner a_ = key_of('a');
  const NoteSigner b_ = key_of('b');
  const NoteSigner c_ = key_of('c');
  LogKeys keys_;
};

TEST_F(LogKeysTest, EachSignsInItsTime) {
  for (const TreeSize size : {TreeSize{0}, TreeSize{1}, TreeSize{9}}) EXPECT_TRUE(opens(a_, size)) << size;
  for (const TreeSize size : {TreeSize{11}, TreeSize{15}, TreeSize{20}}) EXPECT_TRUE(opens(b_, size)) << size;
  for (const TreeSize size : {TreeSize{22}, TreeSize{1000}}) EXPECT_TRUE(opens(c_, size)) << size;
  // The checkpoint that ends with the entry is signed by both.
  EXPECT_TRUE(opens(a_, 10) && opens(b_, 10) && opens(b_, 21) && opens(c_, 21));
  EXPECT_EQ(keys_.current().vkey(), c_.verifier().vkey());
}

TEST_F(LogKeysTest, AndNoneOutOfIt) {
  EXPECT_FALSE(opens(a_, 11) || opens(a_, 1000) || opens(a_, 21));
  EXPECT_FALSE(opens(b_, 9) || opens(b_, 22));
  EXPECT_FALSE(opens(c_, 20) || opens(c_, 1));
  EXPECT_FALSE(opens(key_of('d'), 15));
  EXPECT_FALSE(keys_.open("nonsense"));
}

TEST_F(LogKeysTest, ALineOfEitherThatIsWrongIsNotPassedOver) {
  const std::string text = Checkpoint{kNameOfKeys, 10, Hash{}}.text();
  SignedNote note = parse_note(both(a_, b_, text)).value();
  EXPECT_TRUE(keys_.open(note.serialize()));
  note.signatures[1].bytes[5] ^= 1;
  EXPECT_FALSE(keys_.open(note.serialize()));
}

TEST_F(LogKeysTest, KeysFollowOneAnother) {
  EXPECT_EQ(keys_.add(key_of('d', "ledger.example/other").verifier(), 30).error().code,
            Errc::malformed);
  EXPECT_EQ(keys_.add(a_.verifier(), 30).error().code, Errc::malformed);
  EXPECT_EQ(keys_.add(key_of('d').verifier(), 20).error().code, Errc::malformed);
  EXPECT_TRUE(keys_.add(key_of('d').verifier(), 21));
}

TEST_F(LogKeysTest, BothSignExactlyTheStatement) {
  const LogKeyStatement statement{kNameOfKeys, 9, a_.verifier().vkey(), b_.verifier().vkey()};
  EXPECT_TRUE(check_log_key_note(both(a_, b_, statement.text()), statement));
  EXPECT_FALSE(check_log_key_note(a_.sign(statement.text()).serialize(), statement));
  EXPECT_FALSE(check_log_key_note(b_.sign(statement.text()).serialize(), statement));
  EXPECT_FALSE(check_log_key_note(both(a_, b_, statement.text() + "and more\n"), statement));
  LogKeyStatement elsewhere = statement;
  elsewhere.after = 10;
  EXPECT_FALSE(check_log_key_note(both(a_, b_, statement.text()), elsewhere));
  const LogKeyStatement itself{kNameOfKeys, 9, a_.verifier().vkey(), a_.verifier().vkey()};
  EXPECT_FALSE(check_log_key_note(both(a_, a_, itself.text()), itself));
}

}  // namespace
}  // namespace countersign::ledger
