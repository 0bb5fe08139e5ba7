// The row heads of one moment of a database. Private to the RocksDB engine.
#pragma once

#include "ledger/log/event_log.h"
#include "ledger/log/rocks_database.h"

#include <memory>

namespace countersign::ledger::rocks {

// The moment right after a batch, for all who look at the rows until the next one.
struct RowMoment {
  Moment moment;
  TreeSize size;  // of the log then
};

// Holds the moment, and with it the database.
std::unique_ptr<EventLog::RowView> row_view_of(std::shared_ptr<const RowMoment> moment);

}  // namespace countersign::ledger::rocks
