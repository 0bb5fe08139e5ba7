// Entries of cases: opened, sealed, served, concluded, corrected.
#include "ledger/domain/area_event_codec.h"
#include "ledger/domain/event_codec.h"

namespace countersign::ledger {

using nlohmann::json;

namespace {

template <typename E>
bool read_text_and_receivers(const std::string& kind, JsonReader& in, E& e) {
  if (in.text_or("role", "") == "receiver") return read_text(kind, in, e.to.emplace_back());
  return read_text(kind, in, e.text);
}

}  // namespace

json write_data(const CaseOpened& e) {
  return {{"department", e.department.value}, {"facts", e.facts}};
}
void read_data(JsonReader& in, CaseOpened& e) {
  e.department = DepartmentId(in.text("department"));
  e.facts = in.texts("facts");
}
std::vector<std::string> write_items(const OpenCase& c) { return text_only("title", c.title); }
bool read_item(const std::string& kind, JsonReader& in, CaseOpened& e) {
  return read_text(kind, in, e.title);
}

json write_data(const PackSealed& e) {
  return {{"case", e.case_id}, {"hash", to_hex(e.hash)}, {"bytes", e.bytes}, {"as_of", e.as_of}};
}
void read_data(JsonReader& in, PackSealed& e) {
  e.case_id = in.number("case");
  e.hash = in.hash("hash");
  e.bytes = in.number("bytes");
  e.as_of = in.number("as_of");
}

json write_data(const CaseServed& e) {
  return {{"case", e.case_id},
          {"department", e.department.value},
          {"pack", to_hex(e.pack)},
          {"objections_until", format_utc(e.objections_until)}};
}
void read_data(JsonReader& in, CaseServed& e) {
  e.case_id = in.number("case");
  e.department = DepartmentId(in.text("department"));
  e.pack = in.hash("pack");
  e.objections_until = in.instant("objections_until");
}
std::vector<std::string> write_items(const ServeCase& c) { return text_only("receiver", c.to); }
bool read_item(const std::string& kind, JsonReader& in, CaseServed& e) {
  return read_text(kind, in, e.to);
}

json write_data(const CaseAcknowledged& e) {
  return {{"case", e.case_id}, {"department", e.department.value}};
}
void read_data(JsonReader& in, CaseAcknowledged& e) {
  e.case_id = in.number("case");
  e.department = DepartmentId(in.text("department"));
}

json write_data(const CaseConcluded& e) {
  json out = {{"case", e.case_id},
              {"department", e.department.value},
              {"outcome", to_string(e.outcome)},
              {"facts", e.facts},
              {"appeal_until", format_utc(e.appeal_until)}};
  if (e.bulletin) out["bulletin"] = *e.bulletin;
  return out;
}
void read_data(JsonReader& in, CaseConcluded& e) {
  e.case_id = in.number("case");
  e.department = DepartmentId(in.text("department"));
  e.outcome = in.choice("outcome", &case_outcome_from, CaseOutcome::closed);
  e.facts = in.texts("facts");
  e.appeal_until = in.instant("appeal_until");
  if (in.has("bulletin")) e.bulletin = in.number("bulletin");
}
std::vector<std::string> write_items(const ConcludeCase& c) {
  std::vector<std::string> items = text_only("text", c.text);
  for (const std::string& receiver : c.to) items.push_back(text_item("receiver", receiver));
  return items;
}
bool read_item(const std::string& kind, JsonReader& in, CaseConcluded& e) {
  return read_text_and_receivers(kind, in, e);
}

json write_data(const CaseCorrected& e) {
  return {{"case", e.case_id}, {"department", e.department.value}, {"facts", e.facts}};
}
void read_data(JsonReader& in, CaseCorrected& e) {
  e.case_id = in.number("case");
  e.department = DepartmentId(in.text("department"));
  e.facts = in.texts("facts");
}
std::vector<std::string> write_items(const CorrectCase& c) {
  return {text_item("text", c.text), text_item("reason", c.reason)};
}
bool read_item(const std::string& kind, JsonReader& in, CaseCorrected& e) {
  if (in.text_or("role", "") == "reason") return read_text(kind, in, e.reason);
  return read_text(kind, in, e.text);
}

}  // namespace countersign::ledger
