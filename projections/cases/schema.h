// Cases for appraisal: what each rests on, its packs, how it was served, and what followed.
#pragma once

namespace countersign::projections {

inline constexpr char kCasesSchema[] = R"sql(
-- idx: the entry that opened it, by which the case is named.
CREATE TABLE cases (
  idx INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  department TEXT NOT NULL,
  title TEXT NOT NULL,
  person TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX cases_by_campaign ON cases (campaign);

-- idx: the case, or the text that reports these facts.
CREATE TABLE case_facts (
  idx INTEGER NOT NULL,
  position INTEGER NOT NULL,
  fact TEXT NOT NULL,
  PRIMARY KEY (idx, position)
) WITHOUT ROWID;

CREATE TABLE case_packs (
  idx INTEGER PRIMARY KEY,
  case_idx INTEGER NOT NULL,
  hash TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  person TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX case_packs_by_case ON case_packs (case_idx);

-- received_*: by the unit's head; null until then.
CREATE TABLE case_services (
  idx INTEGER PRIMARY KEY,
  case_idx INTEGER NOT NULL,
  pack TEXT NOT NULL,
  objections_until INTEGER NOT NULL,
  receiver TEXT NOT NULL,
  person TEXT NOT NULL,
  at INTEGER NOT NULL,
  received_by INTEGER,
  received_person TEXT,
  received_at INTEGER
);
CREATE INDEX case_services_by_case ON case_services (case_idx);

-- The conclusion and its corrections. bulletin: of a published one; reason: of a correction.
CREATE TABLE case_texts (
  idx INTEGER PRIMARY KEY,
  case_idx INTEGER NOT NULL,
  kind TEXT NOT NULL,  -- conclusion, correction
  outcome TEXT NOT NULL,
  bulletin INTEGER,
  text TEXT NOT NULL,
  reason TEXT NOT NULL,
  appeal_until INTEGER,
  person TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX case_texts_by_case ON case_texts (case_idx);

-- Whom a text reached: those named, those of the bulletin, and everybody an earlier text reached.
CREATE TABLE case_receivers (
  idx INTEGER NOT NULL,
  receiver TEXT NOT NULL,
  PRIMARY KEY (idx, receiver)
) WITHOUT ROWID;
)sql";

}  // namespace countersign::projections
