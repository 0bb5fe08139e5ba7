// Entries of erasures.
#include "ledger/base/canonical_json.h"
#include "ledger/domain/area_event_codec.h"
#include "ledger/domain/event_codec.h"

namespace countersign::ledger {

using nlohmann::json;

json write_data(const RowErased& e) {
  return {{"items", e.items}, {"order", to_hex(e.order.hash)}};
}
void read_data(JsonReader& in, RowErased& e) {
  e.items = static_cast<std::uint32_t>(in.number("items"));
  e.order.hash = in.hash("order");
}

std::vector<std::string> write_items(const EraseRow& c) {
  std::vector<std::string> items = {text_item("order", c.order.title), text_item("basis", c.basis)};
  for (const ErasureTarget& one : c.targets) {
    items.push_back(canonical_text({{"kind", "erased"},
                                    {"entry", one.entry},
                                    {"item", one.item},
                                    {"leaf", to_hex(one.leaf)}}));
  }
  return items;
}
bool read_item(const std::string& kind, JsonReader& in, RowErased& e) {
  if (kind == "erased") {
    e.targets.push_back(
        {in.number("entry"), static_cast<std::uint32_t>(in.number("item")), in.hash("leaf")});
    return true;
  }
  if (kind != "text") return false;
  (in.text("role") == "order" ? e.order.title : e.basis) = in.text("text");
  return true;
}

}  // namespace countersign::ledger
