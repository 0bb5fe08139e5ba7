#include "ledger/log/log_nodes.h"

namespace countersign::ledger {

Result<Hash> LogNodes::node(NodeId id) const { return log_.node(dense_id(id)); }

}  // namespace countersign::ledger
