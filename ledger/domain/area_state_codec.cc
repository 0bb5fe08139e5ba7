#include "ledger/domain/area_state_codec.h"

#include "ledger/domain/event_json.h"

#include <cstdlib>

namespace countersign::ledger {

using nlohmann::json;

namespace {

template <typename Status>
Status status_of(JsonReader& in, Status last) {
  const auto number = in.number("status");
  if (number > static_cast<std::uint64_t>(last)) in.note("status", "is unknown");
  return static_cast<Status>(number);
}

json write(const Validation& run) {
  json outcomes = json::array();
  for (const auto& [rule, outcome] : run.outcomes) {
    outcomes.push_back({{"rule", rule},
                        {"version", outcome.version},
                        {"severity", to_string(outcome.severity)},
                        {"count", outcome.count},
                        {"open", outcome.open},
                        {"broken", outcome.broken},
                        {"why", outcome.why}});
  }
  return {{"by", run.by},
          {"version", version_json(run.version)},
          {"revision", run.definition_revision},
          {"outcomes", outcomes}};
}

Validation read_validation(JsonReader& in) {
  Validation run;
  run.by = in.number("by");
  in.object("version", [&](JsonReader& version) { run.version = read_version_json(version); });
  run.definition_revision = static_cast<std::uint32_t>(in.number("revision"));
  in.each("outcomes", [&](JsonReader& one) {
    RuleOutcome outcome;
    outcome.rule = one.text("rule");
    outcome.version = static_cast<std::uint32_t>(one.number("version"));
    outcome.severity = one.choice("severity", &severity_from, Severity::blocking);
    outcome.count = one.number("count");
    outcome.open = one.number("open");
    outcome.broken = one.flag("broken");
    outcome.why = one.text("why");
    run.outcomes[outcome.rule] = std::move(outcome);
  });
  return run;
}

json write_cases(const std::map<LeafIndex, AppraisalCase>& cases) {
  json out = json::array();
  for (const auto& [index, one] : cases) {
    json written = {{"index", index},
                    {"department", one.department.value},
                    {"facts", one.facts},
                    {"acknowledged", one.acknowledged}};
    if (one.pack) written["pack"] = to_hex(*one.pack);
    if (one.served_by) {
      written["served_by"] = *one.served_by;
      written["objections_until"] = format_utc(one.objections_until);
    }
    if (one.outcome) {
      written["outcome"] = to_string(*one.outcome);
      written["appeal_until"] = format_utc(one.appeal_until);
    }
    out.push_back(std::move(written));
  }
  return out;
}

void read_cases(JsonReader& in, std::map<LeafIndex, AppraisalCase>& cases) {
  in.each("cases", [&](JsonReader& one) {
    AppraisalCase read;
    read.department = DepartmentId(one.text("department"));
    read.facts = one.texts("facts");
    read.acknowledged = one.flag("acknowledged");
    static_cast<void>(one.has("to"));  // in snapshots of before
    if (one.has("pack")) read.pack = one.hash("pack");
    if (one.has("served_by")) {
      read.served_by = one.number("served_by");
      read.objections_until = one.instant("objections_until");
    }
    if (one.has("outcome")) {
      read.outcome = one.choice("outcome", &case_outcome_from, CaseOutcome::closed);
      read.appeal_until = one.instant("appeal_until");
    }
    cases[one.number("index")] = std::move(read);
  });
}

void write_plans(json& out, const CampaignState& campaign) {
  for (const auto& [id, standing] : campaign.indicators) {
    out["indicators"].push_back(
        {{"id", id}, {"version", standing.version}, {"result", to_string(standing.result)}});
  }
  for (const auto& [indicator, plan] : campaign.plans) {
    json one = {{"indicator", indicator},
                {"status", static_cast<unsigned>(plan.status)},
                {"department", plan.department.value},
                {"required_by", plan.required_by},
                {"drafts", plan.drafts},
                {"items", plan.items}};
    if (plan.drafted_by) one["drafted_by"] = *plan.drafted_by;
    out["plans"].push_back(std::move(one));
  }
}

void read_plans(JsonReader& in, CampaignState& campaign) {
  in.each("indicators", [&](JsonReader& one) {
    campaign.indicators[one.text("id")] = {
        static_cast<std::uint32_t>(one.number("version")),
        one.choice("result", &indicator_result_from, IndicatorResult::undefined)};
  });
  in.each("plans", [&](JsonReader& one) {
    RectificationPlan plan;
    plan.status = status_of(one, RectificationPlan::Status::accepted);
    plan.department = DepartmentId(one.text("department"));
    plan.required_by = one.number("required_by");
    plan.drafts = static_cast<std::uint32_t>(one.number("drafts"));
    plan.items = one.number("items");
    if (one.has("drafted_by")) plan.drafted_by = one.number("drafted_by");
    campaign.plans[one.text("indicator")] = std::move(plan);
  });
}

}  // namespace

void write_area_state(json& out, const Task& task) {
  if (task.validation) out["validation"] = write(*task.validation);
  for (const auto& [index, one] : task.explanations) {
    out["explanations"].push_back({{"index", index},
                                   {"rule", one.rule},
                                   {"version", one.rule_version},
                                   {"covers", one.covers},
                                   {"proposer", one.proposer.value},
                                   {"status", static_cast<unsigned>(one.status)}});
  }
  if (task.carried) out["carried"] = true;
  for (const LeafIndex request : task.open_corrections) {
    out["corrections"].push_back({{"index", request}});
  }
}

void read_area_state(JsonReader& in, Task& task) {
  if (in.has("validation")) {
    in.object("validation", [&](JsonReader& run) { task.validation = read_validation(run); });
  }
  in.each("explanations", [&](JsonReader& one) {
    task.explanations[one.number("index")] = {
        one.text("rule"), static_cast<std::uint32_t>(one.number("version")), one.number("covers"),
        PersonId(one.text("proposer")), status_of(one, Explanation::Status::rejected)};
  });
  task.carried = in.flag("carried");
  in.each("corrections",
          [&](JsonReader& one) { task.open_corrections.insert(one.number("index")); });
}

void write_area_state(json& out, const CampaignState& campaign) {
  if (!campaign.withdrawn_rules.empty()) out["withdrawn_rules"] = campaign.withdrawn_rules;
  if (campaign.computed_by) out["computed_by"] = *campaign.computed_by;
  write_plans(out, campaign);
  for (const auto& [index, one] : campaign.evidence) {
    out["evidence"].push_back({{"index", index},
                               {"table", one.table.value},
                               {"custodian", one.custodian.value},
                               {"hash", to_hex(one.hash)},
                               {"requirements", one.requirements},
                               {"status", static_cast<unsigned>(one.status)},
                               {"changed_by", one.changed_by},
                               {"covers", std::to_string(one.covers_print)}});
  }
  if (!campaign.cases.empty()) out["cases"] = write_cases(campaign.cases);
  for (const auto& [index, chase] : campaign.chases) {
    out["chases"].push_back(
        {{"index", index}, {"department", chase.department.value}, {"answered", chase.answered}});
  }
  if (!campaign.plan_items_followed_up.empty()) {
    out["followed_up"] = campaign.plan_items_followed_up;
  }
}

void read_area_state(JsonReader& in, CampaignState& campaign) {
  for (auto& rule : in.texts("withdrawn_rules")) campaign.withdrawn_rules.insert(std::move(rule));
  if (in.has("computed_by")) campaign.computed_by = in.number("computed_by");
  read_plans(in, campaign);
  in.each("evidence", [&](JsonReader& one) {
    campaign.evidence[one.number("index")] = {
        TableKey(one.text("table")), DepartmentId(one.text("custodian")), one.hash("hash"),
        one.texts("requirements"), status_of(one, EvidenceStanding::Status::missing),
        one.number("changed_by"), std::strtoull(one.text("covers").c_str(), nullptr, 10)};
  });
  read_cases(in, campaign.cases);
  in.each("chases", [&](JsonReader& one) {
    campaign.chases[one.number("index")] = {DepartmentId(one.text("department")),
                                            one.flag("answered")};
  });
  for (auto& item : in.texts("followed_up")) {
    campaign.plan_items_followed_up.insert(std::move(item));
  }
}

}  // namespace countersign::ledger
