// Current tables and their changes. Besides these, every table edition is one typed SQL table,
// "t_<campaign>_<table>": _key (primary key), _etag (entry of the last change), _change (its id in
// row_changes), and one column a cell: INTEGER for integers and years, NUMERIC for decimals, TEXT
// for everything else. The typed table serves filters and rules; cells are always given back from
// row_changes, where they stand exactly as recorded.
#pragma once

#include <cstdint>

namespace countersign::projections {

inline constexpr char kTablesSchema[] = R"sql(
-- columns: keys and types, to see whether a new definition changes the typed table.
CREATE TABLE editions (
  id INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  columns TEXT NOT NULL,
  department TEXT NOT NULL,
  UNIQUE (campaign, tbl)
);

-- Every change of every row; never updated. id = entry index * 2^24 + item, so id order is log
-- order. cells: canonical JSON of the whole row after the change; empty when removed.
CREATE TABLE row_changes (
  id INTEGER PRIMARY KEY,
  edition INTEGER NOT NULL,
  key TEXT NOT NULL,
  removed INTEGER NOT NULL,
  cells TEXT NOT NULL
);
-- Few entries are read by id: "+edition = ?" keeps SQLite from going through all of a table instead.
CREATE INDEX row_changes_by_row ON row_changes (edition, key);
)sql";

inline constexpr int kItemBits = 24;
inline constexpr std::uint64_t change_id(std::uint64_t index, std::uint64_t item) {
  return (index << kItemBits) | item;
}
inline constexpr std::uint64_t change_index(std::uint64_t id) { return id >> kItemBits; }
inline constexpr std::uint32_t change_item(std::uint64_t id) {
  return static_cast<std::uint32_t>(id & ((1U << kItemBits) - 1));
}

}  // namespace countersign::projections
