#include "api/processes/row_proof.h"

#include "api/processes/heads_as_of.h"
#include "ledger/base/canonical_json.h"
#include "ledger/domain/event_codec.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Errc;
using ledger::Error;
using ledger::Hash;
using ledger::LeafIndex;
using ledger::Result;
using nlohmann::json;

namespace {

json path_json(const std::vector<Hash>& path) {
  json list = json::array();
  for (const Hash& hash : path) list.push_back(ledger::to_hex(hash));
  return list;
}

}  // namespace

RowProof::RowProof(const ledger::Reader& reader, const ledger::CampaignId& campaign,
                   const ledger::TableKey& table, const ledger::RowKey& row)
    : reader_(reader),
      campaign_(campaign),
      table_(table),
      row_(row),
      view_(reader.log().row_view()) {}

Result<ProvedChange> RowProof::change_in(LeafIndex index) const {
  const Error none{Errc::not_found, "the entry does not change the row"};
  if (index >= view_->size()) return none;
  CS_TRY(const auto stored, reader_.log().entry(index));
  CS_TRY(const json header, ledger::parse_json(stored.header));
  if (header.value("campaign", "") != campaign_.value ||
      header.value("table", "") != table_.value) {
    return none;
  }
  CS_TRY(const auto payload, ledger::decode_payload(stored.payload));
  // Only items that hold these bytes can be the row's; the others need not be parsed.
  const std::string mark = "\"key\":" + ledger::canonical_text(row_.value) + ",\"kind\":\"row\"";
  for (std::size_t i = 0; i < payload.items.size(); ++i) {
    const auto& item = payload.items[i];
    if (!item.present || item.text.find(mark) == std::string::npos) continue;
    auto change = ledger::decode_row_item(item.text);
    if (!change || change->key != row_ || change->table != table_) continue;
    std::vector<Hash> leaves;
    leaves.reserve(payload.items.size());
    for (const auto& one : payload.items) leaves.push_back(one.leaf);
    return ProvedChange{.index = index,
                        .change = std::move(*change),
                        .item = item.text,
                        .salt = item.salt,
                        .leaf = item.leaf,
                        .item_index = i,
                        .item_count = leaves.size(),
                        .path = ledger::inclusion_proof(leaves, i)};
  }
  return none;
}

Result<void> RowProof::take_all() {
  CS_TRY(const auto head, view_->row(campaign_.value, table_.value, row_.value));
  if (!head) return Error{Errc::not_found, "no such row"};
  std::optional<LeafIndex> next = head->index;
  while (next && changes_.size() <= kChangesMax) {
    CS_TRY(auto change, change_in(*next));
    next = change.change.prev;
    changes_.push_back(std::move(change));
  }
  std::ranges::reverse(changes_);
  all_ = true;
  return {};
}

Result<void> RowProof::take(LeafIndex index) {
  CS_TRY(auto change, change_in(index));
  changes_.push_back(std::move(change));
  return {};
}

Result<void> RowProof::take_version(LeafIndex submission) {
  if (submission >= view_->size()) return {};
  CS_TRY(const std::string text, reader_.log().header(submission));
  CS_TRY(const auto header, ledger::decode_header(text));
  const auto* submitted = std::get_if<ledger::TableSubmitted>(&header.event.event);
  if (submitted == nullptr || submitted->campaign != campaign_ || submitted->table != table_) {
    return {};
  }
  std::vector<Hash> leaves;
  std::optional<std::size_t> place;
  CS_CHECK(view_->scan(campaign_.value, table_.value,
                       [&](std::string_view key, const ledger::RowHead& head) {
                         if (head.removed) return true;
                         if (key == row_.value) place = leaves.size();
                         leaves.push_back(head.leaf);
                         return true;
                       }));
  if (!place || ledger::tree_root(leaves) != submitted->version.hash) return {};
  version_ = Statement{submission, *place, ledger::inclusion_proof(leaves, *place)};
  return {};
}

Result<void> RowProof::take_attestation(LeafIndex attestation) {
  if (!all_ || attestation >= view_->size() || attestation <= changes_.back().index) return {};
  CS_TRY(const std::string text, reader_.log().header(attestation));
  CS_TRY(const auto header, ledger::decode_header(text));
  const auto* attested = std::get_if<ledger::TableAttested>(&header.event.event);
  if (attested == nullptr || attested->campaign != campaign_ || attested->table != table_) {
    return {};
  }
  const auto heads = heads_as_of(reader_.log(), *view_, campaign_, table_, row_, attestation);
  if (!heads && heads.error().code == Errc::not_found) return {};
  if (!heads) return heads.error();
  if (!heads->place || ledger::tree_root(heads->leaves) != attested->heads.hash) return {};
  attestation_ = Statement{attestation, *heads->place,
                           ledger::inclusion_proof(heads->leaves, *heads->place)};
  return {};
}

bool RowProof::present_only() const {
  if (changes_.size() != 1 || changes_.front().change.removed) return false;
  const auto head = view_->row(campaign_.value, table_.value, row_.value);
  return head && *head && (*head)->index == changes_.front().index;
}

Result<json> RowProof::entry_json(LeafIndex index, ledger::TreeSize size,
                                  const std::string& checkpoint) const {
  CS_TRY(std::string header, reader_.log().header(index));
  CS_TRY(auto path, reader_.inclusion_proof(index, size));
  const ledger::TlogProof proof{index, std::move(path), checkpoint};
  return json{{"index", index}, {"header", std::move(header)}, {"proof", proof.text()}};
}

Result<json> RowProof::statement_json(const std::optional<Statement>& statement,
                                      ledger::TreeSize size, const std::string& checkpoint) const {
  if (!statement) return json();
  CS_TRY(json shown, entry_json(statement->entry, size, checkpoint));
  shown["row_index"] = statement->row_index;
  shown["row_path"] = path_json(statement->path);
  return shown;
}

Result<std::string> RowProof::text(const std::string& verifier_key,
                                   const std::string& column) const {
  const auto size = view_->size();
  CS_TRY(const std::string checkpoint, reader_.log().checkpoint(size));
  json changes = json::array();
  for (const ProvedChange& one : changes_) {
    CS_TRY(json change, entry_json(one.index, size, checkpoint));
    change["item"] = one.item;
    change["salt"] = ledger::to_base64(one.salt);
    change["item_index"] = one.item_index;
    change["item_count"] = one.item_count;
    change["item_path"] = path_json(one.path);
    changes.push_back(std::move(change));
  }
  CS_TRY(json version, statement_json(version_, size, checkpoint));
  CS_TRY(json attested, statement_json(attestation_, size, checkpoint));
  return ledger::canonical_text({{"format", "countersign-row-proof-1"},
                                 {"origin", reader_.origin()},
                                 {"verifier_key", verifier_key},
                                 {"checkpoint", checkpoint},
                                 {"campaign", campaign_.value},
                                 {"table", table_.value},
                                 {"row", row_.value},
                                 {"column", column.empty() ? json() : json(column)},
                                 {"claim", all_ ? "all_changes" : "one_change"},
                                 {"row_changes", std::move(changes)},
                                 {"version", std::move(version)},
                                 {"attested", std::move(attested)}});
}

}  // namespace countersign::api
