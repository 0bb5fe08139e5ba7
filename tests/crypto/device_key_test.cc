#include "ledger/crypto/device_key.h"

#include "tests/support/temp_dir.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace countersign::ledger {
namespace {

std::string never_asked() {
  ADD_FAILURE() << "a file without a passphrase was asked for one";
  return {};
}

class DeviceKeys : public ::testing::TestWithParam<KeyAlgorithm> {
 protected:
  std::filesystem::path path(const char* name) const { return directory_.path() / name; }
  bool signs_as(const DeviceKey& key, const std::string& public_key) const {
    const NoteVerifier verifier("log.example/persons/p-1", public_key);
    const SignedNote note{"text\n", {key.sign("log.example/persons/p-1", "text\n")}};
    return static_cast<bool>(open_note(note.serialize(), {&verifier, 1}));
  }

 private:
  testing::TempDir directory_;
};

TEST_P(DeviceKeys, AFileComesBackAsTheSameKey) {
  const DeviceKey key = DeviceKey::generate(GetParam());
  ASSERT_TRUE(key.write(path("plain"), ""));
  ASSERT_TRUE(key.write(path("sealed"), "a passphrase"));
  const auto plain = DeviceKey::read(path("plain"), never_asked);
  const auto sealed = DeviceKey::read(path("sealed"), [] { return "a passphrase"; });
  ASSERT_TRUE(plain && sealed);
  EXPECT_EQ(plain->algorithm(), GetParam());
  EXPECT_EQ(plain->public_key(), key.public_key());
  EXPECT_TRUE(signs_as(*plain, key.public_key()));
  EXPECT_TRUE(signs_as(*sealed, key.public_key()));
  EXPECT_FALSE(signs_as(*sealed, DeviceKey::generate(GetParam()).public_key()));
}

TEST_P(DeviceKeys, AFileIsItsOwnersAloneAndNeverWrittenOver) {
  const DeviceKey key = DeviceKey::generate(GetParam());
  ASSERT_TRUE(key.write(path("key"), ""));
  struct stat status {};
  ASSERT_EQ(::stat(path("key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(DeviceKey::generate(GetParam()).write(path("key"), "").error().code, Errc::conflict);
  EXPECT_EQ(DeviceKey::read(path("key"), never_asked)->public_key(), key.public_key());
  ASSERT_EQ(::chmod(path("key").c_str(), 0644), 0);
  EXPECT_EQ(DeviceKey::read(path("key"), never_asked).error().code, Errc::unauthorized);
}

TEST_P(DeviceKeys, AnotherPassphraseOrAnAlteredFileDoesNotOpen) {
  ASSERT_TRUE(DeviceKey::generate(GetParam()).write(path("sealed"), "a passphrase"));
  EXPECT_EQ(DeviceKey::read(path("sealed"), [] { return "another"; }).error().code,
            Errc::unauthorized);
  EXPECT_EQ(DeviceKey::read(path("none"), never_asked).error().code, Errc::not_found);
  for (const char* bad :
       {"", "countersign-device-key1$ed25519$plain$AAAA\n", "countersign-device-key1$rsa$plain$\n",
        "countersign-device-key1$ed25519\n"}) {
    std::filesystem::remove(path("bad"));
    std::ofstream(path("bad")) << bad;
    ASSERT_EQ(::chmod(path("bad").c_str(), 0600), 0);
    EXPECT_EQ(DeviceKey::read(path("bad"), never_asked).error().code, Errc::malformed) << bad;
  }
}

INSTANTIATE_TEST_SUITE_P(Algorithms, DeviceKeys,
                         ::testing::Values(KeyAlgorithm::ed25519, KeyAlgorithm::sm2_sm3));

}  // namespace
}  // namespace countersign::ledger
