// A table with a column of every type, for sheets to be read into.
#pragma once

#include "ledger/domain/campaign.h"

namespace countersign::fuzz {

inline ledger::TableDefinition sheet_table() {
  ledger::TableDefinition table;
  table.key = ledger::TableKey("t");
  table.key_columns = {"id"};
  const auto add = [&table](const char* key, const char* zh, ledger::ColumnType type) {
    ledger::Column column;
    column.key = key;
    column.name = {zh, key};
    column.type = type;
    column.required = false;
    column.max_characters = 20;
    table.columns.push_back(std::move(column));
  };
  add("id", "编号", ledger::ColumnType::text);
  add("number", "数目", ledger::ColumnType::integer);
  add("share", "比例", ledger::ColumnType::decimal);
  add("year", "年份", ledger::ColumnType::year);
  add("month", "年月", ledger::ColumnType::month);
  add("note", "备注", ledger::ColumnType::long_text);
  return table;
}

}  // namespace countersign::fuzz
