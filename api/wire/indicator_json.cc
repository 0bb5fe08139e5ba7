#include "api/wire/indicator_json.h"

#include "api/wire/json_values.h"
#include "api/wire/trace_json.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::BilingualText;
using ledger::CampaignDefinition;
using ledger::format_utc;
using ledger::Indicator;
using nlohmann::json;
using projections::number_text;

namespace {

constexpr unsigned kDecimalsMax = 15;

json bilingual(const BilingualText& text) { return {{"zh", text.zh}, {"en", text.en}}; }
json number(const std::optional<double>& value) {
  return value ? json(number_text(*value)) : json();
}

json figure(const std::optional<double>& value, std::string_view result, unsigned decimals) {
  return {{"value", value ? json(rounded(*value, decimals)) : json()},
          {"unrounded", number(value)},
          {"result", result}};
}

json quantities_of(const CampaignDefinition& campaign, const Indicator& indicator,
                   const projections::Computation* computation) {
  json list = json::array();
  for (const std::string& id : indicator.quantities) {
    const auto* defined = campaign.quantity(id);
    if (defined == nullptr) continue;
    json one = {{"id", id},
                {"name", bilingual(defined->name)},
                {"unit", bilingual(defined->unit)},
                {"version", nullptr},
                {"value", nullptr},
                {"cells", nullptr}};
    if (computation != nullptr) {
      const auto found =
          std::ranges::find(computation->quantities, id, &ledger::QuantityValue::quantity);
      if (found != computation->quantities.end()) {
        one["version"] = found->version;
        one["value"] = number_text(found->value);
        one["cells"] = found->cells;
      }
    }
    list.push_back(std::move(one));
  }
  return list;
}

// "after first review, before leading group", in the campaign's own names.
json review_words(const projections::Crossing& crossing, const CampaignDefinition& campaign) {
  BilingualText after;
  BilingualText before;
  if (const auto* level = campaign.level(ledger::LevelId(crossing.after_level))) {
    after = level->name;
  }
  if (const auto* body = campaign.body(ledger::BodyId(crossing.after_body))) after = body->name;
  if (const auto* body = campaign.body(ledger::BodyId(crossing.before_body))) before = body->name;
  std::string zh = after.zh.empty() ? "" : after.zh + "之后";
  std::string en = after.en.empty() ? "" : "after " + after.en;
  if (!before.en.empty()) {
    zh += (zh.empty() ? "" : "，") + before.zh + "之前";
    en += (en.empty() ? "before " : ", before ") + before.en;
  }
  return {{"zh", zh}, {"en", en}};
}

json edit_json(const projections::IndicatorEdit& edit, const Indicator& indicator, bool names,
               const std::function<bool(const std::string&)>& may_show) {
  json changes;
  if (may_show(edit.table)) {
    changes = json::array();
    for (const auto& change : edit.changes) {
      changes.push_back({{"row", change.row},
                         {"column", change.column},
                         {"from", text_or_null(change.from)},
                         {"to", text_or_null(change.to)}});
    }
  }
  json out = to_json(edit.by, {.names = names, .reasons = false, .past = false});
  out.erase("reason");
  out["first"] = edit.first;
  out["table"] = edit.table;
  out["cells"] = edit.cells;
  out["changes"] = std::move(changes);
  out["evidence"] = json::array();
  for (const auto& one : edit.evidence) {
    out["evidence"].push_back({{"id", one.id}, {"state", one.state}, {"at", format_utc(one.at)}});
  }
  out["before"] = figure(edit.before, edit.result_before, indicator.decimals);
  out["after"] = figure(edit.after, edit.result_after, indicator.decimals);
  out["unknown"] = text_or_null(edit.broken);
  out["crossed"] = edit.crossed;
  return out;
}

json act(const projections::Circumstances& by, bool names) {
  return {{"index", by.index},
          {"person", by.person},
          {"person_name", names ? text_or_null(by.person_name) : json()},
          {"role", by.role},
          {"at", format_utc(by.received_at)}};
}

json draft_json(const projections::PlanRecord::Draft& draft, bool names) {
  json out = act(draft.by, names);
  out["number"] = draft.number;
  out["items"] = json::array();
  for (const auto& item : draft.items) {
    out["items"].push_back({{"id", item.id},
                            {"cause", item.cause},
                            {"measure", item.measure},
                            {"owner", item.owner},
                            {"until", format_utc(item.until)}});
  }
  out["decision"] = nullptr;
  if (draft.decision) {
    json decision = act(draft.decision->by, names);
    decision["attended"] = draft.decision->attended;
    decision["accepted"] = draft.decision->accepted;
    decision["items"] = json::array();
    for (const auto& item : draft.decision->items) {
      decision["items"].push_back({{"item", item.item},
                                   {"accepted", item.accepted},
                                   {"reason", text_or_null(item.reason)}});
    }
    out["decision"] = std::move(decision);
  }
  return out;
}

}  // namespace

std::string rounded(double number, unsigned decimals) {
  std::array<char, 400> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.*f",
                                   static_cast<int>(std::min(decimals, kDecimalsMax)), number);
  return std::string(text.data(), static_cast<std::size_t>(std::max(length, 0)));
}

json to_json(const CampaignDefinition& campaign, const Indicator& indicator,
             const projections::Computation* computation) {
  json out = {{"id", indicator.id},
              {"name", bilingual(indicator.name)},
              {"unit", bilingual(indicator.unit)},
              {"department", indicator.department.value},
              {"version", indicator.version},
              {"formula", indicator.formula},
              {"decimals", indicator.decimals},
              {"better", indicator.lower_is_better ? "lower" : "higher"},
              {"mark", nullptr},
              {"restricted", nullptr},
              {"alternative", nullptr},
              {"figure", nullptr},
              {"quantities", quantities_of(campaign, indicator, computation)}};
  if (const auto* mark = indicator.mark_for(campaign.school_type)) {
    out["mark"] = number_text(mark->pass);
    out["restricted"] = number(mark->restricted);
  }
  if (indicator.alternative) out["alternative"] = bilingual(indicator.alternative->name);
  if (computation == nullptr) return out;
  const auto found =
      std::ranges::find(computation->indicators, indicator.id, &ledger::IndicatorValue::indicator);
  if (found == computation->indicators.end()) return out;
  out["figure"] = figure(found->value, ledger::to_string(found->result), indicator.decimals);
  out["figure"]["version"] = found->version;
  out["figure"]["mark"] = number(found->mark);
  return out;
}

json to_json(const projections::Computation& computation) {
  json inputs = json::array();
  for (const auto& input : computation.inputs) {
    inputs.push_back({{"table", input.table},
                      {"version", input.version},
                      {"hash", input.hash},
                      {"rows", input.rows},
                      {"current_version", input.current_version},
                      {"current", input.current}});
  }
  return {{"index", computation.index},
          {"computed_at", computation.computed_at},
          {"revision", computation.revision},
          {"at", format_utc(computation.at)},
          {"inputs", inputs}};
}

json to_json(const projections::Crossing& crossing, const CampaignDefinition& campaign,
             const Indicator& indicator, bool names,
             const std::function<bool(const std::string&)>& may_show) {
  json contributing = json::array();
  for (const auto& edit : crossing.contributing) {
    contributing.push_back(edit_json(edit, indicator, names, may_show));
  }
  return {{"indicator", crossing.indicator},
          {"fact", "F10-" + std::to_string(crossing.edit.by.index) + "-" + crossing.indicator},
          {"edit", edit_json(crossing.edit, indicator, names, may_show)},
          {"without_this_edit",
           figure(crossing.edit.before, crossing.edit.result_before, indicator.decimals)},
          {"computed_by", crossing.computed_by},
          {"review",
           {{"after_level", text_or_null(crossing.after_level)},
            {"after_body", text_or_null(crossing.after_body)},
            {"before_body", text_or_null(crossing.before_body)},
            {"words", review_words(crossing, campaign)}}},
          {"contributing", contributing}};
}

json to_json(const projections::PlanRecord& plan, const CampaignDefinition& campaign, bool names) {
  const Indicator* indicator = campaign.indicator(plan.indicator);
  json drafts = json::array();
  for (const auto& draft : plan.drafts) drafts.push_back(draft_json(draft, names));
  json follow_ups = json::array();
  for (const auto& one : plan.follow_ups) {
    json out = act(one.by, names);
    out["campaign"] = one.campaign;
    out["item"] = one.item;
    out["outcome"] = one.outcome;
    out["text"] = one.text;
    follow_ups.push_back(std::move(out));
  }
  return {{"campaign", campaign.id.value},
          {"indicator", plan.indicator},
          {"name", indicator == nullptr ? json() : bilingual(indicator->name)},
          {"department", plan.department},
          {"required_by", plan.required_by},
          {"status", plan.status},
          {"settled", plan.settled},
          {"drafts", std::move(drafts)},
          {"follow_ups", std::move(follow_ups)}};
}

}  // namespace countersign::api
