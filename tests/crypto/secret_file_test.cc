#include "ledger/crypto/secret_file.h"

#include "tests/support/temp_dir.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace countersign::ledger {
namespace {

namespace fs = std::filesystem;

class SecretFile : public ::testing::Test {
 protected:
  const countersign::testing::TempDir directory_;
  const fs::path path_ = directory_ / "signing.key";
};

TEST_F(SecretFile, ReadsWhatItWroteAndIsClosedToOthers) {
  const std::string secret("line\n\0more", 10);
  ASSERT_TRUE(write_secret_file(path_, secret));
  EXPECT_EQ(read_secret_file(path_).value(), secret);
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(SecretFile, IsNeverWrittenOver) {
  ASSERT_TRUE(write_secret_file(path_, "first"));
  EXPECT_EQ(write_secret_file(path_, "second").error().code, Errc::conflict);
  EXPECT_EQ(read_secret_file(path_).value(), "first");
}

// Killed as it writes: half a key would be taken for one.
TEST_F(SecretFile, IsThereWholeOrNotAtAll) {
  const auto killed_while_it_writes = [&](auto write) {
    const pid_t child = ::fork();
    if (child == 0) {
      std::signal(SIGXFSZ, SIG_DFL);
      const rlimit none{0, 0};
      ::setrlimit(RLIMIT_FSIZE, &none);
      (void)write().has_value();  // at the first byte the system ends the process
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
  };
  killed_while_it_writes([&] { return write_secret_file(path_, "secret"); });
  EXPECT_FALSE(fs::exists(path_));
  std::ofstream(path_.string() + ".new") << "half";
  ASSERT_TRUE(write_secret_file(path_, "secret")) << "what was left does not stand in the way";
  EXPECT_EQ(read_secret_file(path_).value(), "secret");
  EXPECT_FALSE(fs::exists(path_.string() + ".new"));
  killed_while_it_writes([&] { return replace_secret_file(path_, "another"); });
  EXPECT_EQ(read_secret_file(path_).value(), "secret");
}

TEST_F(SecretFile, IsRefusedWhenOthersMayTouchIt) {
  ASSERT_TRUE(write_secret_file(path_, "secret"));
  for (const fs::perms open : {fs::perms::group_read, fs::perms::group_write,
                               fs::perms::others_read, fs::perms::others_exec}) {
    fs::permissions(path_, fs::perms::owner_read | fs::perms::owner_write | open);
    const auto read = read_secret_file(path_);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Errc::unauthorized);
    EXPECT_NE(read.error().detail.find("chmod 600"), std::string::npos);
  }
  fs::permissions(path_, fs::perms::owner_read);
  EXPECT_TRUE(read_secret_file(path_));
}

TEST_F(SecretFile, IsNotFollowedThroughALink) {
  ASSERT_TRUE(write_secret_file(path_, "secret"));
  fs::create_symlink(path_, directory_ / "link");
  EXPECT_FALSE(read_secret_file(directory_ / "link"));
  EXPECT_FALSE(write_secret_file(directory_ / "link", "other"));
}

TEST_F(SecretFile, SaysWhatIsMissing) {
  EXPECT_EQ(read_secret_file(path_).error().code, Errc::not_found);
  EXPECT_EQ(write_secret_file(directory_ / "absent" / "key", "secret").error().code, Errc::io);
}

TEST_F(SecretFile, MayBeNamedWithoutADirectory) {
  const fs::path before = fs::current_path();
  fs::current_path(directory_.path());
  const auto written = write_secret_file("bare.key", "secret");
  fs::current_path(before);
  ASSERT_TRUE(written) << written.error().detail;
  EXPECT_EQ(read_secret_file(directory_ / "bare.key").value(), "secret");
}

}  // namespace
}  // namespace countersign::ledger
