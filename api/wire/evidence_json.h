// Evidence as JSON. Shapes are those of the OpenAPI document.
#pragma once

#include "projections/evidence/queries.h"

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

// What of evidence a reader is told.
struct EvidenceTold {
  bool rows = false;     // keys of rows that it covers or that lack it
  bool persons = false;  // who registered, withdrew or was shown it
};

nlohmann::json to_json(const projections::EvidenceRecord& record, const EvidenceTold& told);
nlohmann::json to_json(const projections::EvidenceCoverage& coverage, const EvidenceTold& told);

}  // namespace countersign::api
