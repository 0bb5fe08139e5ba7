#include "ledger/base/zip_archive.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <zip.h>

namespace countersign::ledger {

namespace {

const ArchiveLimits kLimits{100, 1 << 20, 2 << 20};

// Written by the library itself, as a stranger would, so that what write_zip() never writes is read.
class Made {
 public:
  Made() : source_(zip_source_buffer_create(nullptr, 0, 0, nullptr)) {
    zip_source_keep(source_);
    archive_ = zip_open_from_source(source_, ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  }
  ~Made() { zip_source_free(source_); }

  zip_uint64_t add(const std::string& name, const std::string& bytes) {
    texts_.push_back(std::make_unique<std::string>(bytes));
    auto* content = zip_source_buffer(archive_, texts_.back()->data(), bytes.size(), 0);
    return static_cast<zip_uint64_t>(zip_file_add(archive_, name.c_str(), content, 0));
  }
  zip_t* archive() { return archive_; }
  std::string bytes() {
    EXPECT_EQ(zip_close(archive_), 0);
    zip_stat_t stat;
    zip_source_stat(source_, &stat);
    std::string out(stat.size, '\0');
    zip_source_open(source_);
    zip_source_read(source_, out.data(), out.size());
    zip_source_close(source_);
    return out;
  }

 private:
  std::vector<std::unique_ptr<std::string>> texts_;
  zip_source_t* source_;
  zip_t* archive_;
};

std::string refusal(std::string_view bytes, const ArchiveLimits& limits = kLimits) {
  const auto read = read_zip(bytes, limits);
  if (read) return "";
  EXPECT_EQ(read.error().code, Errc::malformed);
  return read.error().detail;
}

// Every occurrence, as a name stands in two places.
std::string with(std::string bytes, const std::string& from, const std::string& to) {
  EXPECT_EQ(from.size(), to.size());
  std::size_t changed = 0;
  for (std::size_t at = 0; (at = bytes.find(from, at)) != std::string::npos; at += to.size()) {
    bytes.replace(at, from.size(), to);
    ++changed;
  }
  EXPECT_EQ(changed, 2u);
  return bytes;
}

}  // namespace

TEST(ZipArchive, WhatIsWrittenIsReadAndAlwaysTheSameBytes) {
  const ArchiveFiles files = {{"manifest.json", "{}"},
                              {"empty.txt", ""},
                              {"signatures/12.txt", std::string(5000, 'x')},
                              {"pages/zh.html", std::string("\0\xff\n", 3)}};
  const std::string bytes = write_zip(files);
  EXPECT_EQ(bytes, write_zip(files));
  const auto read = read_zip(bytes, kLimits);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, files);
}

TEST(ZipArchive, NamesLeadNowhereElse) {
  for (const char* good : {"a", "a/b.txt", "what-happened.zh.html", "signatures/0.txt", "A_b/c/d"}) {
    EXPECT_TRUE(is_archive_name(good)) << good;
  }
  for (const char* bad : {"", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/.b", ".a", "a\\b",
                          "C:a", "a b", "a\n", "\xc3\xa9", "a*"}) {
    EXPECT_FALSE(is_archive_name(bad)) << bad;
  }
  EXPECT_TRUE(is_archive_name(std::string(kArchiveNameBytesMax, 'a')));
  EXPECT_FALSE(is_archive_name(std::string(kArchiveNameBytesMax + 1, 'a')));
}

TEST(ZipArchive, EveryFlippedBitOfAFileIsNoticed) {
  const ArchiveFiles files = {{"a.txt", "what was said"}, {"b.txt", std::string(300, 'y')}};
  const std::string bytes = write_zip(files);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      const auto read = read_zip(flipped, kLimits);
      // Times and attributes mean nothing; whatever else is read has the same bytes, or another
      // name, of which a manifest knows nothing.
      if (!read || *read == files) continue;
      ASSERT_EQ(read->size(), files.size()) << at;
      EXPECT_FALSE(read->contains("a.txt") && read->contains("b.txt")) << at;
    }
  }
}

TEST(ZipArchive, NothingIsCutOffOrHidden) {
  const std::string bytes = write_zip({{"a.txt", "text"}});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(refusal(bytes.substr(0, size)), "") << size;
  }
  EXPECT_NE(refusal(bytes + "x"), "");
  EXPECT_NE(refusal("x" + bytes), "");
  EXPECT_NE(refusal("PK" + bytes), "");
  // Between the file and the directory.
  const auto directory = bytes.find(std::string("PK\x01\x02", 4));
  std::string hidden = bytes;
  hidden.insert(directory, "hidden");
  EXPECT_NE(refusal(hidden), "");
  auto offset = static_cast<unsigned char>(hidden[hidden.size() - 6]);
  hidden[hidden.size() - 6] = static_cast<char>(offset + 6);
  EXPECT_EQ(refusal(hidden), "the archive holds bytes that belong to no file");
  Made commented;
  commented.add("a.txt", "text");
  zip_set_archive_comment(commented.archive(), "hidden", 6);
  EXPECT_NE(refusal(commented.bytes()), "");
  Made noted;
  zip_file_set_comment(noted.archive(), noted.add("a.txt", "text"), "hidden", 6, 0);
  EXPECT_NE(refusal(noted.bytes()), "");
}

TEST(ZipArchive, NamesOfStrangersAreRefused) {
  for (const char* name : {"/etc/a", "../../a", "a/../bc", "a\\\\bcd", "bcd/", "\xe4\xb8\xad.x"}) {
    Made made;
    made.add(name, "text");
    EXPECT_NE(refusal(made.bytes()).find("has a name"), std::string::npos) << name;
  }
}

TEST(ZipArchive, ANameStandsThereOnce) {
  const std::string twice = with(write_zip({{"a.txt", "1"}, {"b.txt", "2"}}), "b.txt", "a.txt");
  EXPECT_NE(refusal(twice).find("twice"), std::string::npos) << refusal(twice);
  // The library takes a name up to its first zero byte.
  const std::string cut =
      with(write_zip({{"a.txt", "1"}}), "a.txt", std::string("a.tx\0", 5));
  EXPECT_NE(refusal(cut), "");
  // The two places where a name stands say different things.
  std::string other = write_zip({{"a.txt", "1"}});
  other[other.find("a.txt")] = 'b';
  EXPECT_NE(refusal(other).find("does not agree"), std::string::npos);
}

TEST(ZipArchive, WhatIsEncryptedOrPackedOtherwiseIsRefused) {
  Made encrypted;
  zip_file_set_encryption(encrypted.archive(), encrypted.add("a.txt", "text"), ZIP_EM_AES_256,
                          "secret");
  EXPECT_NE(refusal(encrypted.bytes()), "");
  Made old;
  zip_file_set_encryption(old.archive(), old.add("a.txt", "text"), ZIP_EM_TRAD_PKWARE, "secret");
  EXPECT_NE(refusal(old.bytes()), "");
  if (zip_compression_method_supported(ZIP_CM_BZIP2, 1) != 0) {
    Made bzip2;
    zip_set_file_compression(bzip2.archive(), bzip2.add("a.txt", std::string(500, 'x')),
                             ZIP_CM_BZIP2, 0);
    EXPECT_NE(refusal(bzip2.bytes()).find("in another way"), std::string::npos);
  }
}

TEST(ZipArchive, AnArchiveDoesNotGrowBeyondItsLimits) {
  const std::string large = write_zip({{"a.txt", std::string(4 << 20, '\0')}});
  EXPECT_LT(large.size(), 10'000u);
  EXPECT_NE(refusal(large).find("too large"), std::string::npos);
  ArchiveFiles several;
  for (const char* name : {"a", "b", "c"}) several[name] = std::string(1 << 20, '\0');
  EXPECT_NE(refusal(write_zip(several)).find("too large when unpacked"), std::string::npos);
  EXPECT_EQ(refusal(write_zip(several), {3, 1 << 20, 3 << 20}), "");
  EXPECT_NE(refusal(write_zip(several), {2, 1 << 20, 3 << 20}).find("too many"), std::string::npos);
}

TEST(ZipArchive, AFileIsAsLargeAsItSays) {
  // The directory and the file's own header say fewer bytes than there are.
  const std::string text(1000, 'x');
  std::string bytes = write_zip({{"a.txt", text}});
  const auto local = bytes.find(std::string("PK\x03\x04", 4)) + 22;
  const auto central = bytes.find(std::string("PK\x01\x02", 4)) + 24;
  for (const auto at : {local, central}) {
    ASSERT_EQ(static_cast<unsigned char>(bytes[at]), 1000 % 256);
    bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) - 1);
  }
  EXPECT_NE(refusal(bytes), "");
}

}  // namespace countersign::ledger
