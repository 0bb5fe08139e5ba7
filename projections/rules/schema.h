// Runs of the rules, their findings, explanations, and withdrawn rules.
#pragma once

namespace countersign::projections {

inline constexpr char kRulesSchema[] = R"sql(
CREATE TABLE rule_runs (
  idx INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  number INTEGER NOT NULL,
  hash TEXT NOT NULL,
  rows INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX rule_runs_by_table ON rule_runs (campaign, tbl);

-- broken: why it found nothing out; empty when it did.
CREATE TABLE rule_outcomes (
  run INTEGER NOT NULL,
  rule TEXT NOT NULL,
  version INTEGER NOT NULL,
  severity TEXT NOT NULL,
  count INTEGER NOT NULL,
  open INTEGER NOT NULL,
  broken TEXT NOT NULL,
  PRIMARY KEY (run, rule)
) WITHOUT ROWID;
CREATE INDEX rule_outcomes_broken ON rule_outcomes (run) WHERE broken != '';

-- row: null for the table as a whole.
CREATE TABLE findings (
  run INTEGER NOT NULL,
  position INTEGER NOT NULL,
  rule TEXT NOT NULL,
  row TEXT,
  col TEXT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (run, position)
) WITHOUT ROWID;
CREATE INDEX findings_by_place ON findings (run, rule, row);

-- row: null for all findings that the rule had in the run. status: proposed, accepted, rejected.
CREATE TABLE explanations (
  idx INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  rule TEXT NOT NULL,
  version INTEGER NOT NULL,
  run INTEGER NOT NULL,
  row TEXT,
  col TEXT NOT NULL,
  covers INTEGER NOT NULL,
  reason TEXT NOT NULL,
  person TEXT NOT NULL,
  at INTEGER NOT NULL,
  status TEXT NOT NULL,
  decided_by INTEGER,
  decided_at INTEGER,
  decision_reason TEXT NOT NULL,
  decision_person TEXT NOT NULL
);
CREATE INDEX explanations_by_table ON explanations (campaign, tbl, rule);
CREATE INDEX explanations_by_run ON explanations (run, rule);
CREATE TABLE explanation_evidence (
  idx INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hash TEXT NOT NULL,
  title TEXT NOT NULL,
  PRIMARY KEY (idx, position)
) WITHOUT ROWID;

CREATE TABLE withdrawn_rules (
  campaign TEXT NOT NULL,
  rule TEXT NOT NULL,
  version INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  reason TEXT NOT NULL,
  person TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (campaign, rule, version)
) WITHOUT ROWID;
)sql";

}  // namespace countersign::projections
