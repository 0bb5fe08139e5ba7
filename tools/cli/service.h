// Running a request against the service from a subcommand, with the session of this user.
#pragma once

#include "ledger/base/result.h"
#include "tools/cli/command.h"
#include "tools/cli/session.h"

#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

// Loads the session and calls `use`.
//   Errc::unauthorized   nobody is logged in
ledger::Result<void> with_service(const GlobalOptions& global,
                                  const std::function<ledger::Result<void>(Caller&)>& use);

// "/v1/campaigns/2020/tables/staff_basic" and what follows.
std::string campaign_path(const GlobalOptions& global, const std::string& rest = {});
std::string table_path(const GlobalOptions& global, const std::string& table,
                       const std::string& rest = {});

// What a write prints: the entries that now prove it.
void print_receipt(const Caller& caller, const nlohmann::json& reply);
// Sends what a person does and prints its receipt.
ledger::Result<void> act(Caller& caller, const std::string& target, const nlohmann::json& body);
// Prints the answer as it is for scripts; false: it is to be shown to people.
bool printed(const Caller& caller, const nlohmann::json& reply);
// The text of a member, empty for null and absent.
std::string text_of(const nlohmann::json& object, const char* name);
// "3 d 04:05", "-" for null.
std::string duration_text(const nlohmann::json& seconds);

}  // namespace countersign::tools
