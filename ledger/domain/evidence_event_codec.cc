// Entries of evidence.
#include "ledger/base/canonical_json.h"
#include "ledger/domain/area_event_codec.h"
#include "ledger/domain/event_codec.h"

namespace countersign::ledger {

using nlohmann::json;

json write_data(const EvidenceRegistered& e) {
  json out = {{"hash", to_hex(e.what.hash)},
              {"bytes", e.what.bytes},
              {"custodian", e.what.custodian.value},
              {"kind", e.what.kind},
              {"stored", e.what.stored},
              {"requirements", e.requirements},
              {"rows", e.rows}};
  if (!e.what.media_type.empty()) out["media_type"] = e.what.media_type;
  return out;
}
void read_data(JsonReader& in, EvidenceRegistered& e) {
  e.what.hash = in.hash("hash");
  e.what.bytes = in.number("bytes");
  e.what.media_type = in.text_or("media_type", "");
  e.what.custodian = DepartmentId(in.text("custodian"));
  e.what.kind = in.text("kind");
  e.what.stored = in.flag("stored");
  e.requirements = in.texts("requirements");
  e.rows = in.number("rows");
}
std::vector<std::string> write_items(const RegisterEvidence& c) {
  std::vector<std::string> items{text_item("title", c.what.title)};
  if (!c.what.file_name.empty()) items.push_back(text_item("file_name", c.what.file_name));
  if (!c.what.valid_for.empty()) items.push_back(text_item("valid_for", c.what.valid_for));
  for (const EvidenceCover& cover : c.covers) {
    json item = {{"kind", "cover"}};
    if (!cover.table.empty()) item["table"] = cover.table.value;
    if (cover.row) item["row"] = cover.row->value;
    if (!cover.column.empty()) item["column"] = cover.column;
    if (!cover.requirement.empty()) item["requirement"] = cover.requirement;
    if (!cover.indicator.empty()) item["indicator"] = cover.indicator;
    items.push_back(canonical_text(item));
  }
  return items;
}
bool read_item(const std::string& kind, JsonReader& in, EvidenceRegistered& e) {
  if (kind == "cover") {
    EvidenceCover cover;
    cover.table = TableKey(in.text_or("table", ""));
    if (in.has("row")) cover.row = RowKey(in.text("row"));
    cover.column = in.text_or("column", "");
    cover.requirement = in.text_or("requirement", "");
    cover.indicator = in.text_or("indicator", "");
    e.covers.push_back(std::move(cover));
    return true;
  }
  const std::string role = in.text_or("role", "");
  if (role == "file_name") return read_text(kind, in, e.what.file_name);
  if (role == "valid_for") return read_text(kind, in, e.what.valid_for);
  return read_text(kind, in, e.what.title);
}

json write_data(const EvidenceShown& e) {
  return {{"evidence", e.evidence}, {"hash", to_hex(e.hash)}};
}
void read_data(JsonReader& in, EvidenceShown& e) {
  e.evidence = in.number("evidence");
  e.hash = in.hash("hash");
}
std::vector<std::string> write_items(const ShowEvidence& c) { return text_only("receiver", c.to); }
bool read_item(const std::string& kind, JsonReader& in, EvidenceShown& e) {
  return read_text(kind, in, e.to);
}

json write_data(const EvidenceWithdrawn& e) { return {{"evidence", e.evidence}}; }
void read_data(JsonReader& in, EvidenceWithdrawn& e) { e.evidence = in.number("evidence"); }
std::vector<std::string> write_items(const WithdrawEvidence& c) {
  return text_only("reason", c.reason);
}
bool read_item(const std::string& kind, JsonReader& in, EvidenceWithdrawn& e) {
  return read_text(kind, in, e.reason);
}

json write_data(const EvidenceMissing& e) { return {{"evidence", e.evidence}}; }
void read_data(JsonReader& in, EvidenceMissing& e) { e.evidence = in.number("evidence"); }
std::vector<std::string> write_items(const ReportEvidenceMissing& c) {
  return text_only("reason", c.reason);
}
bool read_item(const std::string& kind, JsonReader& in, EvidenceMissing& e) {
  return read_text(kind, in, e.reason);
}

}  // namespace countersign::ledger
