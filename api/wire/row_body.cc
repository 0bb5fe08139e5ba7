#include "api/wire/row_body.h"

#include "api/wire/simple_json.h"
#include "ledger/domain/erased_item_codec.h"

namespace countersign::api {

namespace {

bool read_cells(SimpleJson& reader, const simdjson::dom::element& value, ledger::Cells& cells) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return false;
  for (const auto& [name, member] : object) {
    const auto text = reader.cell(member);
    if (!text || !reader.names(name)) return false;
    ledger::Cell cell;
    if (!member.is_null()) cell.emplace(*text);
    if (!cells.try_emplace(std::string(name), std::move(cell)).second) return false;
  }
  return true;
}

}  // namespace

std::optional<RowBody> read_simple_row(std::string_view body) {
  thread_local SimpleJson reader;
  const auto object = reader.object(body);
  if (!object) return std::nullopt;
  RowBody row;
  bool has_cells = false;
  bool has_reason = false;
  for (const auto& [name, value] : *object) {
    if (name == "cells" && !has_cells) {
      if (!read_cells(reader, value, row.cells)) return std::nullopt;
      has_cells = true;
    } else if (name == "reason" && !has_reason) {
      const auto reason = reader.text(value);
      if (!reason || reason->find(ledger::kErasedText) != std::string_view::npos) {
        return std::nullopt;
      }
      row.reason = *reason;
      has_reason = true;
    } else {
      return std::nullopt;
    }
  }
  return row;
}

}  // namespace countersign::api
