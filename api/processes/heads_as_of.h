// The last change of every row of a table as the log stood before an earlier entry: the row heads
// as they are now, of which those that changed since are followed back through the log's items.
//
// Thread safety: from any thread; reads from disk.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/base/result.h"
#include "ledger/log/event_log.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace countersign::api {

struct HeadsAsOf {
  std::vector<ledger::Hash> leaves;  // by row key
  std::optional<std::size_t> place;  // of the row asked about; none: it was not there
};

// Of a table whose rows changed in more entries than this since, the heads are not looked for.
inline constexpr std::size_t kHeadEntriesMax = 500;

// `before` is not an entry that changes rows; `view` is of a size beyond it.
//   Errc::not_found   not to be had: a change since was erased, or there were too many
ledger::Result<HeadsAsOf> heads_as_of(const ledger::EventLog& log,
                                      const ledger::EventLog::RowView& view,
                                      const ledger::CampaignId& campaign,
                                      const ledger::TableKey& table, const ledger::RowKey& row,
                                      ledger::LeafIndex before);

}  // namespace countersign::api
