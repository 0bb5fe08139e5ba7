// What was carried forward from the previous edition, and what became of every row since.
#pragma once

namespace countersign::projections {

inline constexpr char kCarryForwardSchema[] = R"sql(
-- One row a table that last year's rows were brought into. idx: the first entry that did.
CREATE TABLE carried_tables (
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  idx INTEGER NOT NULL,
  at INTEGER NOT NULL,
  from_campaign TEXT NOT NULL,
  from_tbl TEXT NOT NULL,
  from_version INTEGER NOT NULL,
  from_hash TEXT NOT NULL,
  left_out INTEGER NOT NULL,
  PRIMARY KEY (campaign, tbl)
) WITHOUT ROWID;

-- Columns that the previous edition has nothing for (new), or cells of which no longer fit (unfit).
CREATE TABLE carried_columns (
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  col TEXT NOT NULL,
  new INTEGER NOT NULL,
  unfit INTEGER NOT NULL,
  PRIMARY KEY (campaign, tbl, col)
) WITHOUT ROWID;

-- Entries that brought rows over; whose act they are edited nothing.
CREATE TABLE carried_entries (idx INTEGER PRIMARY KEY);

-- Every row that was brought over. change: its id in row_changes as it was brought; cells: how many
-- had a value then; missing: required cells without one; state: untouched, confirmed, changed,
-- removed, since entry idx; changed: cells that differ from what was brought.
CREATE TABLE carried_rows (
  edition INTEGER NOT NULL,
  key TEXT NOT NULL,
  change INTEGER NOT NULL,
  cells INTEGER NOT NULL,
  missing INTEGER NOT NULL,
  state TEXT NOT NULL,
  idx INTEGER NOT NULL,
  bulk INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  PRIMARY KEY (edition, key)
) WITHOUT ROWID;
)sql";

}  // namespace countersign::projections
