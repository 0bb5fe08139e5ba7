#include "api/processes/pack_entries.h"

#include "api/wire/entry_items.h"
#include "ledger/base/canonical_json.h"
#include "ledger/content/payload.h"
#include "ledger/domain/event_codec.h"
#include "ledger/merkle/tlog_proof.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::LeafIndex;
using ledger::Result;
using nlohmann::json;

namespace {

// Whether an entry that is not about a table speaks to the unit.
bool addresses(const json& data, const std::string& department) {
  if (data.value("department", "") == department) return true;
  const auto several = data.find("departments");
  return several != data.end() && several->is_array() &&
         std::ranges::find(*several, json(department)) != several->end();
}

}  // namespace

Result<void> PackEntries::add(LeafIndex index) {
  if (headers_.contains(index)) return {};
  CS_TRY(headers_[index], reader_.log().header(index));
  return {};
}

Result<void> PackEntries::add_all(const std::vector<LeafIndex>& indices) {
  for (const LeafIndex index : indices) CS_CHECK(add(index));
  return {};
}

bool PackEntries::is_own(const std::string& person) const {
  const auto found = directory_.persons.find(ledger::PersonId(person));
  return found != directory_.persons.end() && found->second.department == department_;
}

// What is said of a table is for its owner, of a part for who supplies it, and what was said to the
// unit for the unit. A signature holds its signer's name.
bool PackEntries::shows(const json& header, const json& item) const {
  if (item.value("kind", "") == "sign_off") {
    return header.at("actor").value("department", "") == department_.value;
  }
  const json data = header.value("data", json::object());
  if (!header.contains("table")) {
    return addresses(data, department_.value) || header.at("type") == "outage.recorded";
  }
  const auto* table = campaign_.table(ledger::TableKey(header.at("table").get<std::string>()));
  if (table != nullptr && table->owner == department_) return true;
  return item.value("kind", "") == "text" && addresses(data, department_.value);
}

Result<json> PackEntries::items_of(LeafIndex index, const json& header) {
  CS_TRY(const auto stored, reader_.log().entry(index));
  CS_TRY(const auto payload, ledger::decode_payload(stored.payload));
  const auto* table = header.contains("table")
                          ? campaign_.table(ledger::TableKey(header.at("table").get<std::string>()))
                          : nullptr;
  json items = json::array();
  for (const auto& item : payload.items) {
    bool shown = item.present && !ledger::is_secret_item(item.text);
    if (shown) {
      CS_TRY(const json parsed, ledger::parse_json(item.text));
      shown = shows(header, parsed);
      if (shown && table != nullptr && table->personal() && tells_of_rows(parsed)) ++rows_;
    }
    if (shown) shown_bytes_ += item.text.size();
    items.push_back(shown ? json{{"salt", ledger::to_base64(item.salt)}, {"item", item.text}}
                          : json{{"leaf", ledger::to_hex(item.leaf)}});
  }
  return items;
}

Result<json> PackEntries::written(const std::string& checkpoint, std::size_t bytes_max) {
  CS_TRY(const auto head, ledger::parse_checkpoint_note(checkpoint));
  rows_ = 0;
  shown_bytes_ = 0;
  json entries = json::array();
  for (const auto& [index, text] : headers_) {
    CS_TRY(const json header, ledger::parse_json(text));
    CS_TRY(auto path, reader_.inclusion_proof(index, head.tree_size));
    const ledger::TlogProof proof{index, std::move(path), checkpoint};
    CS_TRY(json items, items_of(index, header));
    if (shown_bytes_ > bytes_max) {
      return ledger::Error{ledger::Errc::overloaded, "the pack would show more than it may"};
    }
    entries.push_back(
        {{"index", index}, {"header", text}, {"items", std::move(items)}, {"proof", proof.text()}});
  }
  return entries;
}

}  // namespace countersign::api
