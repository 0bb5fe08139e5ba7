// Comparing wanted rows with the rows as they are: the second half of preparing row edits. Rows are
// taken in the order of their keys, which is that of the stored heads, and in ranges that several
// threads compare at once.
#pragma once

#include "ledger/domain/edit_rights.h"
#include "ledger/log/event_log.h"
#include "ledger/row_reading.h"

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace countersign::ledger {

// What planned rows touch, which is what rights are judged by.
struct TouchedParts {
  explicit TouchedParts(std::size_t columns) : changed(columns), unchanged(columns) {}
  void merge(const TouchedParts& other);

  std::vector<bool> changed;  // by place in the table
  std::size_t unchanged;      // how many of them are not
  std::set<std::string> units;
  // Of the rows as they will be: RowsPart::units, by part and number.
  std::unordered_set<std::uint64_t> unit_sets;
  bool whole_rows = false;
};

class RowComparison {
 public:
  // All must outlive the comparison. `parts`: what `reading` has read.
  RowComparison(const TableLayout& layout, const RowReading& reading, const EditRights& rights,
                const RowEdits& edits, const EventLog::RowView& view,
                std::vector<RowsPart>& parts);

  // Gives every row its fate. May use every core.
  Result<void> run();
  // Rows of the table that are there and that nobody wants, as removals. After run().
  Result<std::vector<WantedRow>> removals();
  // Rows that are there, that nobody wants and whose key a new row has but for leading zeros:
  // calls `lost` with the line of that row. After run().
  Result<void> find_lost_zeros(const std::function<void(std::uint64_t line)>& lost) const;

  // After the others.
  const TouchedParts& touched() const { return touched_; }

 private:
  struct Sorted {
    std::uint64_t prefix = 0;  // of the key, so that most comparisons are of numbers
    WantedRow* row = nullptr;
    std::uint32_t part = 0;
  };

  void sort();
  Result<void> compare_range(std::span<const Sorted> range, TouchedParts& touched) const;
  void compare(const Sorted& wanted, std::optional<RowHead> head, TouchedParts& touched) const;
  bool covers(const Cells& named, const Cells& before) const;
  // The row as it would be, from the row as it is; false: it has problems.
  bool merge_patch(WantedRow& row, const Cells& before, std::vector<std::string>& units) const;
  void touch(std::string_view before, std::string_view after, TouchedParts& touched) const;
  void touch_units(std::string_view cells, TouchedParts& touched) const;
  // Keys of rows that are there and not wanted, in order.
  Result<std::vector<std::string>> unwanted(
      const std::function<bool(std::string_view key)>& is_asked) const;

  const TableLayout& layout_;
  const RowReading& reading_;
  const EditRights& rights_;
  const RowEdits& edits_;
  const EventLog::RowView& view_;
  std::vector<RowsPart>& parts_;
  std::vector<Sorted> sorted_;  // by key; each key once
  TouchedParts touched_;
};

}  // namespace countersign::ledger
