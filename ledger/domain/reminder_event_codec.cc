// Entries of chases, readiness and outages.
#include "ledger/domain/area_event_codec.h"
#include "ledger/domain/event_codec.h"

namespace countersign::ledger {

using nlohmann::json;

json write_data(const UnitChased& e) {
  return {{"department", e.department.value}, {"tables", ids_json(e.tables)}};
}
void read_data(JsonReader& in, UnitChased& e) {
  e.department = DepartmentId(in.text("department"));
  e.tables = in.ids<TableKey>("tables");
}
std::vector<std::string> write_items(const ChaseUnit& c) { return text_only("text", c.text); }
bool read_item(const std::string& kind, JsonReader& in, UnitChased& e) {
  return read_text(kind, in, e.text);
}

json write_data(const ChaseAnswered& e) {
  json out = {{"department", e.department.value}, {"chase", e.chase}};
  if (e.promised) out["promised"] = format_utc(*e.promised);
  return out;
}
void read_data(JsonReader& in, ChaseAnswered& e) {
  e.department = DepartmentId(in.text("department"));
  e.chase = in.number("chase");
  e.promised = in.optional_instant("promised");
}
std::vector<std::string> write_items(const AnswerChase& c) { return text_only("text", c.text); }
bool read_item(const std::string& kind, JsonReader& in, ChaseAnswered& e) {
  return read_text(kind, in, e.text);
}

json write_data(const DepartmentsReady& e) {
  return {{"departments", ids_json(e.departments)}, {"what", to_string(e.what)}};
}
void read_data(JsonReader& in, DepartmentsReady& e) {
  e.departments = in.ids<DepartmentId>("departments");
  e.what = in.choice("what", &readiness_kind_from, ReadinessKind::accounts);
}
std::vector<std::string> write_items(const RecordReadiness& c) { return text_only("text", c.text); }
bool read_item(const std::string& kind, JsonReader& in, DepartmentsReady& e) {
  return read_text(kind, in, e.text);
}

json write_data(const OutageRecorded& e) {
  return {{"from", format_utc(e.from)}, {"to", format_utc(e.to)}, {"tables", ids_json(e.tables)}};
}
void read_data(JsonReader& in, OutageRecorded& e) {
  e.from = in.instant("from");
  e.to = in.instant("to");
  e.tables = in.ids<TableKey>("tables");
}
std::vector<std::string> write_items(const RecordOutage& c) { return text_only("text", c.text); }
bool read_item(const std::string& kind, JsonReader& in, OutageRecorded& e) {
  return read_text(kind, in, e.text);
}

}  // namespace countersign::ledger
