#include "ledger/reader.h"

#include "ledger/domain/event_codec.h"
#include "ledger/domain/events.h"
#include "ledger/log/announcement.h"
#include "ledger/log/log_nodes.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/proof.h"
#include "ledger/merkle/tile.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"
#include "ledger/sequencer/recorded_definitions.h"
#include "ledger/stored_event.h"

#include <algorithm>
#include <span>
#include <variant>

namespace countersign::ledger {

namespace {

Error damaged(LeafIndex index, const std::string& what) {
  return {Errc::corrupt, "entry " + std::to_string(index) + ": " + what};
}

// Whether a payload is held against what its header commits to. What is announced was hashed by
// this process a moment ago and never left it.
enum class Commitment { held_against, known };

// Decodes the header; `texts` as read_payload() leaves them.
Result<RecordedEvent> open_entry(LeafIndex index, std::string_view header_text,
                                 std::string_view record, Commitment commitment,
                                 std::vector<std::string_view>& texts) {
  auto header = decode_header(header_text);
  if (!header) return damaged(index, header.error().detail);
  if (header->event.index != index) return damaged(index, "the header names another index");
  if (commitment == Commitment::known) {
    const auto read = read_payload_texts(record, texts);
    if (!read) return damaged(index, read.error().detail);
    return std::move(header->event);
  }
  const auto root = read_payload(record, texts);
  if (!root) return damaged(index, root.error().detail);
  if (texts.size() != header->commitment.count || *root != header->commitment.root) {
    return damaged(index, "the payload is not the one the header commits to");
  }
  return std::move(header->event);
}

Result<void> fill(RecordedEvent& event, std::span<const std::string_view> texts) {
  const auto filled = decode_items(event, texts);
  if (!filled) return damaged(event.index, filled.error().detail);
  return {};
}

// Rows are taken as text; what is no row, or in a form that is rare, is decoded.
Result<void> fill_rows(StoredEvent& stored, std::vector<std::string_view>& texts) {
  bool rest = false;
  stored.rows.expect(texts.size());
  for (std::uint32_t place = 0; place < texts.size(); ++place) {
    if (texts[place].empty() || stored.rows.add(texts[place], place)) {
      texts[place] = {};
    } else {
      rest = true;
    }
  }
  if (!rest) return {};
  CS_CHECK(fill(stored.event, texts));
  auto& decoded = std::get<RowsChanged>(stored.event.event).rows;
  for (const RowChange& row : decoded) stored.rows.add(row);
  decoded.clear();
  return {};
}

Result<StoredEvent> read_stored(LeafIndex index, StoredEntry&& entry, Commitment commitment,
                                std::vector<std::string_view>& texts) {
  StoredEvent stored;
  stored.header = std::move(entry.header);
  stored.payload = std::make_unique<const std::string>(std::move(entry.payload));
  CS_TRY(stored.event, open_entry(index, stored.header, *stored.payload, commitment, texts));
  CS_CHECK(std::holds_alternative<RowsChanged>(stored.event.event) ? fill_rows(stored, texts)
                                                                   : fill(stored.event, texts));
  return stored;
}

// `from`: a log, or an announcement.
template <typename From>
Result<void> scan_events(const From& from, LeafIndex first, LeafIndex end, Commitment commitment,
                         const std::function<bool(StoredEvent&&)>& visit) {
  std::vector<std::string_view> texts;
  Result<void> read;
  CS_CHECK(from.scan(first, end, [&](LeafIndex index, StoredEntry&& entry) {
    auto stored = read_stored(index, std::move(entry), commitment, texts);
    if (!stored) {
      read = stored.error();
      return false;
    }
    return visit(std::move(*stored));
  }));
  return read;
}

}  // namespace

Reader::Reader(const EventLog& log, std::string origin) : log_(log), origin_(std::move(origin)) {}

Result<std::vector<Definition>> Reader::definitions(const std::vector<LeafIndex>& indexes) const {
  return recorded_definitions(log_)(indexes);
}

Result<RecordedEvent> Reader::event(LeafIndex index) const {
  CS_TRY(const StoredEntry stored, log_.entry(index));
  std::vector<std::string_view> texts;
  CS_TRY(RecordedEvent event, open_entry(index, stored.header, stored.payload,
                                             Commitment::held_against, texts));
  CS_CHECK(fill(event, texts));
  return event;
}

Result<void> Reader::each_event(LeafIndex first, LeafIndex end,
                                const std::function<bool(StoredEvent&&)>& visit) const {
  return scan_events(log_, first, end, Commitment::held_against, visit);
}

Result<void> Reader::each_event(const Announcement& announced, LeafIndex first, LeafIndex end,
                                const std::function<bool(StoredEvent&&)>& visit) {
  return scan_events(announced, first, end, Commitment::known, visit);
}

TreeSize Reader::foreseen() const {
  // In this order: what is announced no more is in the log, or came to nothing.
  const auto announced = log_.announced();
  return std::max(size(), announced == nullptr ? 0 : announced->end());
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

Result<Receipt> make_receipt(const EventLog& log, LeafIndex index, std::string header,
                             TreeSize size, const std::string& checkpoint) {
  CS_TRY(auto path, inclusion_proof(index, size, LogNodes(log)));
  return Receipt{index, std::move(header), TlogProof{index, std::move(path), checkpoint}.text()};
}

}  // namespace

Result<std::vector<Receipt>> Reader::receipts(const Committed& committed) const {
  const CommittedGroup* const group = committed.group.get();
  std::string checkpoint;
  if (group != nullptr) {
    checkpoint = group->checkpoint;
  } else {
    CS_TRY(checkpoint, log_.checkpoint(committed.tree_size));
  }
  std::vector<Receipt> receipts;
  receipts.reserve(committed.count);
  for (LeafIndex index = committed.first; index < committed.first + committed.count; ++index) {
    std::string header;
    if (group != nullptr) {
      header = group->headers.at(index - group->first);
    } else {
      CS_TRY(header, log_.header(index));
    }
    CS_TRY(auto receipt,
           make_receipt(log_, index, std::move(header), committed.tree_size, checkpoint));
    receipts.push_back(std::move(receipt));
  }
  return receipts;
}

Result<Receipt> Reader::receipt(LeafIndex index) const {
  CS_TRY(const std::string checkpoint, log_.latest_checkpoint());
  CS_TRY(const Checkpoint parsed, parse_checkpoint_note(checkpoint));
  if (index >= parsed.tree_size) return Error{Errc::not_found, "no such entry"};
  CS_TRY(std::string header, log_.header(index));
  return make_receipt(log_, index, std::move(header), parsed.tree_size, checkpoint);
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
