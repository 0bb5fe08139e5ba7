#include "ledger/reader.h"

#include "ledger/domain/event_codec.h"
#include "ledger/domain/events.h"
#include "ledger/log/log_nodes.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tile.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"
#include "ledger/sequencer/recorded_definitions.h"

namespace countersign::ledger {

namespace {

Error damaged(LeafIndex index, const std::string& what) {
  return {Errc::corrupt, "entry " + std::to_string(index) + ": " + what};
}

}  // namespace

Reader::Reader(const EventLog& log, std::string origin) : log_(log), origin_(std::move(origin)) {}

Result<std::vector<Definition>> Reader::definitions(const std::vector<LeafIndex>& indexes) const {
  return recorded_definitions(log_)(indexes);
}

Result<RecordedEvent> Reader::event(LeafIndex index) const {
  CS_TRY(const StoredEntry stored, log_.entry(index));
  auto header = decode_header(stored.header);
  if (!header) return damaged(index, header.error().detail);
  if (header->event.index != index) return damaged(index, "the header names another index");
  auto payload = decode_payload(stored.payload);
  if (!payload) return damaged(index, payload.error().detail);
  if (payload->items.size() != header->commitment.count ||
      payload->root != header->commitment.root) {
    return damaged(index, "the payload is not the one the header commits to");
  }
  std::vector<std::string_view> items;
  for (const PayloadItem& item : payload->items) items.push_back(item.text);
  if (const auto filled = decode_items(header->event, items); !filled) {
    return damaged(index, filled.error().detail);
  }
  return std::move(header->event);
}

Result<std::vector<Hash>> Reader::inclusion_proof(LeafIndex index, TreeSize size) const {
  if (size > this->size()) return Error{Errc::not_found, "the log has fewer entries"};
  return ledger::inclusion_proof(index, size, LogNodes(log_));
}

Result<std::vector<Hash>> Reader::consistency_proof(TreeSize from, TreeSize to) const {
  if (to > size()) return Error{Errc::not_found, "the log has fewer entries"};
  return ledger::consistency_proof(from, to, LogNodes(log_));
}

Result<Hash> Reader::root_at(TreeSize size) const {
  if (size > this->size()) return Error{Errc::not_found, "the log has fewer entries"};
  return root_of(size, LogNodes(log_));
}

namespace {

Result<Receipt> make_receipt(const EventLog& log, LeafIndex index, TreeSize size,
                             const std::string& checkpoint) {
  Receipt receipt;
  receipt.index = index;
  CS_TRY(receipt.header, log.header(index));
  CS_TRY(auto path, inclusion_proof(index, size, LogNodes(log)));
  receipt.proof = TlogProof{index, std::move(path), checkpoint}.text();
  return receipt;
}

}  // namespace

Result<std::vector<Receipt>> Reader::receipts(const Committed& committed) const {
  CS_TRY(const std::string checkpoint, log_.checkpoint(committed.tree_size));
  std::vector<Receipt> receipts;
  receipts.reserve(committed.count);
  for (LeafIndex index = committed.first; index < committed.first + committed.count; ++index) {
    CS_TRY(auto receipt, make_receipt(log_, index, committed.tree_size, checkpoint));
    receipts.push_back(std::move(receipt));
  }
  return receipts;
}

Result<Receipt> Reader::receipt(LeafIndex index) const {
  CS_TRY(const std::string checkpoint, log_.latest_checkpoint());
  CS_TRY(const Checkpoint parsed, parse_checkpoint_note(checkpoint));
  if (index >= parsed.tree_size) return Error{Errc::not_found, "no such entry"};
  return make_receipt(log_, index, parsed.tree_size, checkpoint);
}

Result<std::string> Reader::tile(std::string_view path) const {
  CS_TRY(const TilePath tile, parse_tile_path(path));
  const TreeSize size = this->size();
  if (!tile.entries) return tile_bytes(tile, size, LogNodes(log_));
  if (!tile_exists(tile, size)) return Error{Errc::not_found, "the tree has no such tile"};
  std::string bundle;
  for (LeafIndex index = tile.begin(); index < tile.end(); ++index) {
    CS_TRY(const std::string header, log_.header(index));
    append_bundle_entry(bundle, header);
  }
  return bundle;
}

namespace {

Result<TableContent> content_of(const EventLog& log, const std::string& campaign,
                                const std::string& table, bool with_removed) {
  const auto view = log.row_view();
  std::vector<Hash> leaves;
  CS_CHECK(view->scan(campaign, table, [&](std::string_view, const RowHead& head) {
    if (with_removed || !head.removed) leaves.push_back(head.leaf);
    return true;
  }));
  return TableContent{view->size(), tree_root(leaves), leaves.size()};
}

}  // namespace

Result<TableContent> Reader::table_content(const std::string& campaign,
                                           const std::string& table) const {
  return content_of(log_, campaign, table, false);
}

Result<TableContent> Reader::table_heads(const std::string& campaign,
                                         const std::string& table) const {
  return content_of(log_, campaign, table, true);
}

}  // namespace countersign::ledger
