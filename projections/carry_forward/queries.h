// "Do not ask again": what of a table was known from the previous edition, and what became of it.
// A row is untouched (brought over, and nobody has looked at it yet), confirmed, changed, removed,
// or new.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/result.h"
#include "ledger/base/time.h"
#include "ledger/domain/row.h"
#include "projections/page.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::projections {

// Where a table's rows were brought from.
struct CarriedFrom {
  ledger::LeafIndex index = 0;  // the first entry that brought them
  ledger::Timestamp at;
  std::string campaign;
  std::string table;
  std::uint32_t version = 0;
  std::string version_hash;                    // hex
  std::vector<std::string> new_items;          // columns it had nothing for
  std::map<std::string, std::uint64_t> unfit;  // by column: cells left empty
  std::uint64_t left_out = 0;                  // rows whose key no longer fits
};

// Counts are of rows unless they say cells.
struct TableProvenance {
  std::string table;
  std::string department;
  std::optional<CarriedFrom> from;  // none: nothing was carried forward
  std::uint64_t rows = 0;           // now
  std::uint64_t untouched = 0;
  std::uint64_t confirmed_singly = 0;
  std::uint64_t confirmed_in_bulk = 0;
  std::uint64_t changed = 0;
  std::uint64_t removed = 0;
  std::uint64_t added = 0;          // new
  std::uint64_t incomplete = 0;     // not changed, and required cells have no value
  std::uint64_t cells_held = 0;     // that had a value when they were brought over
  std::uint64_t cells_changed = 0;  // of changed rows, against what was brought over
};

struct RowProvenance {
  std::string key;
  std::string state;            // untouched, confirmed, changed, removed, new
  ledger::LeafIndex index = 0;  // the entry that made it so
  bool bulk = false;            // confirmed with all others
  std::uint64_t cells_changed = 0;
  std::string reason;   // removed: as was said
  ledger::Cells cells;  // now; of a removed row, as it was brought over
};

// A table of the previous edition as it was last submitted.
struct SubmittedTable {
  std::uint32_t version = 0;
  std::string version_hash;   // hex
  ledger::TreeSize size = 0;  // its rows are those as of this size
};

class CarryForwardQueries {
 public:
  virtual ~CarryForwardQueries() = default;
  // Of every table that was assigned, by key.
  virtual ledger::Result<std::vector<TableProvenance>> tables(
      const std::string& campaign) const = 0;
  //   Errc::not_found   not assigned
  virtual ledger::Result<TableProvenance> table(const std::string& campaign,
                                                const std::string& table) const = 0;
  // Rows of one state, by key; of all when `state` is empty (new ones last).
  virtual ledger::Result<Page<RowProvenance>> rows(const std::string& campaign,
                                                   const std::string& table,
                                                   const std::string& state,
                                                   const PageRequest& page) const = 0;
  // Calls `visit` with the key of every untouched row.
  virtual ledger::Result<void> each_untouched(
      const std::string& campaign, const std::string& table,
      const std::function<void(std::string_view key)>& visit) const = 0;
  // None: never submitted.
  virtual ledger::Result<std::optional<SubmittedTable>> last_submitted(
      const std::string& campaign, const std::string& table) const = 0;
};

}  // namespace countersign::projections
