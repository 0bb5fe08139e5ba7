// Tables: their rows now and as of any entry or instant. The SQL schema stands in schema.h; each
// table edition is one typed SQL table.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/result.h"
#include "ledger/base/time.h"
#include "ledger/domain/campaign.h"
#include "ledger/domain/row.h"
#include "ledger/domain/row_text.h"
#include "projections/page.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::projections {

struct CurrentRow {
  std::string key;
  ledger::Cells cells;
  ledger::LeafIndex etag = 0;  // entry of the row's last change
};

// The same with its cells as text in the store; lives until the visit ends.
struct CurrentRowText {
  std::string_view key;
  std::span<const ledger::CellText> cells;  // by column
  ledger::LeafIndex etag = 0;
};

struct RowFilter {
  std::string column;  // empty: all rows
  std::string equals;
};

class TableQueries {
 public:
  virtual ~TableQueries() = default;

  //   Errc::not_found   no such campaign or table
  virtual ledger::Result<Page<CurrentRow>> rows(const std::string& campaign,
                                                const std::string& table, const RowFilter& filter,
                                                const PageRequest& page) const = 0;
  virtual ledger::Result<CurrentRow> row(const std::string& campaign, const std::string& table,
                                         const std::string& key) const = 0;
  // The table as it was after entries 0 … size-1, by row key. Calls `visit` until it says false.
  // `size` none: as it is now. Streams; memory does not grow with the table.
  virtual ledger::Result<ledger::TreeSize> each_row(
      const std::string& campaign, const std::string& table, std::optional<ledger::TreeSize> size,
      const RowFilter& filter, const std::function<bool(const CurrentRow&)>& visit) const = 0;
  // As each_row() of all rows, for who passes many on and has no use for maps of them.
  virtual ledger::Result<ledger::TreeSize> each_row_text(
      const std::string& campaign, const std::string& table, std::optional<ledger::TreeSize> size,
      const std::function<bool(const CurrentRowText&)>& visit) const = 0;
  // Number of entries received up to and including `instant`: turns a time into a tree size.
  virtual ledger::Result<ledger::TreeSize> size_at(ledger::Timestamp instant) const = 0;
};

}  // namespace countersign::projections
