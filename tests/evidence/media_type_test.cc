#include "ledger/evidence/media_type.h"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

using namespace std::string_literals;

std::string kind(const std::string& head, bool whole = true) {
  const MediaType type = media_type_of(head, whole);
  return (type.refused ? "refused " : "") + type.name;
}

std::string member(const std::string& name) { return "PK\x03\x04" + std::string(26, '\0') + name; }

TEST(MediaType, IsToldFromTheFirstBytes) {
  const std::vector<std::pair<std::string, std::string>> expected{
      {"%PDF-1.7\n%\xe2\xe3", "application/pdf"},
      {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s, "image/png"},
      {"\xff\xd8\xff\xe0\0\x10JFIF"s, "image/jpeg"},
      {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"s, "application/x-ole-storage"},
      {member("readme.txt"), "application/zip"},
      {"PK\x05\x06" + std::string(18, '\0'), "application/zip"},
      {member("[Content_Types].xml") + "…" + member("xl/workbook.xml"),
       "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
      {member("[Content_Types].xml") + "…" + member("word/document.xml"),
       "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
      {"工号,姓名\r\n100001,张三\r\n", "text/csv"},
      {"staff_no;name", "text/csv"},
      {"Minutes, of the meeting\nheld in May\n", "text/plain"},
      {"会议纪要\n", "text/plain"},
      {"\xb9\xa4\xba\xc5,1", "application/octet-stream"},
      {"\x01\x02\x03", "application/octet-stream"},
      {"", "application/octet-stream"},
      {"%PDF", "text/plain"},
  };
  for (const auto& [head, name] : expected) EXPECT_EQ(kind(head), name) << head;
}

TEST(MediaType, ProgramsAndPagesAreRefused) {
  for (const std::string& head :
       {"\x7f"
        "ELF\x02\x01"s,
        "MZ\x90\0\x03"s, "#!/bin/sh\nrm -r /\n"s, "\xca\xfe\xba\xbe\0"s, "\xcf\xfa\xed\xfe"s}) {
    EXPECT_EQ(kind(head), "refused application/x-executable");
  }
  for (const std::string& head :
       {"<html>"s, " \r\n<!DOCTYPE HTML>"s, "\xef\xbb\xbf<Script>alert(1)</script>"s,
        "<?xml version=\"1.0\"?><svg onload=\"x\"/>"s, "<svg xmlns=\"x\">"s, "<!-- a -->"s}) {
    EXPECT_EQ(kind(head), "refused text/html") << head;
  }
  EXPECT_EQ(kind("MZ号文件\n"), "text/plain");
}

TEST(MediaType, ACharacterThatTheHeadCutsInTwoIsNoBinary) {
  const std::string text = "资产";
  for (std::size_t size = 3; size <= text.size(); ++size) {
    EXPECT_EQ(kind(text.substr(0, size), false), "text/plain") << size;
  }
  EXPECT_EQ(kind(text.substr(0, 4), true), "application/octet-stream");
}

}  // namespace
}  // namespace countersign::ledger
