// Persons as those whom rows are about: what tables say of them now, and what they ask to have
// corrected. What rows said before is not told here.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/result.h"
#include "ledger/base/time.h"
#include "projections/page.h"
#include "projections/tables/queries.h"

#include <optional>
#include <string>
#include <vector>

namespace countersign::projections {

// A row about somebody, with the circumstances of its last change.
struct OwnRow {
  CurrentRow row;
  ledger::Timestamp changed_at;
  std::string changed_by;  // department; empty: an act under a school-wide hat
};

struct CorrectionRecord {
  ledger::LeafIndex index = 0;  // the entry that asked; names it
  std::string table;
  std::string row;
  std::string column;
  std::string text;
  std::string person;
  std::string person_name;
  ledger::Timestamp at;
  struct Answer {
    ledger::LeafIndex index = 0;
    ledger::Timestamp at;
    std::string person;
    std::string department;
    bool granted = false;
    std::string reason;
    std::optional<ledger::LeafIndex> change;  // the entry that changed the row
  };
  std::optional<Answer> answer;
};

struct CorrectionFilter {
  std::string campaign;
  std::string table;   // empty: all
  std::string person;  // who asked; empty: anybody
};

class SubjectQueries {
 public:
  virtual ~SubjectQueries() = default;
  // Rows of the table whose `column` says `number`, by key.
  //   Errc::not_found   no such campaign, table or column
  virtual ledger::Result<std::vector<OwnRow>> rows_about(const std::string& campaign,
                                                         const std::string& table,
                                                         const std::string& column,
                                                         const std::string& number) const = 0;
  // In the order in which they were asked for.
  virtual ledger::Result<Page<CorrectionRecord>> corrections(const CorrectionFilter& filter,
                                                             const PageRequest& page) const = 0;
  //   Errc::not_found
  virtual ledger::Result<CorrectionRecord> correction(const std::string& campaign,
                                                      const std::string& table,
                                                      ledger::LeafIndex index) const = 0;
  // Whether the entry changed this row.
  virtual ledger::Result<bool> changes(ledger::LeafIndex index, const std::string& campaign,
                                       const std::string& table, const std::string& row) const = 0;
};

}  // namespace countersign::projections
