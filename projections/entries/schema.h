// What every view refers to: the circumstances of each entry, and who is who.
#pragma once

namespace countersign::projections {

inline constexpr char kEntriesSchema[] = R"sql(
-- One row an entry. received_max: the latest receipt so far; grows with idx, so that an instant
-- can be turned into a tree size. Instants are microseconds since 1970, UTC, in every table.
CREATE TABLE entries (
  idx INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  person TEXT NOT NULL,
  account TEXT NOT NULL,
  role TEXT NOT NULL,
  department TEXT NOT NULL,
  on_behalf_of TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  received_max INTEGER NOT NULL,
  claimed_at INTEGER,
  command TEXT NOT NULL,
  caused_by INTEGER,
  version INTEGER NOT NULL,
  review_state TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX entries_by_table ON entries (campaign, tbl);
CREATE INDEX entries_by_campaign ON entries (campaign);
CREATE INDEX entries_by_receipt ON entries (received_max);

CREATE TABLE persons (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  department TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE accounts (id TEXT PRIMARY KEY, closed INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE account_hats (
  account TEXT NOT NULL,
  role TEXT NOT NULL,
  department TEXT NOT NULL,
  PRIMARY KEY (account, role, department)
) WITHOUT ROWID;
)sql";

}  // namespace countersign::projections
