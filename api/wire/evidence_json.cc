#include "api/wire/evidence_json.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

void put(json& into, const char* name, const std::string& text) {
  if (!text.empty()) into[name] = text;
}

json covers_json(const projections::EvidenceRecord& record, bool rows) {
  json covers = json::array();
  for (const auto& cover : record.covers) {
    if (cover.row && !rows) continue;
    json one = json::object();
    if (cover.row) one["row"] = *cover.row;
    put(one, "column", cover.column);
    put(one, "requirement", cover.requirement);
    put(one, "indicator", cover.indicator);
    covers.push_back(std::move(one));
  }
  return covers;
}

json showings_json(const projections::EvidenceRecord& record, bool persons) {
  json shown = json::array();
  for (const auto& showing : record.shown) {
    json one = {{"index", showing.index},
                {"role", showing.role},
                {"at", ledger::format_utc(showing.at)}};
    if (persons) one["person"] = showing.person;
    if (persons) put(one, "to", showing.to);
    shown.push_back(std::move(one));
  }
  return shown;
}

}  // namespace

json to_json(const projections::EvidenceRecord& record, const EvidenceTold& told) {
  json out = {{"id", record.id},
              {"table", record.table},
              {"title", record.title},
              {"kind", record.kind},
              {"custodian", record.custodian},
              {"hash", record.hash},
              {"bytes", record.bytes},
              {"stored", record.stored},
              {"state", record.state},
              {"rows", record.rows},
              {"covers", covers_json(record, told.rows)},
              {"department", record.department},
              {"at", ledger::format_utc(record.at)},
              {"after_signing", record.after_signing},
              {"shown", showings_json(record, told.persons)}};
  put(out, "media_type", record.media_type);
  put(out, "file_name", record.file_name);
  put(out, "valid_for", record.valid_for);
  if (told.persons) out["person"] = record.person;
  if (record.change) {
    json change = {{"index", record.change->index},
                   {"reason", record.change->reason},
                   {"at", ledger::format_utc(record.change->at)}};
    if (told.persons) change["person"] = record.change->person;
    out["change"] = std::move(change);
  }
  return out;
}

json to_json(const projections::EvidenceCoverage& coverage, const EvidenceTold& told) {
  const auto& requirement = coverage.requirement;
  const bool at_submission =
      requirement.required_at == ledger::EvidenceRequirement::At::submission;
  json out = {{"requirement", requirement.id},
              {"table", requirement.table.value},
              {"name", {{"zh", requirement.name.zh}, {"en", requirement.name.en}}},
              {"columns", requirement.columns},
              {"kinds", requirement.kinds},
              {"per_row", requirement.per_row},
              {"required_at", at_submission ? "submission" : "signature"},
              {"met", coverage.met},
              {"standing", coverage.standing}};
  if (requirement.per_row) {
    out["rows"] = coverage.rows;
    out["covered"] = coverage.covered;
    if (told.rows) out["lacking"] = coverage.lacking;
  }
  return out;
}

}  // namespace countersign::api
