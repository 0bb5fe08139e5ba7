// Which explanation stands for a finding. Private to projections.
#pragma once

namespace countersign::projections {

// Of a finding f of a run r with its outcome o: the last explanation that speaks of it. One about
// all findings of a rule speaks of those places that its own run had.
inline constexpr char kExplanationOfFinding[] =
    "(SELECT e.idx FROM explanations e WHERE e.campaign = r.campaign AND e.tbl = r.tbl"
    " AND e.rule = f.rule AND e.version = o.version AND ((e.row IS NULL AND e.col = '' AND EXISTS"
    " (SELECT 1 FROM findings p WHERE p.run = e.run AND p.rule = f.rule AND p.row IS f.row"
    " AND p.col = f.col)) OR (NOT (e.row IS NULL AND e.col = '') AND e.row IS f.row"
    " AND e.col IN ('', f.col))) ORDER BY e.idx DESC LIMIT 1)";

// The same for a place that is being evaluated: ?1 campaign, ?2 table, ?3 rule, ?4 version, ?5 row,
// ?6 column. Gives the status of that explanation.
inline constexpr char kStatusOfPlace[] =
    "SELECT e.status FROM explanations e WHERE e.campaign = ?1 AND e.tbl = ?2 AND e.rule = ?3"
    " AND e.version = ?4 AND ((e.row IS NULL AND e.col = '' AND EXISTS (SELECT 1 FROM findings p"
    " WHERE p.run = e.run AND p.rule = ?3 AND p.row IS ?5 AND p.col = ?6)) OR"
    " (NOT (e.row IS NULL AND e.col = '') AND e.row IS ?5 AND e.col IN ('', ?6)))"
    " ORDER BY e.idx DESC LIMIT 1";

}  // namespace countersign::projections
