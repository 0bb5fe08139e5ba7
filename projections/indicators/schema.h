// What the indicators came to, the edits that moved them since, and rectification plans.
#pragma once

namespace countersign::projections {

inline constexpr char kIndicatorsSchema[] = R"sql(
-- One row a computation. computed_at: the tables after so many entries. Numbers stand as their
-- shortest decimal text that reads back exactly; null: undefined.
CREATE TABLE computations (
  idx INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  computed_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX computations_by_campaign ON computations (campaign);
CREATE TABLE computation_inputs (
  idx INTEGER NOT NULL,
  tbl TEXT NOT NULL,
  version INTEGER NOT NULL,
  version_hash TEXT NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (idx, tbl)
) WITHOUT ROWID;
CREATE TABLE computation_quantities (
  idx INTEGER NOT NULL,
  quantity TEXT NOT NULL,
  version INTEGER NOT NULL,
  value TEXT NOT NULL,
  cells INTEGER NOT NULL,
  PRIMARY KEY (idx, quantity)
) WITHOUT ROWID;
CREATE TABLE computation_values (
  idx INTEGER NOT NULL,
  indicator TEXT NOT NULL,
  version INTEGER NOT NULL,
  value TEXT,
  mark TEXT,
  result TEXT NOT NULL,
  PRIMARY KEY (idx, indicator)
) WITHOUT ROWID;

-- Where each indicator that was computed stands after the last edit of its input tables. side: of
-- its marks, when it was last known: passes, fails, restricted; empty: never. revision: of the
-- definition it was evaluated by.
CREATE TABLE indicator_standings (
  campaign TEXT NOT NULL,
  indicator TEXT NOT NULL,
  revision INTEGER NOT NULL,
  value TEXT,
  result TEXT NOT NULL,
  side TEXT NOT NULL,
  PRIMARY KEY (campaign, indicator)
) WITHOUT ROWID;

-- Edits of an indicator's input tables after it was computed: one command each, entries first to
-- idx. computed_by: the last computation before. broken: why the value after is unknown. crossed:
-- the edit moved it to another side; then after_level, after_body and before_body say where the
-- table and the campaign stood in their reviews.
CREATE TABLE indicator_edits (
  campaign TEXT NOT NULL,
  indicator TEXT NOT NULL,
  idx INTEGER NOT NULL,
  first INTEGER NOT NULL,
  tbl TEXT NOT NULL,
  computed_by INTEGER NOT NULL,
  cells INTEGER NOT NULL,
  value_before TEXT,
  result_before TEXT NOT NULL,
  value_after TEXT,
  result_after TEXT NOT NULL,
  broken TEXT NOT NULL,
  crossed INTEGER NOT NULL,
  after_level TEXT NOT NULL,
  after_body TEXT NOT NULL,
  before_body TEXT NOT NULL,
  PRIMARY KEY (campaign, indicator, idx)
) WITHOUT ROWID;

-- One row an indicator that misses, or missed, its mark. status: due, drafted, accepted.
CREATE TABLE plans (
  campaign TEXT NOT NULL,
  indicator TEXT NOT NULL,
  department TEXT NOT NULL,
  required_by INTEGER NOT NULL,
  status TEXT NOT NULL,
  settled INTEGER NOT NULL,  -- accepted, or due for an indicator that passes by now
  PRIMARY KEY (campaign, indicator)
) WITHOUT ROWID;
CREATE TABLE plan_drafts (
  idx INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  indicator TEXT NOT NULL,
  draft INTEGER NOT NULL
);
CREATE INDEX plan_drafts_by_plan ON plan_drafts (campaign, indicator);
CREATE TABLE plan_items (
  idx INTEGER NOT NULL,
  position INTEGER NOT NULL,
  item TEXT NOT NULL,
  cause TEXT NOT NULL,
  measure TEXT NOT NULL,
  owner TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (idx, position)
) WITHOUT ROWID;
-- plan: the entry that drafted what was decided on.
CREATE TABLE plan_decisions (
  idx INTEGER PRIMARY KEY,
  plan INTEGER NOT NULL,
  attended INTEGER NOT NULL,
  accepted INTEGER NOT NULL
);
CREATE INDEX plan_decisions_by_plan ON plan_decisions (plan);
CREATE TABLE plan_item_decisions (
  idx INTEGER NOT NULL,
  item TEXT NOT NULL,
  accepted INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (idx, item)
) WITHOUT ROWID;
-- campaign: the one that followed up; previous: the plan's.
CREATE TABLE plan_follow_ups (
  idx INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  previous TEXT NOT NULL,
  indicator TEXT NOT NULL,
  item TEXT NOT NULL,
  outcome TEXT NOT NULL,
  text TEXT NOT NULL
);
CREATE INDEX plan_follow_ups_by_plan ON plan_follow_ups (previous, indicator);
)sql";

}  // namespace countersign::projections
