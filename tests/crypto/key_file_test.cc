#include "ledger/crypto/key_file.h"

#include "ledger/crypto/secret_file.h"
#include "tests/support/temp_dir.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

namespace fs = std::filesystem;

class KeyFile : public ::testing::Test {
 protected:
  std::string bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  const countersign::testing::TempDir directory_;
  const fs::path path_ = directory_ / "log.key";
};

TEST_F(KeyFile, IsStoredAsItIsWithoutAPassphrase) {
  ASSERT_TRUE(write_key_file(path_, "the key", ""));
  EXPECT_EQ(bytes(), "the key");
  EXPECT_FALSE(is_encrypted_key_file(path_).value());
  EXPECT_EQ(read_key_file(path_, "").value(), "the key");
  EXPECT_EQ(read_key_file(path_, "not needed").value(), "the key");
}

TEST_F(KeyFile, OpensWithItsPassphraseAlone) {
  ASSERT_TRUE(write_key_file(path_, "the key", "correct horse"));
  EXPECT_EQ(bytes().find("the key"), std::string::npos);
  EXPECT_TRUE(is_encrypted_key_file(path_).value());
  EXPECT_EQ(read_key_file(path_, "correct horse").value(), "the key");
  for (const char* const wrong : {"", "correct horse ", "Correct horse"}) {
    const auto read = read_key_file(path_, wrong);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Errc::unauthorized);
    EXPECT_NE(read.error().detail.find(path_.string()), std::string::npos);
    EXPECT_EQ(read.error().detail.find("the key"), std::string::npos);
  }
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(KeyFile, IsReplacedWhole) {
  ASSERT_TRUE(write_key_file(path_, "the key", "old"));
  // What an attempt left that was cut off.
  std::ofstream(path_.string() + ".new") << "half";
  ASSERT_TRUE(replace_key_file(path_, "the key", "new"));
  EXPECT_FALSE(read_key_file(path_, "old"));
  EXPECT_EQ(read_key_file(path_, "new").value(), "the key");
  ASSERT_TRUE(replace_key_file(path_, "the key", ""));
  EXPECT_EQ(bytes(), "the key");
  EXPECT_FALSE(fs::exists(path_.string() + ".new"));
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(KeyFile, PassphraseIsTheFirstLineOfASecretFile) {
  const fs::path file = directory_ / "passphrase";
  EXPECT_EQ(read_key_passphrase(file).error().code, Errc::not_found);
  ASSERT_TRUE(write_secret_file(file, "correct horse\nnot this\n"));
  EXPECT_EQ(read_key_passphrase(file).value(), "correct horse");
  fs::permissions(file, fs::perms::group_read, fs::perm_options::add);
  EXPECT_EQ(read_key_passphrase(file).error().code, Errc::unauthorized);
  ASSERT_TRUE(replace_secret_file(file, "\n"));
  EXPECT_EQ(read_key_passphrase(file).error().code, Errc::malformed);
}

TEST_F(KeyFile, PassphraseComesFromTheEnvironmentOtherwise) {
  ::unsetenv("COUNTERSIGN_KEY_PASSPHRASE");
  EXPECT_EQ(read_key_passphrase({}).value(), "");
  ::setenv("COUNTERSIGN_KEY_PASSPHRASE", "from outside", 1);
  EXPECT_EQ(read_key_passphrase({}).value(), "from outside");
  ASSERT_TRUE(write_secret_file(directory_ / "passphrase", "inside"));
  EXPECT_EQ(read_key_passphrase(directory_ / "passphrase").value(), "inside");
  ::unsetenv("COUNTERSIGN_KEY_PASSPHRASE");
}

}  // namespace
}  // namespace countersign::ledger
