// Edit rights: what of a table an account may speak of when it asks for changes. Judged before any
// stored row is looked at for it, so that whether a guess is right, or a row is there, is told only
// to those who may know. Decisions judge the change itself once more (decide_rows.cc).
#pragma once

#include "ledger/domain/directory.h"
#include "ledger/domain/row.h"

#include <set>
#include <string>
#include <vector>

namespace countersign::ledger {

// Whether the hat brings last year's rows into the table: the owner's filler and the office.
bool may_carry_forward(const Hat& hat, const TableDefinition& table);

class EditRights {
 public:
  // Of the account's hats, own and lent, as they are at `now`. `table` must outlive the rights.
  // `carrying`: to carry last year's rows forward, and nothing else.
  EditRights(const Directory& directory, const AccountId& account, const CampaignId& campaign,
             const TableDefinition& table, Timestamp now, bool carrying = false);

  // Whether there is any part of the table that the account fills.
  bool any() const { return all_ || !parts_.empty(); }
  // Whether it is the whole table; covers() then holds of every row.
  bool all() const { return all_; }
  // Whether it may speak of these columns (by key) of a row that is now `before` (empty: not
  // there) and would have `cells`.
  bool covers(const std::set<std::string>& columns, const Cells& before, const Cells& cells) const;

 private:
  struct Part {
    const AssistPart* part;
    std::string unit_no;
  };

  const TableDefinition& table_;
  bool all_ = false;
  std::vector<Part> parts_;
};

}  // namespace countersign::ledger
