#include "ledger/evidence/evidence_store.h"
#include "tests/support/temp_dir.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace countersign::ledger {
namespace {

namespace fs = std::filesystem;

class EvidenceStoreTest : public ::testing::Test {
 protected:
  EvidenceStore open() {
    auto store = EvidenceStore::open(directory_);
    CS_ASSERT(store.has_value());
    return *store;
  }
  static std::unique_ptr<IncomingFile> incoming(const EvidenceStore& store,
                                                const std::string& content) {
    auto file = IncomingFile::create(store.incoming(), 0, content.size());
    CS_ASSERT(file.has_value());
    CS_ASSERT((*file)->append(as_bytes(content)).has_value());
    (*file)->finish();
    return std::move(*file);
  }
  static Hash keep(EvidenceStore& store, const std::string& content) {
    const auto file = incoming(store, content);
    CS_ASSERT(store.keep(*file).has_value());
    return file->hash();
  }
  fs::path place(const Hash& hash) const {
    return directory_ / to_hex(hash).substr(0, 2) / to_hex(hash);
  }
  static std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static std::size_t files_in(const fs::path& directory) {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
      if (entry.is_regular_file()) ++count;
    }
    return count;
  }
  static unsigned mode_of(const fs::path& path) {
    struct stat status {};
    CS_ASSERT(::lstat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
  }

  countersign::testing::TempDir root_;
  const fs::path directory_ = root_ / "evidence";
};

TEST_F(EvidenceStoreTest, KeepsAFileUnderItsHashForItsOwnerAlone) {
  EvidenceStore store = open();
  const Hash hash = keep(store, "%PDF-1.4 library report");
  EXPECT_EQ(hash, sha256(as_bytes("%PDF-1.4 library report")));
  EXPECT_EQ(content_of(place(hash)), "%PDF-1.4 library report");
  EXPECT_EQ(mode_of(place(hash)), 0600u);
  EXPECT_EQ(mode_of(place(hash).parent_path()), 0700u);
  EXPECT_EQ(mode_of(directory_), 0700u);
  EXPECT_EQ(store.size_of(hash), 23u);

  const auto read = store.read(hash);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->size, 23u);
  EXPECT_EQ(read->media_type.name, "application/pdf");
  std::string part(100, '\0');
  const auto count = read_some(read->file, place(hash), part);
  ASSERT_TRUE(count);
  EXPECT_EQ(part.substr(0, *count), "%PDF-1.4 library report");
}

TEST_F(EvidenceStoreTest, IdenticalContentIsStoredOnce) {
  EvidenceStore store = open();
  const Hash first = keep(store, "the same");
  EXPECT_EQ(keep(store, "the same"), first);
  EXPECT_EQ(files_in(directory_), 1u);
  keep(store, "another");
  EXPECT_EQ(files_in(directory_), 2u);
}

TEST_F(EvidenceStoreTest, WhatIsNotKeptGoes) {
  const EvidenceStore store = open();
  { const auto file = incoming(store, "half of an upload"); }
  EXPECT_EQ(files_in(directory_), 0u);
}

TEST_F(EvidenceStoreTest, LeftoversOfAKilledProcessGoAtTheNextStart) {
  Hash hash{};
  {
    EvidenceStore store = open();
    hash = keep(store, "kept");
    std::ofstream(store.incoming() / "0123") << "cut off";
  }
  EvidenceStore store = open();
  EXPECT_EQ(files_in(store.incoming()), 0u);
  EXPECT_TRUE(store.read(hash));
}

TEST_F(EvidenceStoreTest, OpenedReadOnlyItTouchesNothing) {
  const EvidenceStore writer = open();
  std::ofstream(writer.incoming() / "0123") << "still being written";
  const EvidenceStore beside = EvidenceStore::open_read_only(directory_);
  EXPECT_EQ(files_in(directory_), 1u);
  EXPECT_FALSE(EvidenceStore::open_read_only(root_ / "nowhere").size_of(Hash{}));
  EXPECT_FALSE(fs::exists(root_ / "nowhere"));
}

TEST_F(EvidenceStoreTest, ADamagedFileIsFoundAndHealedByTheSameContent) {
  EvidenceStore store = open();
  const Hash hash = keep(store, "a certificate");
  std::ofstream(place(hash)) << "a certificatE";
  const auto damaged = store.read(hash);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, Errc::corrupt);
  keep(store, "a certificate");
  EXPECT_TRUE(store.read(hash));
}

TEST_F(EvidenceStoreTest, AMissingFileALinkAndAPipeAreNoEvidence) {
  EvidenceStore store = open();
  const Hash hash = keep(store, "a certificate");
  fs::remove(place(hash));
  EXPECT_EQ(store.read(hash).error().code, Errc::not_found);
  std::ofstream(root_ / "elsewhere") << "a certificate";
  fs::create_symlink(root_ / "elsewhere", place(hash));
  EXPECT_EQ(store.read(hash).error().code, Errc::corrupt);
  EXPECT_FALSE(store.size_of(hash));
  fs::remove(place(hash));
  ASSERT_EQ(::mkfifo(place(hash).c_str(), 0600), 0);
  EXPECT_EQ(store.read(hash).error().code, Errc::corrupt);
}

TEST_F(EvidenceStoreTest, TheReserveOfTheDiskStaysFree) {
  const EvidenceStore store = open();
  const auto full = IncomingFile::create(store.incoming(), ~std::uint64_t{0}, 1);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Errc::unavailable);
  const auto announced = IncomingFile::create(store.incoming(), 0, std::uint64_t{1} << 62);
  ASSERT_FALSE(announced);
  EXPECT_EQ(announced.error().code, Errc::unavailable);
  EXPECT_EQ(files_in(directory_), 0u);
}

TEST_F(EvidenceStoreTest, TheCheckNamesWhatIsDamagedAndWhatIsForeign) {
  EvidenceStore store = open();
  const Hash sound = keep(store, "sound");
  const Hash damaged = keep(store, "damaged");
  std::ofstream(place(damaged)) << "x";
  std::ofstream(place(sound).parent_path() / "notes.txt") << "x";
  std::ofstream(directory_ / "readme") << "x";
  const auto check = check_evidence(directory_, {});
  ASSERT_TRUE(check);
  EXPECT_EQ(check->files, 1u);
  EXPECT_EQ(check->bytes, 5u);
  EXPECT_EQ(check->sound, std::vector<Hash>{sound});
  const std::string name = to_hex(damaged);
  EXPECT_EQ(check->damaged, std::vector<std::string>{name.substr(0, 2) + "/" + name});
  EXPECT_EQ(check->foreign.size(), 2u);
  EXPECT_EQ(check_evidence(root_ / "nowhere", {}).error().code, Errc::not_found);
}

TEST_F(EvidenceStoreTest, ACopyHoldsWhatIsSoundAndGrowsWithTheStore) {
  EvidenceStore store = open();
  const Hash first = keep(store, "first");
  const Hash damaged = keep(store, "damaged");
  std::ofstream(place(damaged)) << "x";
  const auto copied = copy_evidence(directory_, root_ / "backup");
  ASSERT_TRUE(copied);
  EXPECT_EQ(copied->files, 1u);
  EXPECT_EQ(copied->damaged.size(), 1u);
  const Hash second = keep(store, "second");
  ASSERT_TRUE(copy_evidence(directory_, root_ / "backup"));
  const EvidenceStore copy = EvidenceStore::open_read_only(root_ / "backup");
  EXPECT_TRUE(copy.read(first));
  EXPECT_TRUE(copy.read(second));
  EXPECT_FALSE(copy.size_of(damaged));
}

}  // namespace
}  // namespace countersign::ledger
