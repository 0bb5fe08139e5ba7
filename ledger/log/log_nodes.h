// LogNodes: the tree's nodes as the log stores them.
//
// Thread safety: all functions may be called from any thread; they may read from disk.
#pragma once

#include "ledger/log/event_log.h"
#include "ledger/merkle/node_id.h"

namespace countersign::ledger {

class LogNodes final : public NodeSource {
 public:
  // `log` must outlive this object.
  explicit LogNodes(const EventLog& log) : log_(log) {}
  Result<Hash> node(NodeId id) const override;

 private:
  const EventLog& log_;
};

}  // namespace countersign::ledger
