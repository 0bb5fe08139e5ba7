// Entries of carrying forward, confirming, and persons' requests for correction.
#include "ledger/base/canonical_json.h"
#include "ledger/domain/area_event_codec.h"
#include "ledger/domain/event_codec.h"

namespace countersign::ledger {

using nlohmann::json;

json write_carry_source(const CarrySource& source) {
  json unfit = json::array();
  for (const auto& [column, cells] : source.unfit) {
    unfit.push_back({{"column", column}, {"cells", cells}});
  }
  return {{"campaign", source.campaign.value},
          {"table", source.table.value},
          {"version", version_json(source.version)},
          {"new_items", source.new_items},
          {"unfit", std::move(unfit)},
          {"left_out", source.left_out}};
}
CarrySource read_carry_source(JsonReader& in) {
  CarrySource source;
  source.campaign = CampaignId(in.text("campaign"));
  source.table = TableKey(in.text("table"));
  in.object("version", [&](JsonReader& version) { source.version = read_version_json(version); });
  source.new_items = in.texts("new_items");
  in.each("unfit", [&](JsonReader& one) { source.unfit[one.text("column")] = one.number("cells"); });
  source.left_out = in.number("left_out");
  return source;
}

json write_data(const RowsConfirmed& e) { return {{"count", e.count}, {"bulk", e.bulk}}; }
void read_data(JsonReader& in, RowsConfirmed& e) {
  e.count = in.number("count");
  e.bulk = in.flag("bulk");
}
std::vector<std::vector<std::string>> write_chunks(const ConfirmRows& c) {
  std::vector<std::vector<std::string>> chunks;
  for (std::size_t i = 0; i < c.rows.size(); ++i) {
    if (i % ConfirmRows::kRowsAnEntry == 0) chunks.emplace_back();
    chunks.back().push_back(canonical_text({{"kind", "confirmed"}, {"key", c.rows[i].value}}));
  }
  return chunks;
}
bool read_item(const std::string& kind, JsonReader& in, RowsConfirmed& e) {
  if (kind != "confirmed") return false;
  e.rows.emplace_back(in.text("key"));
  return true;
}

json write_data(const CorrectionRequested& e) { return {{"column", e.column}}; }
void read_data(JsonReader& in, CorrectionRequested& e) { e.column = in.text("column"); }
std::vector<std::string> write_items(const RequestCorrection& c) {
  return {text_item("row", c.row.value), text_item("text", c.text)};
}
bool read_item(const std::string& kind, JsonReader& in, CorrectionRequested& e) {
  if (in.text_or("role", "") != "row") return read_text(kind, in, e.text);
  std::string row;
  const bool read = read_text(kind, in, row);
  e.row = RowKey(std::move(row));
  return read;
}

json write_data(const CorrectionAnswered& e) {
  json out = {{"request", e.request}, {"granted", e.granted}};
  if (e.change) out["change"] = *e.change;
  return out;
}
void read_data(JsonReader& in, CorrectionAnswered& e) {
  e.request = in.number("request");
  e.granted = in.flag("granted");
  if (in.has("change")) e.change = in.number("change");
}
std::vector<std::string> write_items(const AnswerCorrection& c) {
  return text_only("reason", c.reason);
}
bool read_item(const std::string& kind, JsonReader& in, CorrectionAnswered& e) {
  return read_text(kind, in, e.reason);
}

}  // namespace countersign::ledger
