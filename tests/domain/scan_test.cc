// What is read without building JSON is what the parser reads: rows as text, headers of their
// changes.
#include "ledger/domain/event_codec.h"
#include "ledger/domain/header_scan.h"
#include "ledger/domain/row_text.h"

#include <random>
#include <regex>
#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

Cells cells_of(std::span<const CellText> texts) {
  Cells cells;
  for (const CellText& cell : texts) {
    cells[std::string(cell.column)] = cell.null ? Cell() : Cell(std::string(cell.value));
  }
  return cells;
}

void expect_row(const RowTexts& rows, std::size_t at, const RowChange& change) {
  const RowText& row = rows.rows()[at];
  EXPECT_EQ(row.key, change.key);
  EXPECT_EQ(row.removed, change.removed);
  EXPECT_EQ(row.item, change.item);
  EXPECT_EQ(row.cells, encode_cells(change.cells));
  EXPECT_EQ(cells_of(rows.cells(at)), change.cells);
}

TEST(RowTexts, HoldTheRowsOfItems) {
  const std::vector<RowChange> changes{
      {TableKey("staff"), RowKey("1|2"), false, {{"a", "x"}, {"b", std::nullopt}}, 17, 0},
      {TableKey("staff"), RowKey("二\"\\"), false, {{"a", "a \"b\"\n\x01"}, {"c", "张三"}}, {}, 1},
      {TableKey("staff"), RowKey("3"), true, {}, 4, 2}};
  std::vector<std::string> items;
  for (const RowChange& change : changes) items.push_back(row_item(change));
  RowTexts rows;
  for (const RowChange& change : changes) {
    ASSERT_TRUE(rows.add(items[change.item], change.item));
  }
  // Where they were moved does not matter.
  const RowTexts moved = std::move(rows);
  ASSERT_EQ(moved.size(), 3u);
  for (std::size_t i = 0; i < changes.size(); ++i) expect_row(moved, i, changes[i]);
}

TEST(RowTexts, ARowThatWasDecodedTakesItsPlace) {
  const RowChange first{TableKey("t"), RowKey("1"), false, {{"a", "x"}}, {}, 0};
  const RowChange second{
      TableKey("t"), RowKey("2"), false, {{"列", "y"}, {"a", std::nullopt}}, 3, 1};
  const RowChange third{TableKey("t"), RowKey("3"), false, {{"a", "z"}}, {}, 2};
  const std::string one = row_item(first);
  const std::string three = row_item(third);
  RowTexts rows;
  ASSERT_TRUE(rows.add(one, 0));
  ASSERT_TRUE(rows.add(three, 2));
  rows.add(second);
  expect_row(rows, 0, first);
  expect_row(rows, 1, second);
  expect_row(rows, 2, third);
}

TEST(RowTexts, TakeNothingThatTheParserReadsOtherwise) {
  const RowChange change{
      TableKey("staff"), RowKey("1|\"2"), false, {{"a", "x\n"}, {"b", std::nullopt}}, 17, 0};
  const std::string whole = row_item(change);
  std::mt19937 random(3);
  const std::string bytes = "\"\\{}[]:,019-.nul\n\x7f\xe5";
  int taken = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string item = whole;
    const std::size_t at = random() % item.size();
    if (round % 2 == 0) {
      item[at] = bytes[random() % bytes.size()];
    } else {
      item.erase(at, 1 + random() % 8);
    }
    RowTexts rows;
    if (!rows.add(item, 0)) {
      EXPECT_TRUE(rows.empty());
      continue;
    }
    ++taken;
    auto parsed = decode_row_item(item);
    ASSERT_TRUE(parsed) << item;
    parsed->item = 0;
    expect_row(rows, 0, *parsed);
  }
  EXPECT_GT(taken, 100);
}

TEST(CellTexts, ReadWhatTheParserReads) {
  CellTexts room;
  for (const char* const text :
       {R"({})", R"({"a":"x","b":null})", R"({"a":"\"\\\n\u0001/","b":"张三"})", R"({"列":"x"})",
        R"({ "b" : "1", "a" : null })", R"({"a\"b":"x"})"}) {
    const auto read = room.read(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(cells_of(*read), decode_cells(text).value()) << text;
  }
  for (const char* const text : {"", "[]", R"({"a":1})", R"({"a":"x")", R"({"a":"x","a":"y"})"}) {
    EXPECT_FALSE(room.read(text)) << text;
  }
}

RecordedEvent a_change() {
  RecordedEvent event;
  event.index = 41;
  event.actor = {PersonId("p-1"), AccountId("hr.filler"), {Role::filler, DepartmentId("HR")}, {}};
  event.received_at = {1'604'563'200'000'001};
  event.sequenced_at = {1'604'563'200'000'002};
  event.command_id = CommandId("hr.filler:\"1\"");
  event.correlation_id = "c-1";
  event.event = RowsChanged{CampaignId("2020"), TableKey("staff"), 3, {1, 2, 0}, {}, "", {}, {}};
  return event;
}

std::string header_of(const RecordedEvent& event) {
  Hash root{};
  root[5] = 0xab;
  return encode_header(event, "spec.example/log", {3, root});
}

TEST(HeaderScan, ReadsAllThatAChangeOfRowsSays) {
  RecordedEvent event = a_change();
  std::vector<std::string> headers{header_of(event)};
  event.claimed_at = Timestamp{1'604'563'100'000'000};
  event.caused_by = 12;
  event.actor.on_behalf_of = PersonId("p-2");
  event.actor.hat.department = DepartmentId();
  std::get<RowsChanged>(event.event).cites = 9;
  headers.push_back(header_of(event));
  for (const std::string& header : headers) {
    const auto scanned = scan_header(header);
    ASSERT_TRUE(scanned) << header;
    // What was not read would be missing here.
    EXPECT_EQ(encode_header(scanned->event, scanned->origin, scanned->commitment), header);
  }
}

TEST(HeaderScan, LeavesOtherHeadersToTheParser) {
  RecordedEvent event = a_change();
  std::get<RowsChanged>(event.event).carried =
      CarrySource{CampaignId("2019"), TableKey("staff"), {}, {}, {}, 0};
  EXPECT_FALSE(scan_header(header_of(event)));
  EXPECT_TRUE(decode_header(header_of(event)));
  event.event = ClockAdvanced{{1}};
  EXPECT_FALSE(scan_header(header_of(event)));
}

TEST(HeaderScan, ReadsNoAlteredHeaderOtherwise) {
  RecordedEvent event = a_change();
  event.caused_by = 12;
  const std::string whole = header_of(event);
  std::mt19937 random(5);
  const std::string bytes = "\"\\{}:,0123456789.TZ nabe";
  // Instants may be written in several ways; all else in one.
  const std::regex instant(R"re(_at":"[^"]*")re");
  int read = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string header = whole;
    const std::size_t at = random() % header.size();
    if (round % 2 == 0) {
      header[at] = bytes[random() % bytes.size()];
    } else {
      header.erase(at, 1 + random() % 8);
    }
    const auto scanned = scan_header(header);
    // A department without a name reads as none.
    if (!scanned || header.find(R"("department":"")") != std::string::npos) continue;
    ++read;
    const std::string again = encode_header(scanned->event, scanned->origin, scanned->commitment);
    EXPECT_EQ(std::regex_replace(again, instant, ""), std::regex_replace(header, instant, ""));
  }
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace countersign::ledger
