#include "api/processes/heads_as_of.h"

#include "ledger/content/payload.h"
#include "ledger/domain/event_codec.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace countersign::api {

using ledger::Errc;
using ledger::Error;
using ledger::Hash;
using ledger::LeafIndex;
using ledger::Result;

namespace {

struct PastHead {
  std::string key;
  Hash leaf{};
  bool there = true;
};

// Follows heads back until each is a change before the entry asked about. Every entry is read once,
// the newest first, whatever number of the rows it changes.
class StepsBack {
 public:
  StepsBack(const ledger::EventLog& log, LeafIndex before, std::vector<PastHead>& heads)
      : log_(log), before_(before), heads_(heads) {}

  void want(LeafIndex entry, std::size_t place) { wanted_[entry].push_back(place); }

  Result<void> run() {
    for (std::size_t read = 0; !wanted_.empty(); ++read) {
      if (read == kHeadEntriesMax) return Error{Errc::not_found, "too many changes since"};
      const auto next = wanted_.extract(wanted_.begin());
      CS_CHECK(step(next.key(), next.mapped()));
    }
    return {};
  }

 private:
  Result<void> step(LeafIndex entry, const std::vector<std::size_t>& places) {
    std::unordered_map<std::string_view, std::size_t> open;
    for (const std::size_t place : places) open.emplace(heads_[place].key, place);
    CS_TRY(const auto stored, log_.entry(entry));
    CS_TRY(const auto payload, ledger::decode_payload(stored.payload));
    for (const auto& item : payload.items) {
      if (open.empty()) break;
      if (!item.present) continue;
      const auto change = ledger::decode_row_item(item.text);
      if (!change) continue;  // a reason
      const auto found = open.find(change->key.value);
      if (found == open.end()) continue;
      PastHead& head = heads_[found->second];
      if (entry < before_) {
        head.leaf = item.leaf;
      } else if (change->prev) {
        want(*change->prev, found->second);
      } else {
        head.there = false;
      }
      open.erase(found);
    }
    if (!open.empty()) return Error{Errc::not_found, "a change since was erased"};
    return {};
  }

  const ledger::EventLog& log_;
  const LeafIndex before_;
  std::vector<PastHead>& heads_;
  std::map<LeafIndex, std::vector<std::size_t>, std::greater<>> wanted_;  // places, by entry
};

}  // namespace

Result<HeadsAsOf> heads_as_of(const ledger::EventLog& log, const ledger::EventLog::RowView& view,
                              const ledger::CampaignId& campaign, const ledger::TableKey& table,
                              const ledger::RowKey& row, LeafIndex before) {
  std::vector<PastHead> heads;
  StepsBack steps(log, before, heads);
  CS_CHECK(view.scan(campaign.value, table.value,
                     [&](std::string_view key, const ledger::RowHead& head) {
                       if (head.index > before) steps.want(head.index, heads.size());
                       heads.push_back({std::string(key), head.leaf});
                       return true;
                     }));
  CS_CHECK(steps.run());
  HeadsAsOf found;
  for (const PastHead& head : heads) {
    if (!head.there) continue;
    if (head.key == row.value) found.place = found.leaves.size();
    found.leaves.push_back(head.leaf);
  }
  return found;
}

}  // namespace countersign::api
