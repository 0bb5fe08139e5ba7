// CSV as spreadsheets write it (RFC 4180): UTF-8 with or without BOM, quoted cells with commas,
// quotes and line breaks, CRLF or LF. Reads from memory without copying the whole sheet.
#pragma once

#include "ledger/base/result.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::api {

class CsvReader {
 public:
  // `text` must outlive the reader. `separator` stands between cells: a comma, or the semicolon or
  // tab of spreadsheets in other settings. `first_line`: of the sheet, on which `text` begins.
  explicit CsvReader(std::string_view text, char separator = ',', std::uint64_t first_line = 1);

  // Reads the next record into `cells`, which point into the text or, until the next call, into the
  // reader; false at the end. Blank lines are passed over.
  //   Errc::malformed   quote never closed, text after a closing quote; the detail names the line
  ledger::Result<bool> next(std::vector<std::string_view>& cells);
  // Line on which the record read last began, from 1.
  std::uint64_t line() const { return record_line_; }
  // How much is read, in bytes of the text, and the line on which the rest begins.
  std::size_t bytes_read() const { return at_; }
  std::uint64_t next_line() const { return line_; }

 private:
  // Whether a line ends with this character: LF, or CR that no LF follows.
  bool ends_line(std::size_t at) const;
  // The quoted cell that begins here; null: not one, and why.
  const char* read_quoted(std::string_view& cell);

  std::string_view text_;
  const char separator_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
  std::uint64_t record_line_ = 0;
  // Cells with quotes in them, which stand doubled in the text; used again by each record.
  std::deque<std::string> unquoted_;
  std::size_t unquoted_used_ = 0;
};

// Appends one cell, quoted where needed.
void append_csv_field(std::string& out, std::string_view cell);
// Ends the record that begins at `begin`, with CRLF.
void end_csv_record(std::string& out, std::size_t begin);
// Appends one whole record.
void append_csv_record(std::string& out, const std::vector<std::string>& cells);
// The same for people to look at in a spreadsheet, not to be read back: a cell that the spreadsheet
// would work out as a formula (one that begins with = + - @, a tab or CR and is no number) begins
// with an apostrophe.
void append_csv_record_of_texts(std::string& out, const std::vector<std::string>& cells);

}  // namespace countersign::api
