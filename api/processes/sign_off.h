// Signing off: makes the statement a person signs for a version, and signs it with the key the
// service holds for that person, opened by the password given again for this one act.
#pragma once

#include "api/http/message.h"
#include "api/http/problem.h"
#include "api/routes/endpoint.h"
#include "ledger/domain/campaign.h"
#include "ledger/domain/commands.h"
#include "ledger/verified_command.h"

#include <string>
#include <variant>

namespace countersign::api {

// What is to be signed: the submission (no level) or a level of the approval chain.
struct SignOffSubject {
  const ledger::CampaignDefinition* campaign = nullptr;
  const ledger::TableDefinition* table = nullptr;
  const ledger::ApprovalLevel* level = nullptr;
  ledger::VersionRef version;
};

// The statement in the reader's own name and present hat, at the request's instant.
// A Problem when no hat of the account, own or delegated, fits the subject.
std::variant<ledger::SignOffText, Problem> sign_off_statement(const Request& request,
                                                              const Services& services,
                                                              const SignOffSubject& subject);

// The statement signed with the service-held key.
//   403 wrong password, 409 a key on the person's device signs, 422 no service-held key enrolled,
//   429 too many attempts
std::variant<ledger::SignOff, Problem> sign_with_password(const Request& request,
                                                          Services& services,
                                                          const SignOffSubject& subject,
                                                          const std::string& password);

}  // namespace countersign::api
