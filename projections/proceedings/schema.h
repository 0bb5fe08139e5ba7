// What lay before the deciding bodies, what they resolved, corrections after that, freezing and
// handing over.
#pragma once

namespace countersign::projections {

inline constexpr char kProceedingsSchema[] = R"sql(
-- One row an act. kind: tabled, decided, exception, frozen, submitted, accepted, reopened.
-- document: SHA-256 of what the act cites (report, minutes, receipt, notice, order) or froze, hex.
CREATE TABLE proceedings (
  idx INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  outcome TEXT NOT NULL,
  title TEXT NOT NULL,
  document TEXT NOT NULL,
  attended INTEGER NOT NULL,
  due INTEGER,
  person TEXT NOT NULL,
  role TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX proceedings_by_campaign ON proceedings (campaign);

-- The tables an act names, and what it says of them.
CREATE TABLE proceeding_tables (
  idx INTEGER NOT NULL,
  position INTEGER NOT NULL,
  tbl TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (idx, position)
) WITHOUT ROWID;

CREATE TABLE frozen_versions (
  idx INTEGER NOT NULL,
  tbl TEXT NOT NULL,
  version INTEGER NOT NULL,
  version_hash TEXT NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (idx, tbl)
) WITHOUT ROWID;

-- Reopenings of a table after its window; the last one is in force. charged 0: lateness in the
-- corrections is nobody's.
CREATE TABLE reopenings (
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  idx INTEGER NOT NULL,
  at INTEGER NOT NULL,
  due INTEGER NOT NULL,
  charged INTEGER NOT NULL,
  PRIMARY KEY (campaign, tbl, idx)
) WITHOUT ROWID;
)sql";

}  // namespace countersign::projections
