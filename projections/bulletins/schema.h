// Bulletins: every text they ever had, what each rests on, and whom it reached.
#pragma once

namespace countersign::projections {

inline constexpr char kBulletinsSchema[] = R"sql(
-- One row a text; bulletin: the entry of its first text. reason: of a correction, else empty.
CREATE TABLE bulletin_texts (
  idx INTEGER PRIMARY KEY,
  bulletin INTEGER NOT NULL,
  campaign TEXT NOT NULL,
  text TEXT NOT NULL,
  reason TEXT NOT NULL,
  objections_until INTEGER NOT NULL,
  person TEXT NOT NULL,
  role TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE INDEX bulletin_texts_by_bulletin ON bulletin_texts (campaign, bulletin);

CREATE TABLE bulletin_departments (
  idx INTEGER NOT NULL,
  position INTEGER NOT NULL,
  department TEXT NOT NULL,
  PRIMARY KEY (idx, position)
) WITHOUT ROWID;

CREATE TABLE bulletin_facts (
  idx INTEGER NOT NULL,
  position INTEGER NOT NULL,
  fact TEXT NOT NULL,
  PRIMARY KEY (idx, position)
) WITHOUT ROWID;

-- idx: the entry that published the text. Receivers: those whom an earlier text of the bulletin
-- reached, and those named with this one.
CREATE TABLE bulletin_publications (
  idx INTEGER PRIMARY KEY,
  text INTEGER NOT NULL UNIQUE,
  person TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE TABLE bulletin_receivers (
  idx INTEGER NOT NULL,
  receiver TEXT NOT NULL,
  PRIMARY KEY (idx, receiver)
) WITHOUT ROWID;
)sql";

}  // namespace countersign::projections
