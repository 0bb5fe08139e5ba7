// Validation: runs the rules over a table as it is, and records what they found as the system's
// act.
#pragma once

#include "api/http/problem.h"
#include "api/routes/access.h"
#include "api/routes/endpoint.h"
#include "ledger/domain/commands.h"

#include <optional>
#include <variant>

namespace countersign::api {

// The content of a table as it is, with the number it has or will have.
struct CurrentVersion {
  ledger::VersionRef version;
  ledger::TreeSize size = 0;
};
std::variant<CurrentVersion, Problem> current_version(const TableAccess& access,
                                                      Services& services);

// What is to be recorded of a run over this content; for Wanted with `by_process`.
std::variant<ledger::RecordValidation, Problem> validate(const Request& request,
                                                         const TableAccess& access,
                                                         Services& services);

// What has to be recorded before the version is submitted: a run, unless one stands for this very
// version under the rules in force; nothing where the table has no rules.
std::variant<std::optional<ledger::RecordValidation>, Problem> missing_validation(
    const Request& request, const TableAccess& access, const ledger::VersionRef& version,
    Services& services);

}  // namespace countersign::api
