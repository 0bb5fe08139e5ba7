// Row proofs: the golden one verifies for ever; nothing else that looks like it does, and what
// does not hold is named.
#include "ledger/base/canonical_json.h"
#include "ledger/merkle/tree_hash.h"
#include "tests/verify/made_log.h"
#include "tools/verify/row_proof_verifier.h"
#include "tools/verify/verify_file.h"

#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace countersign::tools {
namespace {

using nlohmann::json;
using testing::MadeEntry;
using testing::MadeItem;
using testing::MadeLog;
using testing::row_item;

std::string file_text(const std::string& path) {
  std::ifstream file(std::string(SOURCE_DIRECTORY) + "/" + path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::string& golden() {
  static const std::string text = file_text("tests/golden/row_proof.json");
  return text;
}

std::string key() { return MadeLog().vkey(); }

// Why it is refused; empty: it is accepted.
std::string refusal(const std::string& text, const std::string& trusted = key()) {
  const auto report = verify_row_proof(text, trusted);
  if (!report) return report.error().detail;
  return report->verified.finding ? report->verified.finding->what : std::string();
}
std::string refusal(const json& document) { return refusal(ledger::canonical_text(document)); }

TEST(RowProof, TheGoldenOneIsMadeAndVerifiedAsEver) {
  EXPECT_EQ(ledger::canonical_text(MadeLog().proof()), golden());
  for (const std::string& trusted : {key(), std::string()}) {
    const auto report = verify_row_proof(golden(), trusted);
    ASSERT_TRUE(report) << report.error().detail;
    ASSERT_FALSE(report->verified.finding) << report->verified.finding->what;
    EXPECT_EQ(report->row, MadeLog::kRow);
    EXPECT_TRUE(report->all_changes);
    EXPECT_EQ(report->as_of, 7u);
    ASSERT_EQ(report->changes.size(), 2u);
    EXPECT_EQ(report->changes[0].index, 1u);
    EXPECT_EQ(report->changes[0].value, "在职");
    EXPECT_EQ(report->changes[1].index, 3u);
    EXPECT_EQ(report->changes[1].value, "当年离职");
    ASSERT_TRUE(report->version);
    EXPECT_EQ(report->version->submission, 5u);
  }
}

TEST(RowProof, ShowsNothingOfTheRowsImportedWithIt) {
  for (const char* other : {"100001", "100003", "甲", "丙", "首次导入", "核对后更正"}) {
    EXPECT_EQ(golden().find(other), std::string::npos) << other;
  }
  const MadeLog log;
  for (const std::size_t other : {0u, 1u, 3u}) {
    const auto salt = ledger::to_base64(log.payload(1).items[other].salt);
    EXPECT_EQ(golden().find(salt), std::string::npos) << other;
  }
}

TEST(RowProof, IsToldByItsFormatAmongTheFilesThatAreVerified) {
  std::istringstream file(golden());
  const auto report = verify_file(file, key(), nullptr);
  ASSERT_TRUE(report);
  ASSERT_TRUE(report->row_proof);
  EXPECT_NE(report->text.find("without a gap"), std::string::npos) << report->text;
  EXPECT_NE(report->text.find("not proved: that no other entry changes the row"),
            std::string::npos);
  std::istringstream other(
      "{\"as_of\":7,\"note\":\"{\\\"format\\\":\\\"countersign-row-proof-1\\\"\"}");
  EXPECT_FALSE(is_row_proof(other));
}

TEST(RowProof, OneFlippedBitInAnyByteIsRefused) {
  for (std::size_t i = 0; i < golden().size(); ++i) {
    std::string flipped = golden();
    // Every other one is the bit that makes a letter the other case's.
    flipped[i] = static_cast<char>(flipped[i] ^ (i % 2 == 0 ? 0x20 : 1 << (i / 2 % 8)));
    EXPECT_NE(refusal(flipped), "") << "byte " << i;
  }
  for (std::size_t size = 0; size < golden().size(); size += 7) {
    EXPECT_NE(refusal(golden().substr(0, size)), "") << size;
  }
}

TEST(RowProof, WhatIsAlteredIsNamed) {
  const auto other_hash = std::string(64, '0');
  struct Alteration {
    std::function<void(json&)> alter;
    std::string named;
  };
  const auto change = [](json& proof) -> json& { return proof["row_changes"][1]; };
  const std::vector<Alteration> alterations = {
      {[](json& p) { p["format"] = "countersign-row-proof-2"; }, "not a row proof"},
      {[](json& p) { p["claim"] = "everything"; }, "claims what the format does not know"},
      {[](json& p) { p["claim"] = "one_change"; }, "claims to show one change and shows 2"},
      {[](json& p) { p["seal"] = ""; }, "the proof has a member that the format does not know"},
      {[](json& p) { p.erase("row"); }, "the proof lacks \"row\""},
      {[](json& p) { p["verifier_key"] = "x"; }, "another verifier key than the one trusted"},
      {[](json& p) { p["origin"] = "ledger.example/other"; },
       "the checkpoint is of another origin"},
      {[](json& p) { p["checkpoint"] = "note"; }, "the checkpoint does not verify"},
      {[](json& p) { p["campaign"] = "2019"; }, "its header names another campaign"},
      {[](json& p) { p["table"] = "students"; }, "its header names another table"},
      {[](json& p) { p["row"] = "100003"; }, "its item is not a change of this row"},
      {[](json& p) { p["column"] = "salary"; }, "no change it shows has the column"},
      {[](json& p) { p["row_changes"] = json::array(); }, "it shows no change"},
      {[](json& p) { p["row_changes"].erase(0); }, "it is not the row's first change"},
      {[](json& p) { p["row_changes"].insert(p["row_changes"].begin(), p["row_changes"][0]); },
       "it does not follow the change shown before it"},
      {[](json& p) { std::swap(p["row_changes"][0], p["row_changes"][1]); },
       "it is not the row's first change"},
      {[&](json& p) { change(p).erase("salt"); }, "a change lacks \"salt\""},
      {[&](json& p) { change(p)["index"] = 4; }, "its header is not canonical or names another"},
      {[&](json& p) { change(p)["header"] = p["row_changes"][0]["header"]; },
       "its header is not canonical or names another index"},
      {[&](json& p) {
         json header = json::parse(change(p)["header"].get<std::string>());
         header["actor"]["person"] = "p-0999";
         change(p)["header"] = ledger::canonical_text(header);
       },
       "its header does not stand under the signed checkpoint"},
      {[&](json& p) { change(p)["proof"] = p["row_changes"][0]["proof"]; },
       "its receipt does not read or is of another entry"},
      {[&](json& p) { change(p)["proof"] = change(p)["proof"].get<std::string>() + "\n"; },
       "its receipt leads to another checkpoint"},
      {[&](json& p) {
         json item = json::parse(change(p)["item"].get<std::string>());
         item["cells"]["status"] = "在职";
         change(p)["item"] = ledger::canonical_text(item);
       },
       "its item, salt or path differs from what its header commits to"},
      {[&](json& p) { change(p)["salt"] = p["row_changes"][0]["salt"]; },
       "its item, salt or path differs from what its header commits to"},
      {[&](json& p) { change(p)["salt"] = "AAAA"; }, "its salt does not read"},
      {[&](json& p) { change(p)["item_index"] = 0; }, "its item, salt or path differs"},
      {[&](json& p) { change(p)["item_count"] = 3; }, "it names another number of items"},
      {[&](json& p) { change(p)["item_path"][0] = other_hash; }, "its item, salt or path differs"},
      {[&](json& p) { change(p)["item_path"][0] = "00"; }, "its item's path does not read"},
      {[](json& p) { p["version"]["row_index"] = 0; },
       "the last change does not belong to the content that was submitted"},
      {[&](json& p) { p["version"]["row_path"][0] = other_hash; },
       "the last change does not belong to the content that was submitted"},
      {[](json& p) { p["row_changes"].erase(1); },
       "the last change does not belong to the content that was submitted"},
  };
  for (const auto& [alter, named] : alterations) {
    json proof = MadeLog().proof();
    alter(proof);
    EXPECT_NE(refusal(proof).find(named), std::string::npos) << named << ": " << refusal(proof);
  }
  EXPECT_NE(refusal(golden() + "\n"), "");
}

TEST(RowProof, TheEntryThatDoesNotHoldIsNamed) {
  json proof = MadeLog().proof();
  proof["row_changes"][1]["item_count"] = 3;
  const auto report = verify_row_proof(ledger::canonical_text(proof), key());
  ASSERT_TRUE(report && report->verified.finding);
  EXPECT_EQ(report->verified.finding->index, 3u);
}

// A chain that stops early has no gap, and says no more than that: FORMAT.md.
TEST(RowProof, WithoutItsNewestChangeItProvesTheEarlierOnes) {
  json proof = MadeLog().proof({{1, 2}});
  proof["version"] = nullptr;
  EXPECT_EQ(refusal(proof), "");
}

TEST(RowProof, OneChangeAloneIsAccepted) {
  for (const MadeItem place : {MadeItem{1, 2}, MadeItem{3, 1}}) {
    const auto report =
        verify_row_proof(ledger::canonical_text(MadeLog().proof({place}, false)), key());
    ASSERT_TRUE(report && !report->verified.finding);
    EXPECT_FALSE(report->all_changes);
    EXPECT_NE(row_proof_text(*report, true).find("not proved: what the row said before it"),
              std::string::npos);
  }
}

// What the ledger signed is not what a row's chain must be.
TEST(RowProof, ALedgerThatLiesUnderItsOwnKeyIsRefused) {
  const auto proof_of = [](const std::function<void(std::vector<MadeEntry>&)>& lie) {
    auto entries = MadeLog::entries();
    lie(entries);
    return MadeLog(entries).proof();
  };
  const auto cells = MadeLog::entries()[3].items[1].at("cells");
  using Entries = std::vector<MadeEntry>;
  EXPECT_NE(refusal(proof_of([&](Entries& e) {
              e[3].items[1] = row_item("100002", 2, cells);
            })).find("it does not follow the change shown before it"),
            std::string::npos);
  EXPECT_NE(refusal(proof_of([&](Entries& e) {
              e[3].items[1] = row_item("100002", nullptr, cells);
            })).find("it does not follow the change shown before it"),
            std::string::npos);
  EXPECT_NE(refusal(proof_of([&](Entries& e) {
              e[1].items[2] = row_item("100002", 1, cells);
            })).find("it is not the row's first change"),
            std::string::npos);
  EXPECT_NE(refusal(proof_of([&](Entries& e) {
              e[3].items[1].erase("prev");
            })).find("does not say which change it follows"),
            std::string::npos);
  EXPECT_NE(refusal(proof_of([&](Entries& e) {
              e[3].items[1]["op"] = "keep";
            })).find("does not say what became of the row"),
            std::string::npos);
  EXPECT_NE(refusal(proof_of([&](Entries& e) {
              e[3].items[1]["key"] = "100009";
            })).find("not a change of this row"),
            std::string::npos);
  EXPECT_NE(refusal(proof_of([&](Entries& e) {
              e[3].type = "table.read";
            })).find("not of the type rows.changed"),
            std::string::npos);
  // Removed before it was submitted, and yet in what was submitted.
  EXPECT_NE(refusal(proof_of([&](Entries& e) {
              e[3].items[1] = row_item("100002", 1, nullptr);
            })).find("no version can hold what is shown"),
            std::string::npos);
}

// With an attestation that stands after them, the changes shown are all there were until then.
TEST(RowProof, AnAttestationClosesTheEndOfTheChain) {
  const MadeLog log(MadeLog::attested_entries());
  const std::string text = ledger::canonical_text(log.proof());
  const auto report = verify_row_proof(text, key());
  ASSERT_TRUE(report && !report->verified.finding) << refusal(text);
  ASSERT_TRUE(report->attested);
  EXPECT_EQ(report->attested->entry, 7u);
  EXPECT_EQ(report->attested->at, "2020-10-17T08:30:00.000000Z");
  const std::string told = row_proof_text(*report, true);
  EXPECT_NE(told.find("these are all changes of the row up to entry 7"), std::string::npos) << told;
  EXPECT_EQ(told.find("not proved: that no other entry changes the row"), std::string::npos);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string flipped = text;
    flipped[i] = static_cast<char>(flipped[i] ^ (1 << (i % 8)));
    EXPECT_NE(refusal(flipped), "") << "byte " << i;
  }
  // Whoever takes it off proves what was proved before there were any.
  json without = log.proof();
  without["attested"] = nullptr;
  EXPECT_EQ(refusal(without), "");
  without.erase("attested");
  EXPECT_EQ(refusal(without), "");
}

TEST(RowProof, AnAttestationThatIsNotOfTheseChangesIsRefused) {
  const MadeLog log(MadeLog::attested_entries());
  const auto refused = [](const json& proof, const std::string& why) {
    EXPECT_NE(refusal(proof).find(why), std::string::npos) << why << ": " << refusal(proof);
  };
  const std::string not_last = "the last change shown is not the row's last when the table was";
  json cut_off = log.proof({{1, 2}});
  cut_off["version"] = nullptr;
  refused(cut_off, not_last);
  for (const int place : {0, 2}) {
    json other_row = log.proof();
    other_row["attested"]["row_index"] = place;
    refused(other_row, not_last);
  }
  json altered = log.proof();
  altered["attested"]["row_path"][0] = std::string(64, '0');
  refused(altered, not_last);
  altered = log.proof();
  altered["attested"]["row_path"].push_back(std::string(64, '0'));
  refused(altered, not_last);
  altered = log.proof();
  altered["attested"] = altered["version"];
  refused(altered, "it is not of the type table.attested");
  altered = log.proof();
  altered["version"] = altered["attested"];
  refused(altered, "it is not of the type table.submitted");
  altered = log.proof();
  altered["attested"]["more"] = 1;
  refused(altered, "the attestation has a member that the format does not know");
  altered["attested"] = "yes";
  refused(altered, "\"attested\" of another type");
  json one = log.proof({{3, 1}}, false);
  one["attested"] = log.proof()["attested"];
  refused(one, "it is not of all changes of a row");

  auto entries = MadeLog::entries();
  entries[2] = {"table.attested", "staff_basic", {}, {}, {{1, 1}, {1, 2}, {1, 3}}};
  json early = MadeLog(entries).proof();
  refused(early, "it stands before the last change");
  early = MadeLog(entries).proof({{1, 2}});
  early["version"] = nullptr;
  EXPECT_EQ(refusal(early), "") << "the row's last change by then";
  entries[2].table = "students";
  early = MadeLog(entries).proof({{1, 2}});
  early["version"] = nullptr;
  refused(early, "its header names another table");
}

// No version can hold a row that is gone; an attestation does.
TEST(RowProof, ARemovalIsAttestedAsTheRowsLastChange) {
  auto entries = MadeLog::attested_entries();
  entries[3].items[1] = row_item("100002", 1, nullptr);
  entries[5] = {"table.read", "staff_basic"};
  const auto report = verify_row_proof(ledger::canonical_text(MadeLog(entries).proof()), key());
  ASSERT_TRUE(report && !report->verified.finding) << report->verified.finding->what;
  EXPECT_TRUE(report->changes.back().removed);
  EXPECT_TRUE(report->attested);
}

// The worked example of the page that describes the formats.
TEST(RowProof, TheNumbersOfTheFormatPageAreThese) {
  const std::string page = file_text("ledger/FORMAT.md");
  const MadeLog log;
  const json proof = log.proof();
  const auto stands = [&](const std::string& text) {
    EXPECT_NE(page.find(text), std::string::npos) << text;
  };
  stands(log.vkey());
  const auto& items = log.payload(3).items;
  for (const auto& item : items) {
    stands(item.text);
    stands(ledger::to_hex(item.salt));
    stands(ledger::to_base64(item.salt));
    stands(ledger::to_hex(item.leaf));
  }
  stands(ledger::to_hex(log.payload(3).root));
  stands(log.header(3));
  stands(ledger::to_hex(ledger::hash_leaf(ledger::as_bytes(log.header(3)))));
  stands(json::parse(log.header(5)).at("data").at("version").at("hash").get<std::string>());
  std::istringstream lines(proof["row_changes"][1]["proof"].get<std::string>());
  for (std::string line; std::getline(lines, line);) stands(line);
  stands(proof["version"]["row_path"][0].get<std::string>());
  stands(proof["version"]["row_path"][1].get<std::string>());
}

}  // namespace
}  // namespace countersign::tools
