#include "api/wire/trace_json.h"

#include "api/wire/json_values.h"
#include "api/wire/view_json.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::format_local;
using ledger::format_utc;
using nlohmann::json;
using projections::CellChange;
using projections::Circumstances;

json to_json(const Circumstances& by, const Disclosure& may) {
  json out = {{"index", by.index},
              {"type", by.type},
              {"person", by.person},
              {"account", by.account},
              {"role", by.role},
              {"department", text_or_null(by.department)},
              {"on_behalf_of", text_or_null(by.on_behalf_of)},
              {"received_at", format_utc(by.received_at)},
              {"claimed_at", instant_or_null(by.claimed_at)},
              {"version", by.version},
              {"review_state", text_or_null(by.review_state)},
              {"reason", may.reasons ? text_or_null(by.reason) : json()}};
  if (may.names) out["person_name"] = text_or_null(by.person_name);
  return out;
}

json to_json(const CellChange& change, const Disclosure& may) {
  json out = to_json(change.by, may);
  out["item"] = change.item;
  out["row"] = change.row;
  out["column"] = change.column;
  out["withheld"] = !may.past;
  out["from"] = may.past ? text_or_null(change.from) : json();
  out["to"] = may.past ? text_or_null(change.to) : json();
  out["row_added"] = change.row_added;
  out["row_removed"] = change.row_removed;
  return out;
}

json to_json(const projections::Act& act, const Disclosure& may) {
  json out = to_json(act.by, may);
  out["table"] = text_or_null(act.table);
  out["rows"] = act.rows;
  return out;
}

json to_json(const projections::LateChange& change, const Disclosure& may) {
  json out = to_json(change.act, may);
  out["milestone"] = format_utc(change.milestone);
  out["milestone_entry"] = change.milestone_entry ? json(*change.milestone_entry) : json();
  out["late_seconds"] = seconds_of(change.late);
  return out;
}

json to_json(const std::map<ledger::LeafIndex, Circumstances>& entries, const Disclosure& may) {
  json out = json::object();
  for (const auto& [index, by] : entries) out[std::to_string(index)] = to_json(by, may);
  return out;
}

std::vector<std::string> FiveQuestions::header() const {
  if (language == Language::zh) {
    return {"数据表", "数据行", "字段",       "原值", "新值", "时间",     "人员",
            "身份",   "部门",   "代他人办理", "原因", "版本", "当时状态", "台账条目"};
  }
  return {"table", "row",        "column",       "from", "to",      "when",  "who",
          "role",  "department", "on behalf of", "why",  "version", "state", "entry"};
}

std::vector<std::string> FiveQuestions::record(const CellChange& change,
                                               const Disclosure& may) const {
  const auto* table = campaign.table(ledger::TableKey(change.table));
  const auto* column = table == nullptr ? nullptr : table->column(change.column);
  const auto* department = campaign.department(ledger::DepartmentId(change.by.department));
  const std::string& who =
      may.names && !change.by.person_name.empty() ? change.by.person_name : change.by.person;
  const std::string withheld = language == Language::zh ? "（不予公开）" : "(withheld)";
  return {
      table == nullptr ? change.table : std::string(in(language, table->name)),
      change.row,
      column == nullptr ? change.column : std::string(in(language, column->name)),
      may.past ? change.from.value_or("") : withheld,
      may.past ? change.to.value_or("") : withheld,
      format_local(change.by.received_at, utc_offset_minutes),
      who,
      std::string(in(language, words_of(change.by.role))),
      department == nullptr ? change.by.department : std::string(in(language, department->name)),
      change.by.on_behalf_of,
      may.reasons ? change.by.reason : std::string(),
      std::to_string(change.by.version),
      std::string(in(language, review_state_words(campaign, change.by.review_state))),
      std::to_string(change.by.index)};
}

json FiveQuestions::object(const CellChange& change, const Disclosure& may) const {
  const auto words = record(change, may);
  return {{"what",
           {{"table", change.table},
            {"table_name", words[0]},
            {"row", change.row},
            {"column", change.column},
            {"column_name", words[2]},
            {"row_added", change.row_added},
            {"row_removed", change.row_removed}}},
          {"withheld", !may.past},
          {"from", may.past ? text_or_null(change.from) : json()},
          {"to", may.past ? text_or_null(change.to) : json()},
          {"when", words[5]},
          {"received_at", format_utc(change.by.received_at)},
          {"who",
           {{"person", change.by.person},
            {"name", may.names ? text_or_null(change.by.person_name) : json()},
            {"account", change.by.account},
            {"role", change.by.role},
            {"role_name", words[7]},
            {"department", text_or_null(change.by.department)},
            {"department_name", text_or_null(words[8])},
            {"on_behalf_of", text_or_null(change.by.on_behalf_of)}}},
          {"why", text_or_null(words[10])},
          {"version", change.by.version},
          {"state", text_or_null(words[12])},
          {"entry", change.by.index},
          {"item", change.item}};
}

}  // namespace countersign::api
