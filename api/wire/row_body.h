// The body of one row's edit: {"cells": {…}, "reason": "…"}.
#pragma once

#include "ledger/domain/row.h"

#include <optional>
#include <string>
#include <string_view>

namespace countersign::api {

struct RowBody {
  ledger::Cells cells;
  std::string reason;

  bool operator==(const RowBody&) const = default;
};

// Reads it where it is simple (wire/simple_json.h), as nearly all are; none: BodyReader reads it, or
// says what is wrong with it. Both read it alike.
std::optional<RowBody> read_simple_row(std::string_view body);

}  // namespace countersign::api
