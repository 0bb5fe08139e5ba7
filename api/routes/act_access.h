// What an account may see of acts, which are entries without their payload: those of departments
// in its scope, those about tables that it reads, its own, and those that concern everybody.
#pragma once

#include "api/routes/access.h"
#include "api/wire/trace_json.h"

#include <map>
#include <string>
#include <utility>

namespace countersign::api {

// The parts of an entry that rights depend on.
struct ActSubject {
  std::string campaign;  // empty: of the whole ledger
  std::string table;     // empty: not about a table
  std::string person;
  std::string on_behalf_of;
  std::string department;  // of the hat; empty: school-wide
};

// Judges by the directory as it was when the object was made.
// Thread safety: one thread at a time.
class ActAccess {
 public:
  explicit ActAccess(const Request& request);

  // Deny by default where a filter names something of which no act could be shown.
  std::optional<Problem> refuse(const projections::EntryFilter& filter);
  bool sees(const ActSubject& act);
  // REQUIRES: sees(act).
  Disclosure disclosure(const ActSubject& act);

 private:
  bool mine(const ActSubject& act) const;
  ledger::ReadScope scope_of(const std::string& campaign, const std::string& table);
  bool sees_table(const std::string& campaign, const std::string& table);

  const Request request_;
  const ledger::DepartmentScope scope_;
  const bool office_;
  std::map<std::pair<std::string, std::string>, ledger::ReadScope> tables_;
};

ActSubject subject_of(const std::string& campaign, const projections::Act& act);

}  // namespace countersign::api
