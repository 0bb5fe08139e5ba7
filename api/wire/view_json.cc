#include "api/wire/view_json.h"

#include "api/wire/json_values.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::format_utc;
using nlohmann::json;

json to_json(const ledger::Cells& cells) {
  json out = json::object();
  for (const auto& [column, value] : cells) out[column] = text_or_null(value);
  return out;
}

json to_json(const projections::CurrentRow& row) {
  return {{"key", row.key}, {"etag", row.etag}, {"cells", to_json(row.cells)}};
}

json to_json(const projections::AccountabilityFact& fact, bool persons) {
  json charges = json::array();
  for (const auto& charge : fact.charges) {
    charges.push_back({{"table", charge.table},
                       {"department", charge.department},
                       {"from", format_utc(charge.from)},
                       {"to", format_utc(charge.to)},
                       {"kind", charge.kind},
                       {"seconds", seconds_of(charge.to - charge.from)},
                       {"entries", charge.entries}});
  }
  // Grounds and reasons may tell of persons.
  json acts = json::array();
  for (const auto& act : fact.acts) {
    json evidence = json::array();
    for (const auto& document : act.evidence) {
      evidence.push_back(
          {{"hash", document.hash}, {"title", persons ? text_or_null(document.title) : json()}});
    }
    acts.push_back({{"index", act.index},
                    {"kind", act.kind},
                    {"stage", act.stage},
                    {"verdict", text_or_null(act.verdict)},
                    {"net_seconds", seconds_or_null(act.net)},
                    {"text", persons ? text_or_null(act.text) : json()},
                    {"evidence", std::move(evidence)},
                    {"person", act.person},
                    {"person_name", persons ? text_or_null(act.person_name) : json()},
                    {"role", act.role},
                    {"at", format_utc(act.at)}});
  }
  return {{"id", fact.id},
          {"kind", fact.kind},
          {"rule_version", fact.rule_version},
          {"state", fact.state},
          {"campaign", fact.campaign},
          {"table", fact.table},
          {"department", fact.department},
          {"person", persons ? text_or_null(fact.person) : json()},
          {"due", instant_or_null(fact.due)},
          {"happened", instant_or_null(fact.happened)},
          {"raw_seconds", seconds_or_null(fact.raw)},
          {"net_seconds", seconds_or_null(fact.net)},
          {"computed_net_seconds", seconds_or_null(fact.computed_net)},
          {"count", fact.count},
          {"counts", fact.counts},
          {"excused_by", text_or_null(fact.excused_by)},
          {"credit", projections::is_credit(fact)},
          {"early_seconds", seconds_or_null(fact.early)},
          {"after", fact.after.empty() ? json() : json(fact.after)},
          {"rule", fact.rule.empty() ? json() : json(fact.rule)},
          {"charges", charges},
          {"entries", fact.entries},
          {"acts", acts}};
}

json to_json(const projections::BulletinRecord& bulletin) {
  json texts = json::array();
  for (const auto& text : bulletin.texts) {
    json one = {{"index", text.index},
                {"departments", text.departments},
                {"facts", text.facts},
                {"text", text.text},
                {"reason", text_or_null(text.reason)},
                {"objections_until", format_utc(text.objections_until)},
                {"person", text.person},
                {"role", text.role},
                {"at", format_utc(text.at)},
                {"published", json()}};
    if (text.published) {
      one["published"] = {{"index", text.published->index},
                          {"person", text.published->person},
                          {"at", format_utc(text.published->at)},
                          {"to", text.published->to}};
    }
    texts.push_back(std::move(one));
  }
  return {{"id", bulletin.id}, {"campaign", bulletin.campaign}, {"texts", std::move(texts)}};
}

json to_json(const projections::TaskDeadline& task, bool names) {
  json moves = json::array();
  for (const auto& move : task.moves) {
    moves.push_back({{"index", move.index},
                     {"from", format_utc(move.from)},
                     {"to", format_utc(move.to)},
                     {"person", move.person},
                     {"reason", move.reason}});
  }
  json statements = json::array();
  for (const auto& statement : task.statements) {
    json one = {{"index", statement.index},
                {"level", statement.level},
                {"person", statement.person},
                {"role", statement.role},
                {"department", text_or_null(statement.department)},
                {"on_behalf_of", text_or_null(statement.on_behalf_of)},
                {"at", format_utc(statement.at)},
                {"version", statement.version},
                {"version_hash", statement.version_hash},
                {"current_version", task.current_version},
                {"stands", statement.stands}};
    if (names) one["person_name"] = text_or_null(statement.person_name);
    statements.push_back(std::move(one));
  }
  json returns = json::array();
  for (const auto& returned : task.returns) {
    json reasons = json::array();
    for (const auto& reason : returned.reasons) {
      json one = {{"column", text_or_null(reason.column)}, {"rule", text_or_null(reason.rule)}};
      // Row keys and free texts may be personal: for readers of the table only.
      if (names) {
        one["row"] = text_or_null(reason.row);
        one["text"] = reason.text;
      }
      reasons.push_back(std::move(one));
    }
    returns.push_back({{"index", returned.index},
                       {"level", returned.level},
                       {"person", returned.person},
                       {"at", format_utc(returned.at)},
                       {"version", returned.version},
                       {"reasons", reasons}});
  }
  json assists = json::array();
  for (const auto& assist : task.assists) {
    assists.push_back({{"part", assist.part},
                       {"department", assist.department},
                       {"status", assist.status},
                       {"due", format_utc(assist.due)},
                       {"answered_at", instant_or_null(assist.answered_at)},
                       {"entries", assist.entries}});
  }
  return {{"campaign", task.campaign},
          {"table", task.table},
          {"department", task.department},
          {"phase", task.phase},
          {"phase_open", task.phase_open},
          {"status", task.status},
          {"level", text_or_null(task.level)},
          {"due", format_utc(task.due)},
          {"due_first", format_utc(task.due_first)},
          {"due_moves", moves},
          {"submitted_at", instant_or_null(task.submitted_at)},
          {"raw_late_seconds", seconds_or_null(task.raw_late)},
          {"net_late_seconds", seconds_or_null(task.net_late)},
          {"blocked_by", task.blocked_by},
          {"current_version", task.current_version},
          {"rows", task.rows},
          {"content_index", task.content_index ? json(*task.content_index) : json()},
          {"statements", statements},
          {"returns", returns},
          {"assists", assists}};
}

json to_json(const projections::DepartmentDeadlines& d) {
  return {{"department", d.department}, {"state", d.state},
          {"tasks", d.tasks},           {"submitted", d.submitted},
          {"approved", d.approved},     {"overdue", d.overdue},
          {"late_raw", d.late_raw},     {"late_net", d.late_net},
          {"returned", d.returned},     {"next_due", instant_or_null(d.next_due)}};
}

json to_json(const projections::CampaignDeadlines& c) {
  return {{"campaign", c.campaign},
          {"phases_open", c.phases_open},
          {"phases_closed", c.phases_closed},
          {"tasks", c.tasks},
          {"submitted", c.submitted},
          {"approved", c.approved},
          {"overdue", c.overdue},
          {"as_of", c.as_of}};
}

json to_json(const projections::CampaignProceedings& proceedings,
             const ledger::CampaignDefinition& campaign,
             const std::function<bool(const std::string& table)>& may_read, bool names) {
  json bodies = json::array();
  for (const auto& standing : proceedings.bodies) {
    const auto* body = campaign.body(ledger::BodyId(standing.body));
    bodies.push_back(
        {{"id", standing.body},
         {"name", body == nullptr ? json() : json{{"zh", body->name.zh}, {"en", body->name.en}}},
         {"state", standing.state},
         {"index", standing.index ? json(*standing.index) : json()}});
  }
  json history = json::array();
  for (const auto& act : proceedings.history) {
    json tables = json::array();
    for (const auto& named : act.tables) {
      tables.push_back({{"table", named.table},
                        {"text", may_read(named.table) ? text_or_null(named.text) : json()}});
    }
    history.push_back({{"index", act.index},
                       {"kind", act.kind},
                       {"body", text_or_null(act.body)},
                       {"outcome", text_or_null(act.outcome)},
                       {"title", text_or_null(act.title)},
                       {"document", act.document},
                       {"attended", act.attended},
                       {"due", instant_or_null(act.due)},
                       {"person", act.person},
                       {"person_name", names ? text_or_null(act.person_name) : json()},
                       {"role", act.role},
                       {"at", format_utc(act.at)},
                       {"tables", std::move(tables)}});
  }
  json frozen = json::array();
  for (const auto& one : proceedings.frozen) {
    frozen.push_back(
        {{"table", one.table}, {"version", one.version}, {"hash", one.hash}, {"rows", one.rows}});
  }
  return {{"states", proceedings.states},       {"bodies", std::move(bodies)},
          {"unsettled", proceedings.unsettled}, {"history", std::move(history)},
          {"frozen", std::move(frozen)},        {"as_of", proceedings.as_of}};
}

}  // namespace countersign::api
