// Answers of the trace views as JSON and as the five-question sheet: what, from, to, when, who,
// why. Shapes are those of the OpenAPI document.
#pragma once

#include "api/wire/words.h"
#include "ledger/domain/campaign.h"
#include "projections/trace/queries.h"

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

// How much of who and why a reader may see.
struct Disclosure {
  bool names = false;    // of persons
  bool reasons = false;  // texts that people wrote
  bool past = false;     // what cells said before and after a change
};

nlohmann::json to_json(const projections::Circumstances& by, const Disclosure& may);
nlohmann::json to_json(const projections::CellChange& change, const Disclosure& may);
nlohmann::json to_json(const projections::Act& act, const Disclosure& may);
nlohmann::json to_json(const projections::LateChange& change, const Disclosure& may);
// An object from entry index to circumstances.
nlohmann::json to_json(const std::map<ledger::LeafIndex, projections::Circumstances>& entries,
                       const Disclosure& may);

// How the five questions are answered to people.
struct FiveQuestions {
  const ledger::CampaignDefinition& campaign;
  Language language = Language::en;
  int utc_offset_minutes = 0;  // of the times shown; each says its zone

  // The header line of the CSV form.
  std::vector<std::string> header() const;
  // One change; what is withheld says so; names of tables, columns, roles and states in the
  // language.
  std::vector<std::string> record(const projections::CellChange& change,
                                  const Disclosure& may) const;
  // The same under fixed English member names, with keys beside the names.
  nlohmann::json object(const projections::CellChange& change, const Disclosure& may) const;
};

}  // namespace countersign::api
