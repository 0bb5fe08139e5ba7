// The row heads of one moment of a database. Private to the RocksDB engine.
#pragma once

#include "ledger/log/event_log.h"
#include "ledger/log/rocks_database.h"

#include <memory>

namespace countersign::ledger::rocks {

// Of now. Holds the database.
std::unique_ptr<EventLog::RowView> row_view_of(std::shared_ptr<const Database> database);

}  // namespace countersign::ledger::rocks
