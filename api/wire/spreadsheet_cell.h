// What spreadsheets make of a cell, brought back to what its column means, where that can only be
// one thing. What cannot be brought back is refused with its cure; nothing is guessed.
//
//   integer, decimal   full-width digits; "1,234.50"
//   year, month        full-width digits; "2020年", "2020年9月", "2020/9/1" (a day is dropped only
//                      when it is the first), and the day number that a date becomes when its
//                      format is lost ("44075" is 2020-09-01)
//   text               a leading apostrophe, by which spreadsheets keep numbers as text; a number
//                      in scientific notation has lost digits and is refused
//
// Space around a cell, the no-break and the ideographic one included, is dropped from all but text.
#pragma once

#include "ledger/domain/campaign.h"
#include "ledger/domain/row.h"

#include <optional>
#include <string>
#include <string_view>

namespace countersign::api {

struct SpreadsheetCell {
  std::string text;
  std::optional<ledger::CellProblem> problem;
};

SpreadsheetCell spreadsheet_cell(const ledger::Column& column, std::string_view text);

// The same without a copy: the text lies in `text`, or in `changed` where it had to be written anew.
struct SpreadsheetText {
  std::string_view text;
  std::optional<ledger::CellProblem> problem;
};
SpreadsheetText spreadsheet_text(const ledger::Column& column, std::string_view text,
                                 std::string& changed);

}  // namespace countersign::api
