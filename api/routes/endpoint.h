// Endpoint: one line of the table of routes. A handler translates; it never decides. Reads answer
// at once, or, where reading is itself an act, once that is recorded; writes only build what is to
// be proposed, and one bridge (api/http) prepares, proposes,
// retries what went stale, and renders the receipt.
#pragma once

#include "api/http/message.h"
#include "ledger/base/result.h"
#include "ledger/verified_command.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace countersign::ledger {
class CosignedCheckpoints;  // ledger/witness/cosigned_checkpoints.h
class EvidenceStore;        // ledger/evidence/evidence_store.h
class KeptTimestamps;       // ledger/witness/kept_timestamps.h
class Ledger;
}
namespace countersign::projections {
class Views;
}

namespace countersign::api {

struct Problem;  // api/http/problem.h
class Tokens;    // api/http/tokens.h
class LoginGuard;
class Alerts;     // api/processes/alerts.h
class Backups;    // api/processes/backups.h
class Erasures;   // api/processes/erasures.h
class Metrics;    // api/telemetry/metrics.h

// What handlers may use. All members outlive every request and are safe from any thread.
struct Services {
  ledger::Ledger& ledger;
  projections::Views& views;
  Tokens& tokens;
  LoginGuard& login_guard;
  LoginGuard& session_guard;  // of passwords that a session is asked for again
  Metrics& metrics;
  Backups* backups = nullptr;  // null: none are made here
  ledger::EvidenceStore* evidence = nullptr;  // null: no files are kept here
  Alerts* alerts = nullptr;    // null: nobody is told
  const ledger::CosignedCheckpoints* cosigned = nullptr;  // null: no witness cosigns here
  Erasures* erasures = nullptr;  // null: nothing is erased here
  const ledger::KeptTimestamps* timestamps = nullptr;     // null: none are kept here
};

// What a write handler asks for. `rows` goes through Preparer::prepare_rows, `command` through
// prepare(); the envelope is made by the bridge from credential and connection.
struct Wanted {
  std::variant<ledger::Command, ledger::RowEdits> what;
  int status = 200;         // of success; 201 for what creates
  bool by_process = false;  // recorded as the system's act, on request of the account
  // What the service itself records before it; its refusal is the answer.
  std::optional<ledger::Command> first{};
  // Called with the first entry's index once it is durable, also when the command is repeated. Must
  // not block.
  std::function<void(ledger::LeafIndex)> entered{};
};

// An answer that may go out only once it stands in the log that it does. `complete` then writes the
// entry's index where the answer shows it; none: nowhere.
struct RecordedAnswer {
  ledger::Command record;
  Response response;
  std::function<void(Response&, ledger::LeafIndex)> complete;
  // What the service itself found while it answered: recorded as the system's act.
  bool by_process = false;
};

using ReadHandler = std::variant<Response, Problem> (*)(const Request&, Services&);
// A write that only shows what it would do may have to be recorded as a read.
using WriteHandler = std::variant<Wanted, RecordedAnswer, Response, Problem> (*)(const Request&,
                                                                                 Services&);
using RecordedReadHandler = std::variant<RecordedAnswer, Response, Problem> (*)(const Request&,
                                                                                Services&);

// What can be refused by the head alone, before the body is read or the client is told to send it.
// Runs where sockets live and must not block.
using HeadCheck = std::optional<Problem> (*)(const Request&, const Services&);

enum class BodyTo : std::uint8_t {
  memory,  // Request::body
  file,    // Request::file: spooled and hashed while it comes, memory flat whatever its size
};

enum class Access : std::uint8_t {
  open,           // no credential: health, log resources, login
  authenticated,  // any valid token; the handler or the domain judges the rest
};

// Where a request is answered.
enum class Pace : std::uint8_t {
  steady,  // on a worker: may wait for the disk and take its time
  quick,   // where sockets live, without a hand-over: memory, and a point read of the log or two
};

struct Endpoint {
  std::string_view method;
  std::string_view pattern;  // "/v1/campaigns/{campaign}/tables/{table}/rows/{key}"
  Access access;
  std::variant<ReadHandler, WriteHandler, RecordedReadHandler> handler;
  std::string_view name;  // operationId in the OpenAPI document and label in metrics
  std::size_t body_bytes_max = 1 << 20;  // of a file: at most, the service's setting may be less
  BodyTo body_to = BodyTo::memory;
  HeadCheck head_check = nullptr;
  Pace pace = Pace::steady;
};

// Every route of the service, on one screen (routes.cc).
std::span<const Endpoint> endpoints();

}  // namespace countersign::api
