// Entries of erasures.
#include "ledger/base/canonical_json.h"
#include "ledger/domain/area_event_codec.h"
#include "ledger/domain/event_codec.h"

namespace countersign::ledger {

using nlohmann::json;

namespace {

template <typename E>
json order_data(const E& e) {
  return {{"items", e.items}, {"order", to_hex(e.order.hash)}};
}
template <typename E>
void read_order(JsonReader& in, E& e) {
  e.items = static_cast<std::uint32_t>(in.number("items"));
  e.order.hash = in.hash("order");
}

template <typename C>
std::vector<std::string> order_items(const C& c) {
  std::vector<std::string> items = {text_item("order", c.order.title), text_item("basis", c.basis)};
  for (const ErasureTarget& one : c.targets) {
    json item = {{"kind", "erased"},
                 {"entry", one.entry},
                 {"item", one.item},
                 {"leaf", to_hex(one.leaf)}};
    if (!one.left.empty()) item["left"] = *parse_json(one.left);
    items.push_back(canonical_text(item));
  }
  return items;
}
template <typename E>
bool read_order_item(const std::string& kind, JsonReader& in, E& e) {
  if (kind == "erased") {
    ErasureTarget& one = e.targets.emplace_back();
    one.entry = in.number("entry");
    one.item = static_cast<std::uint32_t>(in.number("item"));
    one.leaf = in.hash("leaf");
    if (const json* left = in.find("left")) one.left = canonical_text(*left);
    return true;
  }
  if (kind != "text") return false;
  (in.text("role") == "order" ? e.order.title : e.basis) = in.text("text");
  return true;
}

}  // namespace

json write_data(const RowErased& e) { return order_data(e); }
void read_data(JsonReader& in, RowErased& e) { read_order(in, e); }
std::vector<std::string> write_items(const EraseRow& c) { return order_items(c); }
bool read_item(const std::string& kind, JsonReader& in, RowErased& e) {
  return read_order_item(kind, in, e);
}

json write_data(const TextsErased& e) {
  json data = order_data(e);
  data["entry"] = e.entry;
  return data;
}
void read_data(JsonReader& in, TextsErased& e) {
  read_order(in, e);
  e.entry = in.number("entry");
}
std::vector<std::string> write_items(const EraseTexts& c) { return order_items(c); }
bool read_item(const std::string& kind, JsonReader& in, TextsErased& e) {
  return read_order_item(kind, in, e);
}

json write_data(const PersonErased& e) {
  json data = order_data(e);
  data["person"] = e.person.value;
  return data;
}
void read_data(JsonReader& in, PersonErased& e) {
  read_order(in, e);
  e.person = PersonId(in.text("person"));
}
std::vector<std::string> write_items(const ErasePerson& c) { return order_items(c); }
bool read_item(const std::string& kind, JsonReader& in, PersonErased& e) {
  return read_order_item(kind, in, e);
}

}  // namespace countersign::ledger
