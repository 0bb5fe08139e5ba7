#pragma once

#include "projections/given_rows.h"
#include "projections/step.h"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::projections {

// Writes the rows of tables and their changes.
// Thread safety: for the projector's thread alone.
class RowWriter {
 public:
  // `store` must outlive the writer.
  explicit RowWriter(Database& store);

  ledger::Result<void> apply(const Step& step);
  // When a transaction was put back: what is held of tables may never have been.
  void forget() { editions_.clear(); }

 private:
  // A table edition with its statements.
  struct Written {
    std::int64_t edition = 0;
    struct Column {
      std::string key;
      int place = 0;  // in the definition
      bool whole_number = false;
    };
    std::vector<Column> columns;  // in the order in which rows name them
    Query upsert;
    Query remove;
    std::optional<Query> upsert_given;  // none: it has more columns than are given at once
  };

  ledger::Result<Written*> written(const Step& step);
  ledger::Result<void> change_rows(const Step& step);
  ledger::Result<void> change_row(Written& table, std::uint64_t id, const ledger::RowText& row,
                                  std::span<const ledger::CellText> cells);
  ledger::Result<void> put_many(Written& table, const Step& step);

  Database& store_;
  std::unique_ptr<GivenRows> given_;  // null: not to be had
  Query record_;
  std::optional<Query> record_given_;
  std::map<std::pair<std::string, std::string>, Written> editions_;  // by campaign and table
};

// Name of the typed SQL table of an edition, quoted.
std::string typed_table(std::string_view campaign, std::string_view table);

// The columns that differ between two states of a row; an absent cell equals a null one.
std::vector<std::string> changed_columns(const ledger::Cells& from, const ledger::Cells& to);

// How many these are, of rows as text. Both in the order of canonical JSON.
std::size_t count_changed(std::span<const ledger::CellText> from,
                          std::span<const ledger::CellText> to);

// The row before a change: the cells of its last earlier change; none: there was no row.
ledger::Result<std::optional<ledger::Cells>> cells_before(Database& store, std::int64_t edition,
                                                          std::string_view key,
                                                          std::uint64_t change);

}  // namespace countersign::projections
