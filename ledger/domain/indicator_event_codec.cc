// Entries of indicators and rectification plans.
#include "ledger/base/canonical_json.h"
#include "ledger/domain/area_event_codec.h"
#include "ledger/domain/event_codec.h"

namespace countersign::ledger {

using nlohmann::json;

namespace {

json item_of(const PlanItem& one) {
  return {{"kind", "plan_item"},    {"id", one.id},       {"cause", one.cause},
          {"measure", one.measure}, {"owner", one.owner}, {"until", format_utc(one.until)}};
}

}  // namespace

json write_data(const IndicatorsComputed& e) {
  json inputs = json::array();
  for (const InputTable& input : e.inputs) {
    inputs.push_back({{"table", input.table.value}, {"version", version_json(input.version)}});
  }
  json quantities = json::array();
  for (const QuantityValue& one : e.quantities) {
    quantities.push_back({{"id", one.quantity},
                          {"version", one.version},
                          {"value", one.value},
                          {"cells", one.cells}});
  }
  json indicators = json::array();
  for (const IndicatorValue& one : e.indicators) {
    json out = {{"id", one.indicator}, {"version", one.version}, {"result", to_string(one.result)}};
    if (one.value) out["value"] = *one.value;
    if (one.mark) out["mark"] = *one.mark;
    indicators.push_back(std::move(out));
  }
  return {{"computed_at", e.computed_at},
          {"revision", e.definition_revision},
          {"inputs", inputs},
          {"quantities", quantities},
          {"indicators", indicators}};
}

void read_data(JsonReader& in, IndicatorsComputed& e) {
  e.computed_at = in.number("computed_at");
  e.definition_revision = static_cast<std::uint32_t>(in.number("revision"));
  in.each("inputs", [&](JsonReader& one) {
    InputTable input{TableKey(one.text("table")), {}};
    one.object("version", [&](JsonReader& version) { input.version = read_version_json(version); });
    e.inputs.push_back(std::move(input));
  });
  in.each("quantities", [&](JsonReader& one) {
    e.quantities.push_back({one.text("id"), static_cast<std::uint32_t>(one.number("version")),
                            one.decimal("value"), one.number("cells")});
  });
  in.each("indicators", [&](JsonReader& one) {
    e.indicators.push_back(
        {one.text("id"), static_cast<std::uint32_t>(one.number("version")),
         one.optional_decimal("value"), one.optional_decimal("mark"),
         one.choice("result", &indicator_result_from, IndicatorResult::undefined)});
  });
}

json write_data(const PlanRequired& e) {
  return {{"indicator", e.indicator}, {"department", e.department.value}};
}
void read_data(JsonReader& in, PlanRequired& e) {
  e.indicator = in.text("indicator");
  e.department = DepartmentId(in.text("department"));
}

json write_data(const PlanDrafted& e) {
  return {{"indicator", e.indicator},
          {"department", e.department.value},
          {"draft", e.draft},
          {"items", e.items_total}};
}
void read_data(JsonReader& in, PlanDrafted& e) {
  e.indicator = in.text("indicator");
  e.department = DepartmentId(in.text("department"));
  e.draft = static_cast<std::uint32_t>(in.number("draft"));
  e.items_total = in.number("items");
}
std::vector<std::string> write_items(const DraftPlan& c) {
  std::vector<std::string> items;
  for (const PlanItem& one : c.items) items.push_back(canonical_text(item_of(one)));
  return items;
}
bool read_item(const std::string& kind, JsonReader& in, PlanDrafted& e) {
  if (kind != "plan_item") return false;
  e.items.push_back(
      {in.text("id"), in.text("cause"), in.text("measure"), in.text("owner"), in.instant("until")});
  return true;
}

json write_data(const PlanDecided& e) {
  json items = json::array();
  for (const PlanItemDecision& one : e.items) {
    items.push_back({{"item", one.item}, {"accepted", one.accepted}});
  }
  return {{"indicator", e.indicator},
          {"plan", e.plan},
          {"attended", e.attended},
          {"accepted", e.accepted},
          {"items", items}};
}
void read_data(JsonReader& in, PlanDecided& e) {
  e.indicator = in.text("indicator");
  e.plan = in.number("plan");
  e.attended = static_cast<unsigned>(in.number("attended"));
  e.accepted = in.flag("accepted");
  in.each("items", [&](JsonReader& one) {
    e.items.push_back({one.text("item"), one.flag("accepted"), {}});
  });
}
std::vector<std::string> write_items(const DecidePlan& c) {
  std::vector<std::string> items;
  for (const PlanItemDecision& one : c.items) {
    if (one.reason.empty()) continue;
    items.push_back(
        canonical_text({{"kind", "item_reason"}, {"item", one.item}, {"text", one.reason}}));
  }
  return items;
}
bool read_item(const std::string& kind, JsonReader& in, PlanDecided& e) {
  if (kind != "item_reason") return false;
  const std::string item = in.text("item");
  for (PlanItemDecision& one : e.items) {
    if (one.item != item) continue;
    one.reason = in.text("text");
    return true;
  }
  return false;
}

json write_data(const PlanFollowedUp& e) {
  return {{"previous", e.previous.value},
          {"indicator", e.indicator},
          {"item", e.item},
          {"outcome", to_string(e.outcome)}};
}
void read_data(JsonReader& in, PlanFollowedUp& e) {
  e.previous = CampaignId(in.text("previous"));
  e.indicator = in.text("indicator");
  e.item = in.text("item");
  e.outcome = in.choice("outcome", &follow_up_from, FollowUp::under_way);
}
std::vector<std::string> write_items(const FollowUpPlan& c) { return text_only("text", c.text); }
bool read_item(const std::string& kind, JsonReader& in, PlanFollowedUp& e) {
  return read_text(kind, in, e.text);
}

}  // namespace countersign::ledger
