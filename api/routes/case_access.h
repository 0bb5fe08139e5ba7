// Cases and units as an account may see them: what the routes of cases and of packs share.
#pragma once

#include "api/routes/access.h"
#include "projections/cases/queries.h"

#include <string>
#include <variant>

namespace countersign::api {

// Those who run a review, and those who check how it was run.
bool follows_reviews(const Request& request);
bool of_department(const Request& request, const std::string& department);

// A unit hears of a case once it was served, and so does everybody else who reads its record.
bool sees_case(const Request& request, const projections::CaseRecord& record);
Problem no_case();

// What a route of one case is about.
struct NamedCase {
  const ledger::CampaignDefinition* campaign = nullptr;
  ledger::LeafIndex id = 0;
};
std::variant<NamedCase, Problem> case_of(const Request& request);
// The case as the views have it.
std::variant<projections::CaseRecord, Problem> record_of(const NamedCase& named,
                                                         Services& services);

// For a service that keeps no files.
Problem no_packs();

}  // namespace countersign::api
