// The rows of a table edition as of a size, some at a time: read in the order of their keys from
// the index, looked up in the order of their changes, as those lie in the file.
//
// Thread safety: as the Database; a RowBlock that is not being filled is read from any thread.
#pragma once

#include "ledger/base/result.h"
#include "projections/tables/reading.h"
#include "projections/view_store.h"

#include <cstddef>
#include <deque>
#include <forward_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::projections {

// Rows with the texts they point into. Reuses its room.
class RowBlock {
 public:
  // By key. They live until the block is filled again.
  std::span<const StoredRow> rows() const { return rows_; }

 private:
  friend class RowBlocks;
  void clear();
  std::string_view keep(std::string_view text);

  std::vector<StoredRow> rows_;
  // Texts stand one behind another in pieces that stay where they are; one that is larger than a
  // piece stands alone.
  std::deque<std::string> pieces_;
  std::size_t piece_ = 0;  // the one that is written
  std::forward_list<std::string> large_;
};

class RowBlocks {
 public:
  // As walk_texts(). `store` outlives it.
  RowBlocks(Database& store, const Edition& edition, ledger::TreeSize size, std::string_view from);

  // The next rows: up to `count` keys, of which those whose row was removed are left out. False:
  // there are no more keys. REQUIRES: the last call said true, or there was none.
  //   Errc::corrupt   a change that the index names is missing
  ledger::Result<bool> fill(RowBlock& block, std::size_t count);

 private:
  ledger::Result<bool> read_keys(RowBlock& block, std::size_t count);
  ledger::Result<void> look_up(RowBlock& block);

  Query index_;
  Query changes_;
  bool begun_ = false;  // index_ is on the first change of the next key
};

}  // namespace countersign::projections
