// Sheets as they are read: in parts, which together are the sheet.
#include "api/wire/csv.h"
#include "api/wire/sheet.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace countersign::api {
namespace {

using ledger::SheetCell;

ledger::TableDefinition table_of(std::initializer_list<const char*> keys) {
  ledger::TableDefinition table;
  for (const char* const key : keys) {
    ledger::Column column;
    column.key = key;
    column.name = {std::string("中文") + key, std::string("English ") + key};
    table.columns.push_back(std::move(column));
  }
  table.columns.back().type = ledger::ColumnType::month;
  table.key_columns = {*keys.begin()};
  return table;
}

const ledger::TableDefinition kTable = table_of({"id", "note", "month"});

class Collected final : public ledger::SheetSink {
 public:
  explicit Collected(const std::vector<std::string>& columns) : columns_(columns) {}

  void row(std::uint64_t line, bool patch, std::span<const SheetCell> cells) override {
    std::string text = std::to_string(line) + (patch ? " patch" : "");
    for (const SheetCell& cell : cells) {
      text.append(" ").append(columns_[cell.column]).append("=").append(cell.text);
    }
    rows.push_back(std::move(text));
  }
  void problem(std::uint64_t line, ledger::CellProblem problem) override {
    problems.push_back(std::to_string(line) + " " + problem.column + ": " + problem.problem_en);
  }

  std::vector<std::string> rows;
  std::vector<std::string> problems;
  std::size_t parts = 0;

 private:
  const std::vector<std::string>& columns_;
};

Collected read(SheetFormat format, std::string_view text) {
  const auto opened = open_sheet(format, text, kTable);
  const auto* sheet = std::get_if<0>(&opened);
  if (sheet == nullptr) {
    static const std::vector<std::string> kNone;
    Collected refused(kNone);
    for (const auto& row : std::get<1>(opened).rows) refused.problem(row.line, row.cell);
    return refused;
  }
  Collected all((*sheet)->columns());
  for (all.parts = 0; all.parts < (*sheet)->parts(); ++all.parts) {
    if (!(*sheet)->read(all.parts, all)) break;
  }
  return all;
}

TEST(Sheet, HeaderNamesColumnsInAnyWay) {
  const Collected got = read(SheetFormat::csv, "\xEF\xBB\xBF中文month;ID;English note\r\n2020-09;;x\r\n");
  EXPECT_EQ(got.problems, std::vector<std::string>{"1 #2: this header names no column of the table"});
  EXPECT_EQ(read(SheetFormat::csv, "中文month;id;English note(note)\r\n2020/9/1;a;'7\r\n").rows,
            std::vector<std::string>{"2 month=2020-9 id=a note=7"});
  EXPECT_EQ(read(SheetFormat::csv, "month,id\n2020-09,a\n").rows,
            std::vector<std::string>{"2 patch month=2020-09 id=a"});
}

TEST(Sheet, QuotedCellsMayHoldQuotesAndLines) {
  const Collected got = read(SheetFormat::csv,
                             "id,note,month\n"
                             "a,\"two\nlines\",2020-09\n"
                             "b,\"say \"\"so\"\"\",2020-10\n"
                             "c,in \"the\" middle,2020-11\n");
  EXPECT_EQ(got.rows, (std::vector<std::string>{"2 id=a note=two\nlines month=2020-09",
                                                "4 id=b note=say \"so\" month=2020-10",
                                                "5 id=c note=in \"the\" middle month=2020-11"}));
}

// Rows of many parts, some of which hold line breaks where `quoted`.
std::string large_sheet(std::size_t rows, std::string_view end, bool quoted,
                        std::vector<std::string>& wanted) {
  std::string text = "id,note,month" + std::string(end);
  std::size_t line = 2;
  for (std::size_t i = 0; i < rows; ++i) {
    std::string note(i % 60, 'x');
    const std::string id = "r" + std::to_string(i);
    if (quoted && i % 3 == 0) note += std::string(end) + "second";
    wanted.push_back(std::to_string(line) + " id=" + id + " note=" + note + " month=2020-09");
    const bool quote = quoted && i % 3 == 0;
    text += id + "," + (quote ? "\"" + note + "\"" : note) + ",2020-09" + std::string(end);
    line += quote ? 2 : 1;
  }
  return text;
}

TEST(Sheet, PartsAreTheWholeSheetWithItsLines) {
  for (const std::string_view end : {"\n", "\r\n", "\r"}) {
    for (const bool quoted : {false, true}) {
      std::vector<std::string> wanted;
      const std::string text = large_sheet(12'000, end, quoted, wanted);
      const Collected got = read(SheetFormat::csv, text);
      EXPECT_GT(got.parts, 2u);
      EXPECT_EQ(got.rows, wanted) << quoted << end.size();
      EXPECT_TRUE(got.problems.empty());
    }
  }
}

TEST(Sheet, NothingIsReadBehindAQuoteThatIsNeverClosed) {
  std::vector<std::string> wanted;
  std::string text = large_sheet(6'000, "\n", false, wanted);
  text.insert(text.find("r3000,"), "short\n\"open,");
  const Collected got = read(SheetFormat::csv, text);
  ASSERT_EQ(got.problems.size(), 2u);
  EXPECT_EQ(got.problems[0], "3002 : has 1 cells where the header has 3");
  EXPECT_EQ(got.problems[1], "3003 : line 3003: a quoted cell is never closed");
  EXPECT_EQ(got.rows.size(), 3000u);
}

TEST(Sheet, JsonLinesArePlainOrNot) {
  const Collected got = read(SheetFormat::ndjson,
                             "{\"#countersign\":\"mark\"}\n"
                             "{\"id\":\"a\",\"month\":null,\"note\":\"二\"}\r\n"
                             "\n"
                             "{\"note\": \"a\\nb\", \"id\": 7}\n"
                             "{\"English id\":\"b\",\"id\":\"c\",\"month\":\"2020-09\"}\n");
  EXPECT_TRUE(got.problems.empty());
  EXPECT_EQ(got.rows,
            (std::vector<std::string>{"2 id=a month= note=二", "4 patch note=a\nb id=7",
                                      "5 id=b month=2020-09"}));
}

// A line is read by the first reader that is sure of it; what they are sure of they read alike.
TEST(Sheet, JsonLinesReadAlikeHoweverTheyAreWritten) {
  const std::vector<std::string> wanted{"1 id=1001 month=2020-09 note=二 \"x\" \\"};
  for (const char* line :
       {R"({"id":"1001","month":"2020-09","note":"二 \"x\" \\"})",
        R"( {"id" : 1001, "month": "2020-09" ,"note":"\u4e8c \"\u0078\" \\"} )",
        R"({"\u0069d":1001,"中文month":"2020-09","English note":"二 \"x\" \\"})",
        // The second of a column does not count; nor is it simple.
        R"({"id":"1001","month":"2020-09","note":"二 \"x\" \\","中文id":"other"})"}) {
    const Collected got = read(SheetFormat::ndjson, line);
    EXPECT_EQ(got.rows, wanted) << line;
    EXPECT_TRUE(got.problems.empty()) << line;
  }
  // Numbers as a double has them.
  for (const auto& [number, text] :
       {std::pair("9007199254740991", "9007199254740991"), {"9007199254740993", "9007199254740992"},
        {"-12", "-12"}, {"-0", "0"}, {"12.50", "12.5"}, {"1e3", "1000"},
        {"18446744073709551616", "18446744073709552000"}}) {
    const Collected got =
        read(SheetFormat::ndjson, std::string(R"({"note": )") + number + R"(, "id":"a"})");
    ASSERT_EQ(got.rows.size(), 1u) << number;
    EXPECT_NE(got.rows.front().find(std::string("note=") + text), std::string::npos)
        << got.rows.front();
  }
  for (const char* line :
       {R"({"id":"a", "id":"b"})", R"({"id":"a", "note":"\udc00"})", R"({"id":"a", "note":"\ud800"})",
        R"({"\udc00":"a", "id":"b"})", R"({"id":"a", "note":true})", R"({"id":"a", "note":{}})",
        R"({"id":"a"} {"id":"b"})", R"({"id":"a",})", R"(["id"])", "{\"id\":\"\xff\"}",
        R"({"id":"a", "note":1e400})", R"({"id":"a", "colour":"red"})"}) {
    const Collected got = read(SheetFormat::ndjson, line);
    EXPECT_TRUE(got.rows.empty()) << line;
    EXPECT_EQ(got.problems.size(), 1u) << line;
  }
}

TEST(Sheet, JsonLinesOfManyParts) {
  std::string text;
  for (int i = 0; i < 9'000; ++i) {
    text += "{\"id\":\"r" + std::to_string(i) + "\",\"month\":\"2020-09\",\"note\":\"some text\"}\n";
  }
  const Collected got = read(SheetFormat::ndjson, text);
  EXPECT_GT(got.parts, 2u);
  ASSERT_EQ(got.rows.size(), 9'000u);
  EXPECT_EQ(got.rows[8'999], "9000 id=r8999 month=2020-09 note=some text");
  text.insert(text.find("{\"id\":\"r5000\""), "{\"id\":[]}\n");
  const Collected bad = read(SheetFormat::ndjson, text);
  EXPECT_EQ(bad.problems,
            std::vector<std::string>{"5001 : must be an object of texts, numbers and nulls"});
  EXPECT_EQ(bad.rows.size(), 5'000u);
  EXPECT_EQ(read(SheetFormat::ndjson, "{\"id\":\"a\",\"colour\":\"red\"}").problems,
            std::vector<std::string>{"1 #1: a member names no column of the table"});
}

TEST(Sheet, OneThatIsTooLongIsRefusedUnread) {
  const std::string text = "id,note,month\n" + std::string(400'000, '\n');
  EXPECT_EQ(read(SheetFormat::csv, text).problems.size(), 1u);
  EXPECT_EQ(read(SheetFormat::ndjson, text).problems.size(), 1u);
}

std::string written(SheetFormat format, const std::vector<ledger::Cells>& rows) {
  std::vector<const ledger::Column*> columns;
  for (const ledger::Column& column : kTable.columns) columns.push_back(&column);
  std::string out;
  SheetRows lines(out, format, columns);
  for (const ledger::Cells& row : rows) lines.append(row);
  return out;
}

const std::vector<ledger::Cells> kRows{
    {{"id", "1"}, {"note", "a,\"b\"\r\n"}, {"month", "2020-09"}},
    {{"id", "2"}, {"note", std::nullopt}},
    {{"elsewhere", "x"}, {"id", "三"}, {"month", "2020-10"}, {"zone", "y"}},
    {}};

TEST(Sheet, IsWrittenInTheOrderOfItsColumns) {
  EXPECT_EQ(written(SheetFormat::csv, kRows),
            "1,\"a,\"\"b\"\"\r\n\",2020-09\r\n"
            "2,,\r\n"
            "三,,2020-10\r\n"
            ",,\r\n");
  EXPECT_EQ(written(SheetFormat::ndjson, kRows),
            R"({"id":"1","month":"2020-09","note":"a,\"b\"\r\n"})"
            "\n"
            R"({"id":"2","month":null,"note":null})"
            "\n"
            R"({"id":"三","month":"2020-10","note":null})"
            "\n"
            R"({"id":null,"month":null,"note":null})"
            "\n");
}

TEST(Sheet, ALineOfOneEmptyCellIsNotBlank) {
  const ledger::TableDefinition table = table_of({"id"});
  std::string out;
  SheetRows lines(out, SheetFormat::csv, {&table.columns.front()});
  lines.append(ledger::Cells{});
  EXPECT_EQ(out, "\"\"\r\n");
}

TEST(Csv, ForSpreadsheetsNoTextBeginsAsAFormula) {
  std::string out;
  append_csv_record_of_texts(out, {"=1", "+a", "-1+1", "@x", "\tx", "\rx", "-", "+", "-1.", "-1e"});
  EXPECT_EQ(out, "'=1,'+a,'-1+1,'@x,'\tx,\"'\rx\",'-,'+,'-1.,'-1e\r\n");
  const std::vector<std::string> as_they_are{"-5", "+3.25", "-1.5e-3", "+2E+10", "a=b", "", " =1"};
  std::string texts, exact;
  append_csv_record_of_texts(texts, as_they_are);
  append_csv_record(exact, as_they_are);
  EXPECT_EQ(texts, exact);
}

}  // namespace
}  // namespace countersign::api
