#include "ledger/sequencer/recorded_definitions.h"

#include "ledger/content/payload.h"
#include "ledger/domain/event_codec.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace countersign::ledger {

namespace {

Result<Definition> definition_at(const EventLog& log, LeafIndex index) {
  CS_TRY(const StoredEntry stored, log.entry(index));
  CS_TRY(DecodedHeader header, decode_header(stored.header));
  CS_TRY(const Payload payload, decode_payload(stored.payload));
  const auto* defined = std::get_if<CampaignDefined>(&header.event.event);
  if (defined == nullptr || header.event.index != index) {
    return Error{Errc::corrupt, "entry " + std::to_string(index) + " defines no campaign"};
  }
  std::vector<std::string_view> items;
  for (const PayloadItem& item : payload.items) items.push_back(item.text);
  CS_CHECK(decode_items(header.event, items));
  return Definition(std::get<CampaignDefined>(header.event.event).definition);
}

}  // namespace

DefinitionsOf recorded_definitions(const EventLog& log) {
  return [&log](const std::vector<LeafIndex>& indexes) -> Result<std::vector<Definition>> {
    std::vector<Result<Definition>> read(indexes.size(), Definition());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
      for (std::size_t i = next++; i < indexes.size(); i = next++) {
        read[i] = definition_at(log, indexes[i]);
      }
    };
    std::vector<std::thread> others;
    const std::size_t threads =
        std::min<std::size_t>(std::thread::hardware_concurrency(), indexes.size());
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
    work();
    for (std::thread& other : others) other.join();
    std::vector<Definition> definitions;
    for (auto& one : read) {
      if (!one) return one.error();
      definitions.push_back(std::move(*one));
    }
    return definitions;
  };
}

}  // namespace countersign::ledger
