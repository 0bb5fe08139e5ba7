// An entry as the views take it: decoded, with the bytes it was decoded from.
#pragma once

#include "ledger/domain/events.h"
#include "ledger/domain/row_text.h"

#include <memory>
#include <string>

namespace countersign::ledger {

struct StoredEvent {
  std::string header;  // the leaf, exact bytes
  // Of RowsChanged without its rows: they stand in `rows`.
  RecordedEvent event;
  RowTexts rows;
  std::unique_ptr<const std::string> payload;  // record that `rows` points into
};

}  // namespace countersign::ledger
