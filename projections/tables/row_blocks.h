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
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::projections {

// Texts one behind another, in pieces that stay where they are; one that is larger than a piece
// stands alone. Reuses its room.
class KeptTexts {
 public:
  void clear();
  std::string_view keep(std::string_view text);

 private:
  std::deque<std::string> pieces_;
  std::size_t piece_ = 0;  // the one that is written
  std::forward_list<std::string> large_;
};

// Rows with the texts they point into. Reuses its room.
class RowBlock {
 public:
  // By key. They live until the block is filled again.
  std::span<const StoredRow> rows() const { return rows_; }

 private:
  friend class RowBlocks;

  std::vector<StoredRow> rows_;
  KeptTexts texts_;
  KeptTexts texts_beside_;  // of the rows that the connection beside looked up
};

class RowBlocks {
 public:
  // As walk_texts(). `store` and `beside` outlive it.
  RowBlocks(Database& store, Database* beside, const Edition& edition, ledger::TreeSize size,
            std::string_view from);

  // The next rows: up to `count` keys, of which those whose row was removed are left out. False:
  // there are no more keys. REQUIRES: the last call said true, or there was none.
  //   Errc::corrupt   a change that the index names is missing
  ledger::Result<bool> fill(RowBlock& block, std::size_t count);

 private:
  ledger::Result<bool> read_keys(RowBlock& block, std::size_t count);
  ledger::Result<void> look_up(RowBlock& block);

  Query index_;
  Query changes_;
  std::optional<Query> changes_beside_;
  bool begun_ = false;  // index_ is on the first change of the next key
};

}  // namespace countersign::projections
