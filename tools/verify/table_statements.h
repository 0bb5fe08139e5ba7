// What entries state of all rows of a table at once (an attestation of their last changes, a
// submission of its content), held against the items of the export: the hash of each is computed
// again from the rows that the items before it leave. And each change of a row follows the one
// before it: a row with a second chain would have changes that no proof of it shows.
//
// A withheld or erased change does not say whose it was, so that its table cannot be judged from
// there on; how many statements were compared and how many not is counted. A reason that is
// withheld or erased stands before the changes, of which the header says how many there are. Memory grows with
// the rows that ever were, their keys and leaves, and not with entries or cells.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/ids.h"
#include "ledger/content/table_heads.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::ledger {
struct CanonicalMember;  // ledger/base/canonical_scan.h
}

namespace countersign::tools {

// What one entry says about rows of one table.
struct TableEntry {
  struct Row {
    std::string key;
    ledger::Hash leaf{};
    std::optional<ledger::LeafIndex> prev;
    bool removed = false;
  };
  ledger::LeafIndex index = 0;
  std::string campaign;  // canonical JSON texts, as in the header
  std::string table;
  std::vector<Row> rows;
  bool withheld = false;  // some of its changes are not shown
  std::optional<ledger::StatedRows> attested;
  std::optional<ledger::StatedRows> submitted;
};

// What an entry says of a table's rows; none: nothing. `items` are the texts of its items, one that
// is withheld without data, `leaves` theirs. Where an item or the statement does not read, `wrong`
// says so. The costly part, which needs no entry before; thread safety: any thread.
std::optional<TableEntry> read_table_entry(ledger::LeafIndex index,
                                           const std::vector<ledger::CanonicalMember>& header,
                                           const std::vector<std::string_view>& items,
                                           const std::vector<ledger::Hash>& leaves,
                                           std::string& wrong);

// Thread safety: one thread.
class TableStatements {
 public:
  // Entries in their order. What does not hold, in words.
  std::optional<std::string> take(TableEntry&& entry);

  std::uint64_t compared() const { return compared_; }
  std::uint64_t unjudged() const { return unjudged_; }

 private:
  struct Table {
    ledger::TableHeads heads;
    bool unknown = false;  // a change of it is of a row that is not known
  };
  static std::optional<std::string> change(Table& table, TableEntry&& entry);

  std::map<std::pair<std::string, std::string>, Table> tables_;  // by campaign and table
  std::uint64_t compared_ = 0;
  std::uint64_t unjudged_ = 0;
};

}  // namespace countersign::tools
