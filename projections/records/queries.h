// The record of one department: what it owed, delivered, corrected and answered, campaign by
// campaign. Counts and sums only: no person, and no score.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/result.h"
#include "ledger/base/time.h"
#include "projections/page.h"

#include <map>
#include <string>
#include <vector>

namespace countersign::projections {

// Facts of one kind by what became of them.
struct FactCounts {
  std::uint32_t standing = 0;   // open, objected to or upheld, and count
  std::uint32_t excused = 0;    // shown, do not count
  std::uint32_t corrected = 0;  // by a decision
  std::uint32_t voided = 0;
};

struct CampaignRecord {
  std::string campaign;
  std::uint32_t tasks = 0;
  std::uint32_t submitted = 0;
  std::uint32_t on_time = 0;     // submitted the first time before or at the due instant
  std::uint32_t late = 0;        // submitted later, or overdue now
  ledger::Duration raw_late;     // sums over these
  ledger::Duration net_late;
  std::uint32_t returns = 0;           // by levels of the school
  std::uint32_t internal_returns = 0;  // by its own levels
  std::map<std::string, FactCounts> facts;    // by kind, credits excepted
  std::map<std::string, FactCounts> credits;  // F14, F15
  std::uint32_t chases = 0;
  std::uint32_t chases_answered = 0;
  std::uint32_t assists_asked = 0;  // of it, by others
  std::uint32_t assists_delivered = 0;
  std::uint32_t assists_declined = 0;
};

struct DepartmentRecord {
  std::string department;
  std::vector<CampaignRecord> campaigns;  // that it has part in, by id
  ledger::TreeSize as_of = 0;
};

class RecordQueries {
 public:
  virtual ~RecordQueries() = default;
  // `now` decides what is overdue. A department that has part in nothing has an empty record.
  virtual ledger::Result<DepartmentRecord> department(const std::string& department,
                                                      ledger::Timestamp now) const = 0;
};

}  // namespace countersign::projections
