// Who acts: always the person behind the credential, never a name from a request body.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/base/time.h"
#include "ledger/domain/campaign.h"

#include <optional>
#include <string>

namespace countersign::ledger {

// The actor of a recorded event.
struct Actor {
  PersonId person;
  AccountId account;
  Hat hat;                               // under which hat the act was allowed
  std::optional<PersonId> on_behalf_of;  // the delegator, when a delegation allowed it
};

// What accompanies every command; made by the edge from the credential and the connection.
struct Envelope {
  AccountId account;
  std::optional<Hat> wanted_hat;  // for persons with several; otherwise the first that fits
  CommandId command_id;
  bool fresh_id = false;  // made up for this one proposal, so that nobody can have used it before
  std::string correlation_id;           // ties diagnostics, request and entries together
  Timestamp received_at;                // when the whole request had arrived; decides lateness
  std::optional<Timestamp> claimed_at;  // what the client says; shown, never used
  // Set by the service's own processes only: what it asks for is recorded as the system's act.
  bool by_process = false;
};

}  // namespace countersign::ledger
