#include "tests/verify/made_log.h"

#include "ledger/base/canonical_json.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"

#include <algorithm>

namespace countersign::testing {

using ledger::Hash;
using ledger::LeafIndex;
using nlohmann::json;

namespace {

constexpr const char* kOrigin = "ledger.example/teaching-status";
constexpr const char* kSigns =
    "PRIVATE+KEY+ledger.example/teaching-status+d3bceafa+"
    "AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

// Byte i of the salt of item k of entry e is 32 e + 16 k + i.
ledger::Payload sealed(LeafIndex entry, const std::vector<json>& items) {
  ledger::Payload payload;
  std::vector<Hash> leaves;
  for (std::size_t k = 0; k < items.size(); ++k) {
    ledger::PayloadItem item;
    item.text = ledger::canonical_text(items[k]);
    for (std::size_t i = 0; i < item.salt.size(); ++i) {
      item.salt[i] = static_cast<std::uint8_t>(32 * entry + 16 * k + i);
    }
    item.leaf = ledger::item_leaf(item.salt, item.text);
    leaves.push_back(item.leaf);
    payload.items.push_back(std::move(item));
  }
  payload.root = ledger::tree_root(leaves);
  return payload;
}

json path_json(const std::vector<Hash>& path) {
  json list = json::array();
  for (const Hash& hash : path) list.push_back(ledger::to_hex(hash));
  return list;
}

}  // namespace

json row_item(const std::string& key, json prev, json cells) {
  return {{"kind", "row"},
          {"table", "staff_basic"},
          {"key", key},
          {"op", cells.is_null() ? "remove" : "put"},
          {"prev", std::move(prev)},
          {"cells", cells.is_null() ? json::object() : std::move(cells)}};
}

std::vector<MadeEntry> MadeLog::entries() {
  const auto staff = [](const char* number, const char* name, const char* status) {
    return json{{"name", name}, {"staff_no", number}, {"status", status}};
  };
  const auto reason = [](const char* text) {
    return json{{"kind", "text"}, {"role", "reason"}, {"text", text}};
  };
  return {
      {"campaign.defined", ""},
      {"rows.changed",
       "staff_basic",
       {reason("首次导入"), row_item("100001", nullptr, staff("100001", "甲", "在职")),
        row_item("100002", nullptr, staff("100002", "乙", "在职")),
        row_item("100003", nullptr, staff("100003", "丙", "在职"))}},
      {"phase.opened", ""},
      {"rows.changed",
       "staff_basic",
       {reason("核对后更正"), row_item("100002", 1, staff("100002", "乙", "当年离职"))}},
      {"phase.closed", ""},
      {"table.submitted", "staff_basic", {}, {{1, 1}, {3, 1}, {1, 3}}},
      {"table.read", "staff_basic"},
  };
}

std::vector<MadeEntry> MadeLog::entries_without_submission() {
  std::vector<MadeEntry> made = entries();
  for (MadeEntry& one : made) {
    if (one.type == "table.submitted") one = {"table.read", one.table};
  }
  return made;
}

std::vector<MadeEntry> MadeLog::attested_entries() {
  auto entries = MadeLog::entries();
  entries.push_back({"table.attested", "staff_basic", {}, {}, {{1, 1}, {3, 1}, {1, 3}}});
  return entries;
}

MadeLog::MadeLog(const std::vector<MadeEntry>& entries)
    : signer_(ledger::NoteSigner::from_skey(kSigns).value()) {
  for (LeafIndex index = 0; index < entries.size(); ++index) {
    const MadeEntry& entry = entries[index];
    payloads_.push_back(sealed(index, entry.items));
    const std::string at = "2020-10-1" + std::to_string(index) + "T08:30:00.000000Z";
    json header = {
        {"v", 1},
        {"index", index},
        {"origin", kOrigin},
        {"type", entry.type},
        {"type_version", 1},
        {"actor",
         {{"account", "hr.filler"},
          {"department", "HR"},
          {"person", "p-0101"},
          {"role", "filler"}}},
        {"received_at", at},
        {"sequenced_at", at},
        {"command", "c-" + std::to_string(index)},
        {"correlation", "c-" + std::to_string(index)},
        {"campaign", "2020"},
        {"payload",
         {{"count", entry.items.size()}, {"root", ledger::to_hex(payloads_.back().root)}}},
        {"data", entry.data}};
    if (!entry.table.empty()) header["table"] = entry.table;
    if (!entry.version.empty()) {
      submission_ = statement(index, entry.version);
      header["data"]["version"] = {{"hash", ledger::to_hex(ledger::tree_root(submission_->leaves))},
                                   {"number", 1},
                                   {"rows", submission_->leaves.size()}};
    }
    if (!entry.attested.empty()) {
      attestation_ = statement(index, entry.attested);
      header["data"]["heads"] = {{"hash", ledger::to_hex(ledger::tree_root(attestation_->leaves))},
                                 {"rows", attestation_->leaves.size()}};
    }
    headers_.push_back(ledger::canonical_text(header));
    leaves_.push_back(ledger::hash_leaf(ledger::as_bytes(headers_.back())));
  }
  const ledger::Checkpoint head{kOrigin, leaves_.size(), ledger::tree_root(leaves_)};
  checkpoint_ = signer_.sign(head.text()).serialize();
}

json MadeLog::shown(LeafIndex entry) const {
  const ledger::TlogProof proof{entry, ledger::inclusion_proof(leaves_, entry), checkpoint_};
  return {{"index", entry}, {"header", headers_[entry]}, {"proof", proof.text()}};
}

MadeLog::Statement MadeLog::statement(LeafIndex entry, const std::vector<MadeItem>& rows) const {
  Statement made{entry, {}};
  for (const MadeItem& place : rows) {
    made.leaves.push_back(payloads_[place.entry].items[place.item].leaf);
  }
  return made;
}

json MadeLog::shown(const Statement& statement, const MadeItem& last) const {
  const auto& leaves = statement.leaves;
  const auto at = std::ranges::find(leaves, payloads_[last.entry].items[last.item].leaf);
  const auto row = at == leaves.end() ? 0 : static_cast<std::size_t>(at - leaves.begin());
  json made = shown(statement.entry);
  made["row_index"] = row;
  made["row_path"] = path_json(ledger::inclusion_proof(leaves, row));
  return made;
}

json MadeLog::proof(const std::vector<MadeItem>& changes, bool all) const {
  json list = json::array();
  for (const MadeItem& place : changes) {
    const auto& items = payloads_[place.entry].items;
    std::vector<Hash> leaves;
    for (const auto& item : items) leaves.push_back(item.leaf);
    json change = shown(place.entry);
    change["item"] = items[place.item].text;
    change["salt"] = ledger::to_base64(items[place.item].salt);
    change["item_index"] = place.item;
    change["item_count"] = items.size();
    change["item_path"] = path_json(ledger::inclusion_proof(leaves, place.item));
    list.push_back(std::move(change));
  }
  json version;
  if (all && submission_) version = shown(*submission_, changes.back());
  json made = {{"format", "countersign-row-proof-1"},
          {"origin", kOrigin},
          {"verifier_key", vkey()},
          {"checkpoint", checkpoint_},
          {"campaign", "2020"},
          {"table", "staff_basic"},
          {"row", kRow},
          {"column", "status"},
          {"claim", all ? "all_changes" : "one_change"},
          {"row_changes", std::move(list)},
          {"version", std::move(version)}};
  if (attestation_) made["attested"] = all ? shown(*attestation_, changes.back()) : json();
  return made;
}

}  // namespace countersign::testing
