// Tasks with their due instants, waits, statements, returns and assists.
#pragma once

namespace countersign::projections {

inline constexpr char kDeadlinesSchema[] = R"sql(
CREATE TABLE campaigns (
  campaign TEXT PRIMARY KEY,
  dept_levels INTEGER NOT NULL,  -- levels of the approval chain within the department
  first_role TEXT NOT NULL,      -- who passes the first of these; empty: there is none
  decided INTEGER NOT NULL,      -- whether the last body has decided
  readiness TEXT NOT NULL        -- what departments must have been given: "accounts,training"
) WITHOUT ROWID;

-- The deciding bodies, in the order in which they decide.
CREATE TABLE bodies (
  campaign TEXT NOT NULL,
  position INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (campaign, position)
) WITHOUT ROWID;

CREATE TABLE phases (
  campaign TEXT NOT NULL,
  phase TEXT NOT NULL,
  position INTEGER NOT NULL,
  open INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  PRIMARY KEY (campaign, phase)
) WITHOUT ROWID;

-- Departments that owe a plan.
CREATE TABLE departments_explaining (
  campaign TEXT NOT NULL,
  department TEXT NOT NULL,
  PRIMARY KEY (campaign, department)
) WITHOUT ROWID;

-- One row an assigned task. opened_*: when it could first be filled. due: in force; submitted_*,
-- raw_late, net_late: of the first submission; late only when raw_late is not null. Durations are microseconds.
CREATE TABLE tasks (
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  department TEXT NOT NULL,
  phase TEXT NOT NULL,
  base INTEGER NOT NULL,
  assigned_by INTEGER NOT NULL,
  opened_by INTEGER,
  opened_at INTEGER,
  status TEXT NOT NULL,
  process_state TEXT NOT NULL,
  level TEXT NOT NULL,
  levels_passed INTEGER NOT NULL,
  due INTEGER NOT NULL,
  due_first INTEGER NOT NULL,
  submitted_by INTEGER,
  submitted_at INTEGER,
  raw_late INTEGER,
  net_late INTEGER,
  current_version INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  content_index INTEGER,
  settled INTEGER NOT NULL,      -- passed all it has to
  reopened_by INTEGER,           -- entry that reopened it after its window, last of all
  PRIMARY KEY (campaign, tbl)
) WITHOUT ROWID;
CREATE INDEX tasks_by_department ON tasks (department);

-- Moves by the office and new instants set by a return (reason empty: see the return).
CREATE TABLE due_moves (
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  idx INTEGER NOT NULL,
  old_due INTEGER NOT NULL,
  new_due INTEGER NOT NULL,
  person TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (campaign, tbl, idx)
) WITHOUT ROWID;

-- Times a table waited for another: ended by the pass (to_idx) that released the upstream table;
-- the task itself is free again at unblocked_by, when the last of them has released.
-- upstream_due: in force at the release; null while waiting.
CREATE TABLE waits (
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  by_tbl TEXT NOT NULL,
  from_idx INTEGER NOT NULL,
  from_at INTEGER NOT NULL,
  to_idx INTEGER,
  to_at INTEGER,
  unblocked_by INTEGER,
  upstream_due INTEGER,
  PRIMARY KEY (campaign, tbl, by_tbl, from_idx)
) WITHOUT ROWID;

CREATE TABLE statements (
  idx INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  level TEXT NOT NULL,
  school_wide INTEGER NOT NULL,
  person TEXT NOT NULL,
  role TEXT NOT NULL,
  department TEXT NOT NULL,
  on_behalf_of TEXT NOT NULL,
  at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  version_hash TEXT NOT NULL
);
CREATE INDEX statements_by_table ON statements (campaign, tbl);

CREATE TABLE returns (
  idx INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  level TEXT NOT NULL,
  school_wide INTEGER NOT NULL,
  person TEXT NOT NULL,
  at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  due INTEGER
);
CREATE INDEX returns_by_table ON returns (campaign, tbl);
CREATE TABLE return_reasons (
  idx INTEGER NOT NULL,
  position INTEGER NOT NULL,
  row TEXT NOT NULL,
  col TEXT NOT NULL,
  rule TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (idx, position)
) WITHOUT ROWID;

-- short_notice: the department was given less than the working days that were agreed.
CREATE TABLE assists (
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  part TEXT NOT NULL,
  department TEXT NOT NULL,
  status TEXT NOT NULL,
  due INTEGER NOT NULL,
  short_notice INTEGER NOT NULL,
  requested_by INTEGER NOT NULL,
  requested_at INTEGER NOT NULL,
  answered_by INTEGER,
  answered_at INTEGER,
  PRIMARY KEY (campaign, tbl, part, department)
) WITHOUT ROWID;
CREATE INDEX assists_by_department ON assists (department);
)sql";

}  // namespace countersign::projections
