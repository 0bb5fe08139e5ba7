// StatementCheck: what entries state of all rows of a table at once (an attestation of their last
// changes, a submission of its content) against a fold of the row items before them. Private to
// fsck. It looks at no row head, since such statements are made from those.
//
// An erased item has lost its row's key, so its table cannot be folded from there on; statements
// about it are counted and not judged. What the row heads and the erasures still tell of those keys
// lets a second check judge most of them.
#pragma once

#include "ledger/content/payload.h"
#include "ledger/content/table_heads.h"
#include "ledger/domain/events.h"
#include "ledger/erasure_check.h"

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace countersign::ledger {

// Thread safety: one thread. Memory grows with rows, not with entries.
class StatementCheck {
 public:
  using Found = std::function<void(LeafIndex, std::string)>;

  explicit StatementCheck(Found found) : found_(std::move(found)) {}
  // Of the statements that `before` could not judge, with what is known of erased items. Both must
  // outlive it.
  StatementCheck(Found found, const StatementCheck& before, const ErasedChanges& erased);

  // Entries in their order, each with its items filled in.
  void add(LeafIndex index, const Event& event, const Payload& payload);
  // An entry that could not be read: it may have changed any row.
  void add_unread() { all_unknown_ = true; }

  std::uint64_t compared() const { return compared_; }
  std::uint64_t unjudged() const { return unjudged_; }

 private:
  using TableName = std::pair<std::string, std::string>;  // campaign and table
  struct Table {
    TableHeads heads;
    bool unknown = false;  // a change is of a row that is not known
    bool supposed = false;  // whether a change removed its row is not known of all
  };

  void change(LeafIndex index, Table& table, const RowsChanged& event, const Payload& payload);
  void judge(LeafIndex index, const TableName& name, const StatedRows& stated, bool with_removed);

  const Found found_;
  const StatementCheck* const before_ = nullptr;
  const ErasedChanges* const erased_ = nullptr;
  bool all_unknown_ = false;
  std::map<TableName, Table> tables_;
  std::map<TableName, LeafIndex> unjudged_from_;  // the first of each table
  std::uint64_t compared_ = 0;
  std::uint64_t unjudged_ = 0;
};

}  // namespace countersign::ledger
