// Files that an earlier version gave out, kept as they were: they verify for ever.
#include "ledger/base/zip_archive.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/cosignature.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"
#include "tools/verify/checkpoint_judge.h"
#include "tools/verify/log_keys_verifier.h"
#include "tools/verify/pack_verifier.h"
#include "tools/verify/verify_file.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::tools {
namespace {

using nlohmann::json;

std::string golden_file(const std::string& name) {
  std::ifstream file(std::string(SOURCE_DIRECTORY) + "/tests/golden/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string golden_key() {
  std::string text = golden_file("vkey");
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

FileReport verified_file(const std::string& bytes, const CosignedBy& cosigned = {}) {
  std::istringstream file(bytes);
  auto report = verify_file(file, golden_key(), nullptr, cosigned);
  EXPECT_TRUE(report) << report.error().detail;
  if (!report) return {};
  EXPECT_FALSE(report->verified.finding) << report->verified.finding->what;
  return std::move(*report);
}

// Why it is refused; empty: it is accepted.
std::string refused(const std::string& bytes, const std::string& key = golden_key()) {
  const auto report = verify_pack_archive(bytes, key);
  if (!report) return report.error().detail;
  const auto& finding = report->pack.verified.finding;
  return finding ? finding->what : std::string();
}

TEST(GoldenFiles, ThePackVerifies) {
  const FileReport report = verified_file(golden_file("pack.zip"));
  ASSERT_TRUE(report.pack_archive);
  EXPECT_EQ(report.pack_archive->kind, "department");
  EXPECT_GT(report.pack_archive->pack.verified.entries, 0u);
  EXPECT_GT(report.pack_archive->pack.sign_offs.size(), 0u);
}

TEST(GoldenFiles, ThePackOfATableVerifies) {
  const FileReport report = verified_file(golden_file("pack_table.zip"));
  ASSERT_TRUE(report.pack_archive);
  EXPECT_EQ(report.pack_archive->kind, "table");
  EXPECT_EQ(report.pack_archive->pack.table, "buildings");
}

// What a sign-off is worth rests on the entry that gave its key to its person.
TEST(GoldenFiles, APackWithoutTheEntriesThatEnrolledItsKeysIsRefused) {
  const auto files =
      ledger::read_zip(golden_file("pack.zip"), {kPackFilesMax, kPackFileBytesMax, kPackBytesMax});
  ASSERT_TRUE(files);
  json pack = json::parse(files->at("evidence.json"));
  const auto whole = verify_pack(pack.dump(), golden_key());
  ASSERT_TRUE(whole) << whole.error().detail;
  EXPECT_FALSE(whole->verified.finding);
  json left = json::array();
  for (const json& one : pack["entries"]) {
    const json header = json::parse(one.at("header").get<std::string>());
    if (header.at("type") != "credential.set" && header.at("type") != "ledger.created") {
      left.push_back(one);
    }
  }
  ASSERT_LT(left.size(), pack["entries"].size());
  pack["entries"] = std::move(left);
  const auto lacking = verify_pack(pack.dump(), golden_key());
  ASSERT_TRUE(lacking) << lacking.error().detail;
  ASSERT_TRUE(lacking->verified.finding);
  EXPECT_EQ(lacking->verified.finding->what,
            "no entry before it in the pack enrols the key of its sign-off");
}

TEST(GoldenFiles, NothingIsChangedInThePackUnnoticed) {
  const auto files =
      ledger::read_zip(golden_file("pack.zip"), {kPackFilesMax, kPackFileBytesMax, kPackBytesMax});
  ASSERT_TRUE(files);
  ASSERT_EQ(refused(ledger::write_zip(*files)), "");
  for (const auto& [name, bytes] : *files) {
    ledger::ArchiveFiles changed = *files;
    char& middle = changed[name][bytes.size() / 2];
    middle = static_cast<char>(middle ^ 1);
    EXPECT_NE(refused(ledger::write_zip(changed)), "") << name;
    changed = *files;
    changed.erase(name);
    const std::string missing = refused(ledger::write_zip(changed));
    EXPECT_NE(missing.find(name), std::string::npos) << missing;
    changed["renamed"] = bytes;
    EXPECT_NE(refused(ledger::write_zip(changed)), "") << name;
  }
  ledger::ArchiveFiles more = *files;
  more["more.txt"] = "";
  EXPECT_EQ(refused(ledger::write_zip(more)),
            "more.txt is there, and the manifest does not name it");
  EXPECT_NE(refused(golden_file("pack.zip"),
                    "ledger.example/teaching-status+d3bceafa+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQ"
                    "SVTG4"),
            "");
}

TEST(GoldenFiles, TheExportVerifies) {
  const VerifyReport report = verified_file(golden_file("export.ndjson")).verified;
  EXPECT_GT(report.entries, 0u);
  EXPECT_EQ(report.sign_offs, 2u);
  EXPECT_EQ(report.sign_offs_withheld, 0u);
}

TEST(GoldenFiles, TheReceiptVerifies) {
  const json receipt = json::parse(golden_file("receipt.json"));
  const auto key = ledger::NoteVerifier::from_vkey(golden_key());
  ASSERT_TRUE(key);
  const std::string header = receipt.at("header").get<std::string>();
  const auto under = ledger::verify_tlog_proof(receipt.at("proof").get<std::string>(),
                                               ledger::hash_leaf(ledger::as_bytes(header)), *key);
  ASSERT_TRUE(under) << under.error().detail;
  EXPECT_EQ(json::parse(header).at("index"), receipt.at("index"));
  EXPECT_FALSE(ledger::verify_tlog_proof(receipt.at("proof").get<std::string>(),
                                         ledger::hash_leaf(ledger::as_bytes(header + " ")), *key));
}

TEST(GoldenFiles, TheCosignedCheckpointVerifies) {
  const std::string note = golden_file("cosigned_checkpoint.txt");
  std::string witness = golden_file("witness.vkey");
  while (witness.ends_with('\n')) witness.pop_back();
  const auto demand = witness_demand({witness}, 1);
  ASSERT_TRUE(demand) << demand.error().detail;
  const auto names = judge_cosignatures(note, *demand);
  ASSERT_TRUE(names) << names.error().detail;
  EXPECT_EQ(names->size(), 1u);
  const auto key = ledger::NoteVerifier::from_vkey(golden_key());
  ASSERT_TRUE(key);
  EXPECT_TRUE(ledger::open_checkpoint(note, *key));
  const auto report = verified_file(golden_file("export.ndjson"), {*demand, note});
  EXPECT_EQ(report.verified.witnesses, *names);
}

// Of a log that replaced its key twice.
TEST(GoldenFiles, TheKeysOfALogLeadToOneAnother) {
  const std::string text = golden_file("log_keys.json");
  const auto listed = json::parse(text).at("keys").get<std::vector<std::string>>();
  ASSERT_EQ(listed.size(), 3u);
  for (const std::string& known : listed) {
    const auto keys = verify_log_keys(text, known);
    ASSERT_TRUE(keys) << keys.error().detail;
    EXPECT_EQ(keys->current().vkey(), listed.back());
  }
  EXPECT_FALSE(verify_log_keys(text, golden_key()));
  for (std::size_t place = 0; place < text.size(); place += 5) {
    std::string changed = text;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    EXPECT_FALSE(verify_log_keys(changed, listed.front())) << place;
  }
}

}  // namespace
}  // namespace countersign::tools
