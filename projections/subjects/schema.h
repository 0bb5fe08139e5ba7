// What persons ask to have corrected in rows about them.
#pragma once

namespace countersign::projections {

inline constexpr char kSubjectsSchema[] = R"sql(
-- answered_*, granted: null while nobody has answered. change_idx: the entry that changed the row.
CREATE TABLE corrections (
  idx INTEGER PRIMARY KEY,
  campaign TEXT NOT NULL,
  tbl TEXT NOT NULL,
  key TEXT NOT NULL,
  col TEXT NOT NULL,
  text TEXT NOT NULL,
  person TEXT NOT NULL,
  at INTEGER NOT NULL,
  answered_by INTEGER,
  answered_at INTEGER,
  answer_person TEXT,
  answer_department TEXT,
  granted INTEGER,
  reason TEXT,
  change_idx INTEGER
);
CREATE INDEX corrections_by_table ON corrections (campaign, tbl);
CREATE INDEX corrections_by_person ON corrections (campaign, person);
)sql";

}  // namespace countersign::projections
