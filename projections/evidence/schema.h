// Evidence, what it covers, what became of it, and to whom it was shown.
#pragma once

namespace countersign::projections {

inline constexpr char kEvidenceSchema[] = R"sql(
-- One row a registration. state: standing, withdrawn, missing; changed, reason, changed_by and
-- changed_at: the entry that made it so, if any. department: of the hat that registered it.
CREATE TABLE evidence (
  idx INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,  -- empty: an indicator's alone
  hash TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  custodian TEXT NOT NULL,
  kind TEXT NOT NULL,
  stored INTEGER NOT NULL,
  title TEXT NOT NULL,
  file_name TEXT NOT NULL,
  valid_for TEXT NOT NULL,
  rows INTEGER NOT NULL,
  person TEXT NOT NULL,
  department TEXT NOT NULL,
  at INTEGER NOT NULL,
  state TEXT NOT NULL,
  changed INTEGER,
  reason TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at INTEGER
);
CREATE INDEX evidence_by_table ON evidence (campaign, tbl);

CREATE TABLE evidence_covers (
  idx INTEGER NOT NULL,
  position INTEGER NOT NULL,
  row TEXT,
  col TEXT NOT NULL,
  requirement TEXT NOT NULL,
  indicator TEXT NOT NULL,
  PRIMARY KEY (idx, position)
) WITHOUT ROWID;

-- What each satisfies, as the definition stood when it was registered; row: of requirements that
-- ask for one for each row, else empty.
CREATE TABLE evidence_met (
  campaign TEXT NOT NULL,
  requirement TEXT NOT NULL,
  row TEXT NOT NULL,
  idx INTEGER NOT NULL,
  PRIMARY KEY (campaign, requirement, row, idx)
) WITHOUT ROWID;

CREATE TABLE evidence_shown (
  idx INTEGER PRIMARY KEY,
  evidence INTEGER NOT NULL,
  person TEXT NOT NULL,
  role TEXT NOT NULL,
  receiver TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX evidence_shown_by_evidence ON evidence_shown (evidence);
)sql";

}  // namespace countersign::projections
