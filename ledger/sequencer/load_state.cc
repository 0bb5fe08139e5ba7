#include "ledger/sequencer/load_state.h"

#include "ledger/base/diagnostics.h"
#include "ledger/content/payload.h"
#include "ledger/domain/decide.h"
#include "ledger/domain/event_codec.h"
#include "ledger/sequencer/recorded_definitions.h"

namespace countersign::ledger {

namespace {

// The entry without its rows: they are not part of the state, are most of a payload, and most
// entries are of nothing else.
Result<RecordedEvent> event_at(const EventLog& log, LeafIndex index) {
  const Error damaged{Errc::corrupt, "entry " + std::to_string(index) + " does not decode"};
  CS_TRY(const std::string text, log.header(index));
  auto header = decode_header(text);
  if (!header || header->event.index != index) return damaged;
  if (std::holds_alternative<RowsChanged>(header->event.event)) return std::move(header->event);
  CS_TRY(const StoredEntry stored, log.entry(index));
  const auto payload = decode_payload(stored.payload);
  if (!payload) return damaged;
  std::vector<std::string_view> items;
  for (const PayloadItem& item : payload->items) items.push_back(item.text);
  CS_CHECK(decode_items(header->event, items));
  return std::move(header->event);
}

}  // namespace

Result<FoldedState> load_state(const EventLog& log, std::optional<Timestamp> simulated_start) {
  FoldedState start;
  CS_TRY(const auto snapshot, log.snapshot());
  if (snapshot) {
    auto state = decode_state(snapshot->bytes, recorded_definitions(log));
    if (state && state->size == snapshot->size && state->size <= log.size()) {
      start.state = std::move(*state);
      start.snapshot_size = snapshot->size;
    } else {
      // A snapshot is a cache; folding from the start gives the same state, only later.
      diag::warn("ledger.snapshot_ignored", {});
    }
  }
  if (start.state.size > 0) {
    CS_TRY(const std::string header, log.header(start.state.size - 1));
    CS_TRY(const DecodedHeader last, decode_header(header));
    start.last_sequenced = last.event.sequenced_at;
  }
  for (const TreeSize size = log.size(); start.state.size < size;) {
    CS_TRY(const RecordedEvent event, event_at(log, start.state.size));
    start.last_sequenced = event.sequenced_at;
    evolve(start.state, event);
  }
  if (log.size() == 0) start.state.simulated_now = simulated_start;
  return start;
}

}  // namespace countersign::ledger
