// Reads a whole sheet and holds it to what a SheetSource promises.
#pragma once

#include "api/wire/sheet.h"
#include "ledger/base/canonical_json.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/sheet_table.h"

#include <nlohmann/json.hpp>

namespace countersign::fuzz {

class CheckedSink final : public ledger::SheetSink {
 public:
  explicit CheckedSink(std::size_t columns) : columns_(columns) {}

  void row(std::uint64_t line, bool, std::span<const ledger::SheetCell> cells) override {
    CS_ASSERT(line > line_);
    line_ = line;
    for (const ledger::SheetCell& cell : cells) CS_ASSERT(cell.column < columns_);
  }
  void problem(std::uint64_t line, ledger::CellProblem problem) override {
    CS_ASSERT(line > 0 && !problem.problem_en.empty());
    ++problems;
  }

  std::size_t problems = 0;

 private:
  const std::size_t columns_;
  std::uint64_t line_ = 0;
};

// A sheet gives rows of known columns, or a problem that is told in valid JSON.
inline void read_whole_sheet(api::SheetFormat format, std::string_view input) {
  static const auto kTable = sheet_table();
  auto opened = api::open_sheet(format, input, kTable);
  if (const auto* problem = std::get_if<api::Problem>(&opened)) {
    CS_ASSERT(problem->status >= 400 && problem->status < 500);
    CS_ASSERT(ledger::parse_json(api::render(*problem, {}).body));
    return;
  }
  const auto& sheet = *std::get<0>(opened);
  for (const std::string& column : sheet.columns()) CS_ASSERT(kTable.column(column) != nullptr);
  CheckedSink sink(sheet.columns().size());
  for (std::size_t i = 0; i < sheet.parts(); ++i) {
    const std::size_t before = sink.problems;
    if (!sheet.read(i, sink)) CS_ASSERT(sink.problems > before);
  }
}

}  // namespace countersign::fuzz
