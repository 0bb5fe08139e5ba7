// What is stored: headers without personal values, items, definitions, snapshots, cells.
#include "ledger/domain/campaign_codec.h"
#include "ledger/domain/event_codec.h"
#include "ledger/domain/state_codec.h"
#include "tests/domain/decider_spec.h"

#include <nlohmann/json.hpp>

namespace countersign::ledger {

class Codecs : public DeciderSpec {
 protected:
  void SetUp() override { open_campaign(); }
};

TEST_F(Codecs, AnEventComesBackFromItsHeaderAndItems) {
  accept("PO.filler", change("units"), "10-08 09:00");
  accept("PO.filler", submit("PO.filler", "units"), "10-08 10:00");
  const Command command =
      give_back("units", "review", {{RowKey("7|a"), "unit_no", "", "张三的单位号"}});
  accept("PO.reviewer", command, "10-08 11:00");
  const RecordedEvent& event = recorded().front();
  const auto items = payload_items(command);
  ASSERT_EQ(items.size(), 1u);
  const std::string header = encode_header(event, "spec.example/log", {1, {}});
  EXPECT_EQ(header.find("张三"), std::string::npos);
  EXPECT_EQ(header.find("7|a"), std::string::npos);
  auto decoded = decode_header(header);
  ASSERT_TRUE(decoded) << decoded.error().detail;
  EXPECT_EQ(decoded->origin, "spec.example/log");
  EXPECT_EQ(decoded->event.actor.person.value, "p-PO.reviewer");
  const std::string_view text = items[0][0];
  ASSERT_TRUE(decode_items(decoded->event, {&text, 1}));
  const auto& returned = std::get<TableReturned>(decoded->event.event);
  EXPECT_EQ(returned.level.value, "review");
  ASSERT_EQ(returned.reasons.size(), 1u);
  EXPECT_EQ(returned.reasons[0].text, "张三的单位号");
  EXPECT_EQ(encode_header(decoded->event, decoded->origin, decoded->commitment), header);
}

TEST_F(Codecs, AHeaderOfAnotherFormIsMalformed) {
  accept("PO.filler", change("units"), "10-08 09:00");
  const std::string header = encode_header(recorded().front(), "o", {0, {}});
  EXPECT_TRUE(decode_header(header));
  EXPECT_FALSE(decode_header(" " + header));
  auto changed = nlohmann::json::parse(header);
  changed["type"] = "rows.invented";
  EXPECT_FALSE(decode_header(changed.dump()));
  changed = nlohmann::json::parse(header);
  changed["extra"] = 1;
  EXPECT_FALSE(decode_header(changed.dump()));
  changed = nlohmann::json::parse(header);
  changed["v"] = 2;
  EXPECT_FALSE(decode_header(changed.dump()));
}

TEST_F(Codecs, ARowItemHoldsTheWholeRowAndItsPredecessor) {
  const RowChange change{
      TableKey("staff"), RowKey("1|2"), false, {{"a", "x"}, {"b", std::nullopt}}, 17};
  const std::string item = row_item(change);
  EXPECT_EQ(
      item,
      R"({"cells":{"a":"x","b":null},"key":"1|2","kind":"row","op":"put","prev":17,"table":"staff"})");
  const auto back = decode_row_item(item);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->key, change.key);
  EXPECT_EQ(back->cells, change.cells);
  EXPECT_EQ(back->prev, change.prev);
  EXPECT_FALSE(decode_row_item(R"({"kind":"text","role":"reason","text":"x"})"));
}

TEST_F(Codecs, CredentialsAreSecretItems) {
  const auto items = payload_items(SetCredential{AccountId("a"), {"scrypt$", "key", "sealed"}});
  EXPECT_TRUE(is_secret_item(items[0][0]));
  EXPECT_FALSE(is_secret_item(text_item("reason", "credential")));
}

TEST_F(Codecs, TheStateComesBackFromItsSnapshotAtEveryStep) {
  const auto check = [&] {
    const std::string bytes = encode_state(state_);
    const auto back = decode_state(bytes, definitions_of(state_));
    ASSERT_TRUE(back) << back.error().detail;
    EXPECT_EQ(encode_state(*back), bytes);
  };
  check();
  pass("PO", "units");
  check();
  accept("HR.filler",
         RequestAssist{kCampaign, TableKey("staff"), "titles", DepartmentId("AA"),
                       at("10-12 18:00"), "x"},
         "10-10 09:00");
  accept("HR.filler", change("staff"), "10-10 10:00");
  accept("admin", RevokeKey{PersonId("p-PO.head"), "x"}, "10-10 11:00");
  accept("admin", CloseAccount{AccountId("late"), "x"}, "10-10 12:00");
  accept("centre", ClosePhase{kCampaign, PhaseId("base")}, "10-20 18:00");
  check();
  EXPECT_FALSE(decode_state("\x04", definitions_of(state_)));
  EXPECT_FALSE(decode_state(encode_state(state_).substr(0, 200), definitions_of(state_)));
}

TEST(CampaignCodec, ADefinitionComesBackEqual) {
  const auto definition = parse_campaign(sample_definition());
  ASSERT_TRUE(definition);
  const std::string text = encode_campaign(**definition);
  EXPECT_EQ(encode_campaign(**parse_campaign(text)), text);
}

TEST(CampaignCodec, WhatIsWrongIsNamedByItsPlace) {
  const auto problem = [](auto change) {
    auto document = nlohmann::json::parse(sample_definition());
    change(document);
    const auto parsed = parse_campaign(document.dump());
    return parsed ? std::string("accepted") : parsed.error().detail;
  };
  EXPECT_EQ(problem([](auto& j) { j["tables"][0]["owner"] = "XX"; }),
            "/tables/units has an unknown owner");
  EXPECT_EQ(problem([](auto& j) { j["tables"][0]["depends_on"] = {"staff"}; }),
            "/tables/units depends on itself in a circle");
  EXPECT_EQ(problem([](auto& j) { j["tables"][1]["key_columns"] = {"nope"}; }),
            "/tables/staff has unknown key column nope");
  EXPECT_EQ(problem([](auto& j) { j["tables"][0]["due"] = "2020-10-14"; }),
            "/tables/0/due must be an RFC 3339 instant with offset");
  EXPECT_EQ(problem([](auto& j) { j["surprise"] = 1; }), "/surprise is not known");
  EXPECT_EQ(problem([](auto& j) { j["persons"][1]["id"] = j["persons"][0]["id"]; }),
            "/persons has p-PO.filler twice");
  EXPECT_EQ(problem([](auto& j) { j["approval_chain"] = nlohmann::json::array(); }),
            "/approval_chain has no level");
}

struct CellCase {
  ColumnType type;
  const char* text;
  const char* normal;  // nullptr: a problem; "": no value
};

class NormalCells : public ::testing::TestWithParam<CellCase> {};

TEST_P(NormalCells, HaveOneForm) {
  Column column;
  column.key = "c";
  column.type = GetParam().type;
  column.max_characters = 4;
  const NormalCell normal = normalise_cell(column, GetParam().text);
  if (GetParam().normal == nullptr) {
    ASSERT_TRUE(normal.problem);
    EXPECT_EQ(normal.problem->problem_en.find(GetParam().text), std::string::npos);
  } else {
    ASSERT_FALSE(normal.problem);
    EXPECT_EQ(normal.cell.value_or(""), GetParam().normal);
  }
}

INSTANTIATE_TEST_SUITE_P(Table, NormalCells,
                         ::testing::Values(CellCase{ColumnType::text, "  教授 ", "教授"},
                                           CellCase{ColumnType::text, "一二三四五", nullptr},
                                           CellCase{ColumnType::text, "", ""},
                                           CellCase{ColumnType::text, "\xff", nullptr},
                                           CellCase{ColumnType::integer, "+007", "7"},
                                           CellCase{ColumnType::integer, "-0", "0"},
                                           CellCase{ColumnType::integer, "12.0", "12"},
                                           CellCase{ColumnType::integer, "1.5", nullptr},
                                           CellCase{ColumnType::integer, "12a", nullptr},
                                           CellCase{ColumnType::decimal, "01.50", "1.5"},
                                           CellCase{ColumnType::decimal, "1e3", nullptr},
                                           CellCase{ColumnType::decimal, ".5", nullptr},
                                           CellCase{ColumnType::year, "2020", "2020"},
                                           CellCase{ColumnType::year, "20", nullptr},
                                           CellCase{ColumnType::month, "202009", "2020-09"},
                                           CellCase{ColumnType::month, "2020/9", "2020-09"},
                                           CellCase{ColumnType::month, "2020-13", nullptr}));

TEST(RowKeys, EscapeWhatSeparatesThem) {
  TableDefinition table;
  table.key_columns = {"a", "b"};
  EXPECT_EQ(row_key_of(table, {{"a", "x|y"}, {"b", "z\\"}}).value, "x\\|y|z\\\\");
  EXPECT_NE(row_key_of(table, {{"a", "x|"}, {"b", "y"}}),
            row_key_of(table, {{"a", "x"}, {"b", "|y"}}));
}

}  // namespace countersign::ledger
