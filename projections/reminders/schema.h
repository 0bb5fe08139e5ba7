// Chases and their answers, what departments were given when, and when the platform stood still.
#pragma once

namespace countersign::projections {

inline constexpr char kRemindersSchema[] = R"sql(
CREATE TABLE chases (
  idx INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  department TEXT NOT NULL,
  text TEXT NOT NULL,
  person TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX chases_by_department ON chases (campaign, department);

CREATE TABLE chase_tables (
  idx INTEGER NOT NULL,
  position INTEGER NOT NULL,
  tbl TEXT NOT NULL,
  PRIMARY KEY (idx, position)
) WITHOUT ROWID;

CREATE TABLE chase_answers (
  idx INTEGER PRIMARY KEY,
  chase INTEGER NOT NULL,
  promised INTEGER,
  text TEXT NOT NULL,
  person TEXT NOT NULL,
  role TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX chase_answers_by_chase ON chase_answers (chase);

-- what: accounts, training. The first entry of a kind counts.
CREATE TABLE readiness (
  campaign TEXT NOT NULL,
  department TEXT NOT NULL,
  what TEXT NOT NULL,
  idx INTEGER NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL,
  person TEXT NOT NULL,
  PRIMARY KEY (campaign, department, what, idx)
) WITHOUT ROWID;

CREATE TABLE outages (
  idx INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  every INTEGER NOT NULL,  -- 1: of every table, 0: of those in outage_tables
  text TEXT NOT NULL,
  person TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX outages_by_campaign ON outages (campaign);

CREATE TABLE outage_tables (
  idx INTEGER NOT NULL,
  tbl TEXT NOT NULL,
  PRIMARY KEY (idx, tbl)
) WITHOUT ROWID;
)sql";

}  // namespace countersign::projections
