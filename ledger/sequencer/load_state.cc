#include "ledger/sequencer/load_state.h"

#include "ledger/base/diagnostics.h"
#include "ledger/content/payload.h"
#include "ledger/domain/decide.h"
#include "ledger/domain/event_codec.h"
#include "ledger/domain/state_codec.h"

namespace countersign::ledger {

Result<FoldedState> load_state(const EventLog& log, std::optional<Timestamp> simulated_start) {
  FoldedState start;
  CS_TRY(const auto snapshot, log.snapshot());
  if (snapshot) {
    auto state = decode_state(snapshot->bytes);
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
  std::optional<Error> failed;
  CS_CHECK(log.scan(start.state.size, log.size(), [&](LeafIndex index, const StoredEntry& stored) {
    auto header = decode_header(stored.header);
    auto payload = decode_payload(stored.payload);
    if (!header || !payload || header->event.index != index) {
      failed = Error{Errc::corrupt, "entry " + std::to_string(index) + " does not decode"};
      return false;
    }
    // Rows are not part of the state, and most of a payload's bytes.
    if (!std::holds_alternative<RowsChanged>(header->event.event)) {
      std::vector<std::string_view> items;
      for (const PayloadItem& item : payload->items) items.push_back(item.text);
      if (auto decoded = decode_items(header->event, items); !decoded) {
        failed = decoded.error();
        return false;
      }
    }
    start.last_sequenced = header->event.sequenced_at;
    evolve(start.state, header->event);
    return true;
  }));
  if (failed) return *failed;
  if (log.size() == 0) start.state.simulated_now = simulated_start;
  return start;
}

}  // namespace countersign::ledger
