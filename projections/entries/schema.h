// What every view refers to: the circumstances of each entry, and who is who.
#pragma once

namespace countersign::projections {

inline constexpr char kEntriesSchema[] = R"sql(
-- Who acted on what, under what: what entries share stands once. version: of the table; 0: not about
-- one. review_state: of the task just before.
CREATE TABLE circumstances (
  id INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  type TEXT NOT NULL,
  person TEXT NOT NULL,
  account TEXT NOT NULL,
  role TEXT NOT NULL,
  department TEXT NOT NULL,
  on_behalf_of TEXT NOT NULL,
  version INTEGER NOT NULL,
  review_state TEXT NOT NULL,
  UNIQUE (campaign, tbl, type, person, account, role, department, on_behalf_of, version, review_state)
);

-- One row an entry. under: its circumstances. place: in its command, from 0. behind: how far its
-- receipt lies before the latest receipt so far, which grows with idx, so that an instant can be
-- turned into a tree size. Instants are microseconds since 1970, UTC, in every table.
CREATE TABLE entries (
  idx INTEGER PRIMARY KEY,
  under INTEGER NOT NULL,
  place INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  behind INTEGER NOT NULL,
  claimed_at INTEGER,
  caused_by INTEGER,
  reason TEXT NOT NULL
);
CREATE INDEX entries_by_circumstances ON entries (under);

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
