// What reading sheets of either format shares.
#pragma once

#include "api/http/problem.h"
#include "ledger/domain/campaign.h"
#include "ledger/sheet_source.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace countersign::api {

using OpenedSheet = std::variant<std::shared_ptr<const ledger::SheetSource>, Problem>;
// As open_sheet() (sheet.h), by format.
OpenedSheet open_csv_sheet(std::string_view text, const ledger::TableDefinition& table);
OpenedSheet open_ndjson_sheet(std::string_view text, const ledger::TableDefinition& table);

Problem malformed_sheet(std::uint64_t line, std::string column, std::string en, std::string zh);

// A refusal when the sheet has more rows than are compared at once.
std::optional<Problem> refuse_too_long(std::string_view text,
                                       const ledger::TableDefinition& table);

// Without spaces and tabs around it.
std::string_view trimmed(std::string_view text);

// By key, Chinese or English name or platform code; also "中文名(key)", as some templates have it.
const ledger::Column* column_named(const ledger::TableDefinition& table, std::string_view header);

// Bytes of a part: small enough to keep every core busy to the end of a sheet.
inline constexpr std::size_t kSheetPartBytes = 128 << 10;

struct SheetPart {
  std::string_view text;
  std::uint64_t first_line = 1;
};

// How many of `c` there are.
std::size_t count_of(std::string_view text, char c);

}  // namespace countersign::api
