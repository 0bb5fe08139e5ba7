// The export verifier names the first thing that does not hold, whichever of several threads reads
// it.
#include "ledger/merkle/log_keys.h"
#include "ledger/merkle/tree_hash.h"
#include "tests/verify/made_log.h"
#include "tools/verify/export_verifier.h"

#include <functional>
#include <memory>
#include <sstream>

#include <gtest/gtest.h>

namespace countersign::tools {
namespace {

using nlohmann::json;
using testing::MadeEntry;
using testing::MadeLog;

constexpr std::size_t kTileWidth = 256;

std::vector<MadeEntry> many(std::size_t count) {
  std::vector<MadeEntry> entries;
  for (std::size_t i = 0; i < count; ++i) {
    entries.push_back(
        {"rows.changed",
         "staff_basic",
         {testing::row_item("k" + std::to_string(i), nullptr, {{"name", "甲乙丙"}})}});
  }
  return entries;
}

json entry_line(const MadeLog& log, std::size_t index) {
  json items = json::array();
  for (const auto& item : log.payload(index).items)
    items.push_back({{"item", item.text}, {"salt", ledger::to_base64(item.salt)}});
  return {{"header", log.header(index)},
          {"index", index},
          {"items", std::move(items)},
          {"leaf", ledger::to_hex(ledger::hash_leaf(ledger::as_bytes(log.header(index))))}};
}

// The lines of the export of `log`, which has `count` entries.
std::vector<json> lines_of(const MadeLog& log, std::size_t count) {
  std::vector<json> lines{{{"format", "countersign-export-1"},
                           {"origin", "ledger.example/teaching-status"},
                           {"verifier_key", log.vkey()},
                           {"entries", count}}};
  std::vector<ledger::Hash> tile;
  for (std::size_t i = 0; i < count; ++i) {
    lines.push_back(entry_line(log, i));
    tile.push_back(ledger::hash_leaf(ledger::as_bytes(log.header(i))));
    if (tile.size() < kTileWidth && i + 1 < count) continue;
    lines.push_back({{"tile", i / kTileWidth},
                     {"width", tile.size()},
                     {"root", ledger::to_hex(ledger::tree_root(tile))}});
    tile.clear();
  }
  lines.push_back({{"checkpoint", log.checkpoint()}});
  return lines;
}

std::string text_of(const std::vector<json>& lines) {
  std::string text;
  for (const json& line : lines) text += line.dump() + "\n";
  return text;
}

VerifyReport verified(const std::string& text, const std::string& key) {
  std::istringstream file(text);
  auto report = verify_export(file, key, {});
  EXPECT_TRUE(report);
  return report ? *report : VerifyReport{};
}

class ExportTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kEntries = 7;

  // What is found after `damage`.
  VerifyReport::Finding finding(const std::function<void(std::vector<json>&)>& damage) {
    auto lines = lines_;
    damage(lines);
    return verified(text_of(lines), log_.vkey())
        .finding.value_or(VerifyReport::Finding{{}, "none"});
  }

  const MadeLog log_{MadeLog::entries_without_submission()};
  const std::vector<json> lines_ = lines_of(log_, kEntries);
};

TEST_F(ExportTest, AWholeOneVerifies) {
  const auto report = verified(text_of(lines_), log_.vkey());
  EXPECT_FALSE(report.finding);
  EXPECT_EQ(report.entries, kEntries);
  EXPECT_EQ(report.items, 6u);
  EXPECT_EQ(report.withheld, 0u);
}

TEST_F(ExportTest, ItemsMayBeWithheld) {
  auto lines = lines_;
  lines[2]["items"][1] = {{"leaf", ledger::to_hex(log_.payload(1).items[1].leaf)}};
  const auto report = verified(text_of(lines), log_.vkey());
  EXPECT_FALSE(report.finding);
  EXPECT_EQ(report.withheld, 1u);
}

// The export of a log that says this of its table; the sign-off of the submission is withheld. After
// `damage` to its lines.
VerifyReport stated(const std::function<void(std::vector<MadeEntry>&)>& lie,
                    const std::function<void(const MadeLog&, std::vector<json>&)>& damage = {}) {
  auto entries = MadeLog::attested_entries();
  const std::string key = ledger::to_base64(ledger::as_bytes(std::string(32, 'k')));
  entries[0] = {"ledger.created", ""};
  entries[0].data = {{"account", "hr.filler"}, {"public_key", key}};
  entries[5].data = {{"signature", {{"public_key", key}, {"service_held", true}}}};
  entries[5].items = {{{"kind", "sign_off"}, {"note", ""}}};
  lie(entries);
  const MadeLog log(entries);
  auto lines = lines_of(log, entries.size());
  if (entries.size() > 5 && entries[5].type == "table.submitted") {
    lines[6]["items"][0] = {{"leaf", ledger::to_hex(log.payload(5).items[0].leaf)}};
  }
  if (damage) damage(log, lines);
  return verified(text_of(lines), log.vkey());
}

TEST(StatedRows, AreComputedAgainFromTheItems) {
  const auto report = stated([](auto&) {});
  EXPECT_FALSE(report.finding) << report.finding->what;
  EXPECT_EQ(report.statements, 2u);
  EXPECT_EQ(report.statements_unjudged, 0u);
}

TEST(StatedRows, AreNotJudgedWhereAChangeIsWithheld) {
  const auto report = stated([](auto&) {}, [](const MadeLog& log, std::vector<json>& lines) {
    lines[2]["items"][1] = {{"leaf", ledger::to_hex(log.payload(1).items[1].leaf)}};
  });
  EXPECT_FALSE(report.finding) << report.finding->what;
  EXPECT_EQ(report.statements, 0u);
  EXPECT_EQ(report.statements_unjudged, 2u);
}

// A reason stands before the changes, of which the header says how many there are.
TEST(StatedRows, AreJudgedWhereAReasonAloneIsWithheld) {
  for (const unsigned added : {3u, 4u}) {
    const auto report = stated(
        [&](std::vector<MadeEntry>& e) {
          e[1].data = {{"counts", {{"added", added}, {"changed", 0}, {"removed", 0}}}};
        },
        [](const MadeLog& log, std::vector<json>& lines) {
          lines[2]["items"][0] = {{"leaf", ledger::to_hex(log.payload(1).items[0].leaf)}};
        });
    EXPECT_FALSE(report.finding) << report.finding->what;
    EXPECT_EQ(report.statements, added == 3 ? 2u : 0u);
    EXPECT_EQ(report.statements_unjudged, added == 3 ? 0u : 2u);
  }
}

TEST(StatedErasures, AreCountedAndAreOfWhatIsBefore) {
  const auto erasing = [](int entry) {
    return stated([&](std::vector<MadeEntry>& e) {
      e[6] = {"texts.erased", "staff_basic"};
      e[6].items = {{{"kind", "text"}, {"role", "order"}, {"text", "t"}},
                    {{"kind", "erased"}, {"entry", entry}, {"item", 0}, {"leaf", "l"}}};
    });
  };
  EXPECT_FALSE(erasing(5).finding);
  EXPECT_EQ(erasing(5).erased, 1u);
  ASSERT_TRUE(erasing(6).finding);
  EXPECT_EQ(erasing(6).finding->index, 6u);
  EXPECT_EQ(erasing(6).finding->what, "it erases what is not before it");
}

TEST(StatedRows, ThatAreNotWhatTheItemsLeaveAreFound) {
  using Entries = std::vector<MadeEntry>;
  struct Lie {
    std::function<void(Entries&)> lie;
    std::optional<ledger::LeafIndex> index;
    std::string what;
  };
  const std::string attests = "it attests other last changes of the table's rows";
  const std::string submits = "it submits other rows than the items before it leave";
  for (const Lie& one : std::vector<Lie>{
           // An earlier change of a row in place of its last; a row left out; one too many.
           {[](Entries& e) { e[7].attested = {{1, 1}, {1, 2}, {1, 3}}; }, 7, attests},
           {[](Entries& e) { e[7].attested = {{1, 1}, {1, 3}}; }, 7, attests},
           {[](Entries& e) { e[7].attested = {{1, 1}, {3, 1}, {3, 1}, {1, 3}}; }, 7, attests},
           {[](Entries& e) { e[7].attested = {{3, 1}, {1, 1}, {1, 3}}; }, 7, attests},
           {[](Entries& e) { e[7].table = "students"; }, 7, attests},
           {[](Entries& e) { e[5].version = {{1, 1}, {1, 2}, {1, 3}}; }, 5, submits},
           {[](Entries& e) { e[7].attested.clear(); }, 7, "does not read"},
           {[](Entries& e) { e[3].items[1].erase("key"); }, 3, "does not read"},
           {[](Entries& e) { e[3].items[1]["op"] = "keep"; }, 3, "does not read"},
           {[](Entries& e) { e[3].items[1]["prev"] = "1"; }, 3, "does not read"},
           {[](Entries& e) { e[3].items[1]["key"] = 7; }, 3, "does not read"},
           {[](Entries& e) { e[3].items[1]["more"] = 7; }, 3, "does not read"},
           {[](Entries& e) { e[3].items[1]["table"] = "students"; }, 3, "does not read"},
           {[](Entries& e) { e[3].items[1]["prev"] = nullptr; }, 3, "does not follow the one before"},
           {[](Entries& e) { e[3].items[1]["prev"] = 0; }, 3, "does not follow the one before"},
           {[](Entries& e) { e[1].items[1]["prev"] = 0; }, 1, "does not follow the one before"},
           {[](Entries& e) { e[1].items[3]["key"] = "100002"; }, 1, "does not follow the one before"},
           // A removal counts for an attestation, and not for a submission.
           {[](Entries& e) { e[3].items[1] = testing::row_item("100002", 1, nullptr); }, 5, submits},
           {[](Entries& e) {
              e[3].items[1] = testing::row_item("100002", 1, nullptr);
              e[5].version = {{1, 1}, {1, 3}};
            },
            std::nullopt, ""}}) {
    const auto report = stated(one.lie);
    ASSERT_EQ(report.finding.has_value(), one.index.has_value()) << one.what;
    if (!one.index) continue;
    EXPECT_EQ(report.finding->index, one.index) << report.finding->what;
    EXPECT_NE(report.finding->what.find(one.what), std::string::npos) << report.finding->what;
  }
}

// Keys are sorted by their bytes, not by how JSON writes them.
TEST(StatedRows, AreSortedByTheBytesOfTheirKeys) {
  const auto report = stated([](std::vector<MadeEntry>& e) {
    const char* const keys[] = {"a\"", "a#", "a\x01", "一", "b\\"};
    e[3].items.clear();
    for (const char* key : keys) {
      e[3].items.push_back(testing::row_item(key, nullptr, {{"name", "x"}}));
    }
    e[5] = {"table.read", "staff_basic"};
    e[7].attested = {{1, 1}, {1, 2}, {1, 3}, {3, 2}, {3, 0}, {3, 1}, {3, 4}, {3, 3}};
  });
  EXPECT_FALSE(report.finding) << report.finding->what;
  EXPECT_EQ(report.statements, 1u);
}

TEST_F(ExportTest, NamesTheFirstThingThatDoesNotHold) {
  struct Case {
    std::function<void(std::vector<json>&)> damage;
    std::optional<ledger::LeafIndex> index;
    std::string what;
  };
  const std::string zeros(64, '0');
  for (const Case& one : std::vector<Case>{
           {[](auto& l) { l[2]["items"][1]["item"] = "{}"; }, 1, "an item or a salt differs"},
           {[](auto& l) { l[2]["items"][1]["salt"] = "AAAAAAAAAAAAAAAAAAAAAA=="; }, 1,
            "an item or a salt differs"},
           {[](auto& l) { l[2]["items"][1]["salt"] = "AAAA"; }, 1, "item 1 has a salt"},
           {[](auto& l) {
              l[2]["items"][1] = {{"leaf", "00"}};
            },
            1, "item 1 has a leaf"},
           {[](auto& l) { l[2]["items"].erase(0); }, 1, "another number of items"},
           {[&](auto& l) { l[4]["leaf"] = zeros; }, 3, "does not hash to its leaf"},
           {[](auto& l) { l[4]["leaf"] = 7; }, 3, "another type"},
           {[](auto& l) { l[4]["more"] = 7; }, 3, "another type"},
           {[](auto& l) { l[4].erase("items"); }, 3, "no known kind"},
           {[](auto& l) { l.erase(l.begin() + 4); }, 3, "entry 4 stands in its place"},
           {[](auto& l) { std::swap(l[4], l[5]); }, 3, "entry 4 stands in its place"},
           {[](auto& l) { l.insert(l.begin() + 4, l[3]); }, 3, "entry 2 stands in its place"},
           {[&](auto& l) { l[8]["root"] = zeros; }, 0, "do not hash to their tile"},
           {[](auto& l) { l[8]["tile"] = 1; }, 0, "do not hash to their tile"},
           {[](auto& l) { l[8]["width"] = 6; }, 0, "do not hash to their tile"},
           {[](auto& l) { l[0]["origin"] = "elsewhere"; }, 0, "names another origin"},
           {[](auto& l) { l[0]["entries"] = 8; }, 7, "says that it holds 8"},
           {[](auto& l) { l.push_back(l[9]); }, std::nullopt, "after the checkpoint"},
           {[](auto& l) { l.pop_back(); }, std::nullopt, "ends without its checkpoint"},
           {[](auto& l) { l.resize(6); }, 5, "2 entries are missing"},
           {[](auto& l) { l[9]["checkpoint"] = "no note"; }, std::nullopt, "does not verify"}}) {
    const auto found = finding(one.damage);
    EXPECT_EQ(found.index, one.index) << one.what << ": " << found.what;
    EXPECT_NE(found.what.find(one.what), std::string::npos) << one.what << ": " << found.what;
  }
}

TEST_F(ExportTest, NoBitOfAnEntryCanBeChanged) {
  const std::string whole = text_of(lines_);
  const std::size_t first = whole.find('\n') + 1;
  for (std::size_t at = first; at < whole.size(); ++at) {
    std::string text = whole;
    text[at] = static_cast<char>(text[at] ^ 1);
    const auto report = verified(text, log_.vkey());
    EXPECT_TRUE(report.finding) << at << ": " << text.substr(at > 20 ? at - 20 : 0, 40);
  }
}

TEST_F(ExportTest, ACheckpointOrReceiptThatSomebodyKeptIsOfItsPast) {
  const auto with = [this](const std::string& kept) {
    std::istringstream file(text_of(lines_));
    return verify_export(file, log_.vkey(), {}, {{}, kept}).value();
  };
  auto entries = MadeLog::entries_without_submission();
  const auto kept_of = [](const std::vector<MadeEntry>& made) { return MadeLog(made).checkpoint(); };
  entries.resize(3);
  const std::string earlier = kept_of(entries);
  EXPECT_EQ(with(earlier).cosigned, 3u);
  EXPECT_FALSE(with(earlier).finding);
  const std::string proof = "c2sp.org/tlog-proof@v1\nindex 2\n\n" + earlier;
  EXPECT_EQ(with(proof).cosigned, 3u);
  EXPECT_EQ(with(json{{"index", 2}, {"header", ""}, {"proof", proof}}.dump()).cosigned, 3u);

  entries[1].table = "another";
  ASSERT_TRUE(with(kept_of(entries)).finding);
  EXPECT_NE(with(kept_of(entries)).finding->what.find("another history"), std::string::npos);
  // A log that was cut off is a past of nothing that it gave out since.
  auto more = MadeLog::entries_without_submission();
  more.push_back(more.back());
  ASSERT_TRUE(with(kept_of(more)).finding);
  EXPECT_NE(with(kept_of(more)).finding->what.find("more than the file holds"), std::string::npos);
  EXPECT_TRUE(with("{}").finding);
}

// What was given and is empty, as a copy that was cut off, is no checkpoint; it is not none.
TEST_F(ExportTest, AnEmptyOrCutOffCheckpointIsNotOneThatWasNotGiven) {
  const auto with = [this](const std::optional<std::string>& kept) {
    std::istringstream file(text_of(lines_));
    return verify_export(file, log_.vkey(), {}, {{}, kept}).value();
  };
  EXPECT_FALSE(with(std::nullopt).finding);
  for (const std::string kept : {"", "\n", "c2sp.org/tlog-proof@v1\nindex 2\n\n", "old 3\n\n",
                                 R"({"index":2,"header":"","proof":""})",
                                 R"({"index":2,"proof":"c2sp.org/tlog-proof@v1\nindex 2\n\n"})"}) {
    ASSERT_TRUE(with(kept).finding) << kept;
    EXPECT_EQ(with(kept).finding->what.find("the checkpoint given: "), 0u) << kept;
    EXPECT_EQ(with(kept).cosigned, 0u);
  }
}

// Several blocks, judged by several threads; the first fault is the one that is named.
TEST(LongExport, IsJudgedInOrder) {
  constexpr std::size_t kMany = 6000;
  const MadeLog log(many(kMany));
  const auto lines = lines_of(log, kMany);
  ASSERT_GT(text_of(lines).size(), 3u << 20);
  EXPECT_FALSE(verified(text_of(lines), log.vkey()).finding);
  for (const std::size_t at : {5900u, 3000u, 2u}) {
    auto damaged = lines;
    for (std::size_t i = at; i < damaged.size(); i += 700) {
      if (damaged[i].contains("index")) damaged[i]["items"][0]["item"] = "{}";
    }
    const auto found = verified(text_of(damaged), log.vkey()).finding;
    ASSERT_TRUE(found);
    EXPECT_EQ(found->index, damaged[at].at("index").get<ledger::LeafIndex>());
  }
}

// One line is longer than a block.
TEST(LongExport, ALineMayBeOfAnyLength) {
  std::vector<MadeEntry> entries = many(3);
  entries[1].items[0]["cells"]["name"] = std::string(5 << 20, 'x');
  const MadeLog log(entries);
  const auto report = verified(text_of(lines_of(log, 3)), log.vkey());
  EXPECT_FALSE(report.finding);
  EXPECT_EQ(report.items, 3u);
}

// An export of three entries, the second of which puts the log's key in the place of another.
class ReplacedKeyTest : public ::testing::Test {
 protected:
  static constexpr const char* kOriginOfLog = "ledger.example/teaching-status";

  ReplacedKeyTest()
      : old_(kOriginOfLog, std::make_shared<const ledger::SigningKey>(
                               ledger::SigningKey::from_seed(std::string(32, 'o')).value())),
        // The key that signs a made log.
        new_(kOriginOfLog,
             std::make_shared<const ledger::SigningKey>(ledger::SigningKey::from_seed(seed()).value())),
        statement_{kOriginOfLog, 1, old_.verifier().vkey(), new_.verifier().vkey()} {}

  static std::string seed() {
    std::string bytes;
    for (char byte = 0; byte < 32; ++byte) bytes += byte;
    return bytes;
  }
  std::string note(const ledger::NoteSigner& second) const {
    ledger::SignedNote made = old_.sign(statement_.text());
    made.signatures.push_back(second.sign(statement_.text()).signatures.front());
    return made.serialize();
  }
  json data() const {
    return {{"retires", statement_.retires},
            {"verifier_key", statement_.verifier_key},
            {"note", note(new_)}};
  }
  static std::string exported(const json& data) {
    std::vector<MadeEntry> entries{{"campaign.defined", ""}, {"log_key.rotated", ""}, {"rows.changed", ""}};
    entries[1].data = data;
    return text_of(lines_of(MadeLog(entries), entries.size()));
  }

  const ledger::NoteSigner old_;
  const ledger::NoteSigner new_;
  const ledger::LogKeyStatement statement_;
};

TEST_F(ReplacedKeyTest, EitherKeyLeadsToTheCheckpoint) {
  const std::string text = exported(data());
  for (const auto& key : {old_.verifier().vkey(), new_.verifier().vkey()}) {
    const auto report = verified(text, key);
    EXPECT_FALSE(report.finding) << report.finding->what;
    EXPECT_EQ(report.log_keys,
              (std::vector<std::string>{old_.verifier().vkey(), new_.verifier().vkey()}));
  }
  const ledger::NoteSigner stranger(
      kOriginOfLog, std::make_shared<const ledger::SigningKey>(ledger::SigningKey::generate()));
  const auto report = verified(text, stranger.verifier().vkey());
  ASSERT_TRUE(report.finding);
  EXPECT_NE(report.finding->what.find("none of those"), std::string::npos);
}

TEST_F(ReplacedKeyTest, ACheckpointOfTheOldKeyIsJudgedByItsTime) {
  const std::string text = exported(data());
  const MadeLog log(std::vector<MadeEntry>{{"campaign.defined", ""}});
  const auto with = [&](const ledger::NoteSigner& key, ledger::TreeSize size, const ledger::Hash& root) {
    CosignedBy by;
    by.checkpoint = key.sign(ledger::Checkpoint{kOriginOfLog, size, root}.text()).serialize();
    std::istringstream file(text);
    return verify_export(file, new_.verifier().vkey(), {}, by).value().finding;
  };
  const ledger::Hash root = ledger::hash_leaf(ledger::as_bytes(log.header(0)));
  EXPECT_FALSE(with(old_, 1, root));
  EXPECT_TRUE(with(new_, 1, root));
  EXPECT_TRUE(with(old_, 1, ledger::Hash{}));
}

// A file of the keys says where each took over; the entries must say the same.
TEST_F(ReplacedKeyTest, TheEntriesReplaceTheKeyWhereTheFileOfKeysSays) {
  std::vector<MadeEntry> entries{{"campaign.defined", ""}, {"log_key.rotated", ""}};
  entries[1].data = data();
  const MadeLog log(entries);
  const std::vector<ledger::Hash> leaves{
      ledger::hash_leaf(ledger::as_bytes(log.header(0))),
      ledger::hash_leaf(ledger::as_bytes(log.header(1)))};
  const std::string tree =
      ledger::Checkpoint{kOriginOfLog, 2, ledger::tree_root(leaves)}.text();
  ledger::SignedNote both = old_.sign(tree);
  both.signatures.push_back(new_.sign(tree).signatures.front());
  const std::string proof = "c2sp.org/tlog-proof@v1\nindex 1\n" + ledger::to_base64(leaves[0]) +
                            "\n\n" + both.serialize();
  const json replaced = {
      {"format", "countersign-log-keys-1"},
      {"origin", kOriginOfLog},
      {"keys", {old_.verifier().vkey(), new_.verifier().vkey()}},
      {"rotations", {{{"header", log.header(1)}, {"index", 1}, {"proof", proof}}}}};
  const json never = {{"format", "countersign-log-keys-1"},
                      {"origin", kOriginOfLog},
                      {"keys", {new_.verifier().vkey()}},
                      {"rotations", json::array()}};
  const std::string text = exported(data());
  const std::string lacking = text_of(
      lines_of(MadeLog(std::vector<MadeEntry>(3, MadeEntry{"campaign.defined", ""})), 3));
  const auto finding = [&](const std::string& file, const json& keys) -> std::string {
    const auto trusted = TrustedKeys::read(new_.verifier().vkey(), keys.dump());
    if (!trusted) return trusted.error().detail;
    std::istringstream stream(file);
    const auto report = verify_export(stream, *trusted, {}).value();
    return report.finding ? report.finding->what : "";
  };
  EXPECT_EQ(finding(text, replaced), "");
  EXPECT_EQ(finding(lacking, never), "");
  for (const auto& [file, keys] : {std::pair(lacking, replaced), std::pair(text, never)}) {
    EXPECT_EQ(finding(file, keys),
              "the entries do not replace the log's key where the file of its keys says");
  }
}

TEST_F(ReplacedKeyTest, AReplacementThatBothDidNotSignIsNamed) {
  const auto first_bad = [&](const char* member, const json& value) {
    json changed = data();
    if (value.is_null())
      changed.erase(member);
    else
      changed[member] = value;
    const auto report = verified(exported(changed), new_.verifier().vkey());
    return report.finding ? report.finding->index.value_or(99) : 100;
  };
  const ledger::NoteSigner stranger(
      kOriginOfLog, std::make_shared<const ledger::SigningKey>(ledger::SigningKey::generate()));
  EXPECT_EQ(first_bad("note", note(stranger)), 1u);
  EXPECT_EQ(first_bad("note", new_.sign(statement_.text()).serialize()), 1u);
  EXPECT_EQ(first_bad("note", nullptr), 1u);
  EXPECT_EQ(first_bad("retires", stranger.verifier().vkey()), 1u);
  EXPECT_EQ(first_bad("verifier_key", 7), 1u);
}

}  // namespace
}  // namespace countersign::tools
