// Facts, their charges, the entries behind both, and what people said of them.
#pragma once

namespace countersign::projections {

inline constexpr char kAccountabilitySchema[] = R"sql(
-- seq grows with the raising entry. net and counts: as computed; what is in force follows from
-- state: open, objected, upheld, corrected or voided. Instants and durations in microseconds.
CREATE TABLE facts (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  rule_version INTEGER NOT NULL,
  state TEXT NOT NULL,
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  department TEXT NOT NULL,
  person TEXT NOT NULL,
  due INTEGER,
  happened INTEGER,
  raw INTEGER,
  net INTEGER,
  count INTEGER NOT NULL,
  counts INTEGER NOT NULL,
  after TEXT NOT NULL,
  early INTEGER,            -- F15: before the due instant
  excused_by TEXT NOT NULL, -- F1, F2, F3: why it does not count
  rule TEXT NOT NULL        -- "X02@1"; empty: rests on no rule of the campaign
);
-- Facts that are alike stand together in the order of seq (fact_page.h).
CREATE INDEX facts_by_table ON facts (campaign, tbl, kind);
CREATE INDEX facts_by_department ON facts (department, campaign, kind);

-- How many facts are alike, since there may be millions; 0 when those there were have changed.
CREATE TABLE fact_counts (
  department TEXT NOT NULL,
  campaign TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  counts INTEGER NOT NULL,
  facts INTEGER NOT NULL,
  PRIMARY KEY (department, campaign, kind, state, counts)
) WITHOUT ROWID;
CREATE TRIGGER fact_raised AFTER INSERT ON facts BEGIN
  INSERT INTO fact_counts VALUES (new.department, new.campaign, new.kind, new.state, new.counts, 1)
    ON CONFLICT DO UPDATE SET facts = facts + 1;
END;
CREATE TRIGGER fact_judged AFTER UPDATE OF state, counts ON facts BEGIN
  UPDATE fact_counts SET facts = facts - 1 WHERE department = old.department
    AND campaign = old.campaign AND kind = old.kind AND state = old.state AND counts = old.counts;
  INSERT INTO fact_counts VALUES (new.department, new.campaign, new.kind, new.state, new.counts, 1)
    ON CONFLICT DO UPDATE SET facts = facts + 1;
END;

-- Of F1, F2 and F3, what is needed to judge them again when an outage is logged later.
CREATE TABLE late_facts (
  fact INTEGER PRIMARY KEY,
  since INTEGER,             -- only what happened after it excuses
  excused_by TEXT NOT NULL   -- why it does not count whatever the time; empty: it may
);

CREATE TABLE charges (
  fact INTEGER NOT NULL,
  position INTEGER NOT NULL,  -- from 1
  tbl TEXT NOT NULL,
  department TEXT NOT NULL,
  kind TEXT NOT NULL,         -- wait, blocked, part, outage (queries.h)
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  PRIMARY KEY (fact, position)
) WITHOUT ROWID;

-- Objections to facts and decisions on them, in their order. A decision that corrects gives the net
-- overrun that remains.
CREATE TABLE fact_acts (
  idx INTEGER NOT NULL,
  fact TEXT NOT NULL,
  kind TEXT NOT NULL,  -- objection, decision, withdrawal (of the rule it rests on)
  stage INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  net INTEGER,
  text TEXT NOT NULL,
  person TEXT NOT NULL,
  role TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (fact, idx)
) WITHOUT ROWID;

CREATE TABLE fact_evidence (
  idx INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hash TEXT NOT NULL,
  title TEXT NOT NULL,
  PRIMARY KEY (idx, position)
) WITHOUT ROWID;

-- charge 0: of the fact itself, the charges' included.
CREATE TABLE fact_entries (
  fact INTEGER NOT NULL,
  charge INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  PRIMARY KEY (fact, charge, idx)
) WITHOUT ROWID;
)sql";

}  // namespace countersign::projections
