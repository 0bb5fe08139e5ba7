#include "api/http/write_bridge.h"

#include "api/telemetry/metrics.h"
#include "api/wire/write_json.h"
#include "ledger/base/diagnostics.h"
#include "ledger/crypto/random.h"
#include "ledger/crypto/sha256.h"
#include "ledger/domain/events.h"
#include "ledger/evidence/incoming_file.h"
#include "ledger/ledger.h"

#include <typeinfo>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace countersign::api {

namespace asio = boost::asio;
using ledger::Errc;
using ledger::Outcome;

namespace {

constexpr std::size_t kIdempotencyKeyMax = 200;
constexpr std::size_t kCommandIdDigits = 32;

Problem bad_header(const std::string& name, const std::string& zh, const std::string& en) {
  Problem problem = bad_request("malformed_header", {name + " " + zh, name + " " + en},
                                {"请按接口说明更正", "Correct it as the API describes"});
  problem.facts["header"] = name;
  return problem;
}

std::optional<ledger::Hat> hat_from(const std::string& text) {
  const auto slash = text.find('/');
  const auto role = ledger::role_from(text.substr(0, slash));
  if (!role) return std::nullopt;
  return ledger::Hat{
      *role, ledger::DepartmentId(slash == std::string::npos ? "" : text.substr(slash + 1))};
}

// Begins with the time, as a UUID of version 7 does (RFC 9562), so that the log's index of commands
// grows at its end.
std::string fresh_id(ledger::Timestamp now) {
  constexpr std::size_t kTimeBytes = 6;
  std::string bytes;
  ledger::append_u64(bytes, static_cast<std::uint64_t>(now.micros) / 1000);
  bytes.erase(0, sizeof(std::uint64_t) - kTimeBytes);
  bytes += ledger::random_bytes(kCommandIdDigits / 2 - kTimeBytes);
  return ledger::to_hex(ledger::as_bytes(bytes));
}

// By what a command is known when its request is sent again.
enum class Repeat : std::uint8_t {
  by_key,  // the same command, if the client gave it a key
  never,   // another one each time: what is recorded of a read tells of this answer alone
};

std::variant<ledger::Envelope, Problem> envelope_of(const Request& request, Repeat repeat) {
  // Handlers that write are behind Access::authenticated.
  if (request.account == nullptr) return unauthenticated();
  ledger::Envelope envelope;
  envelope.account = request.account->account.id;
  envelope.correlation_id = request.correlation_id;
  envelope.received_at = request.received_at;
  if (const std::string* hat = request.header("countersign-hat")) {
    envelope.wanted_hat = hat_from(*hat);
    if (!envelope.wanted_hat) {
      return bad_header("Countersign-Hat", "须为“角色/部门”", "must be role/department");
    }
  }
  if (const std::string* claimed = request.header("countersign-claimed-at")) {
    const auto instant = ledger::parse_rfc3339(*claimed);
    if (!instant) {
      return bad_header("Countersign-Claimed-At", "须为 RFC 3339 时间",
                        "must be an RFC 3339 instant with offset");
    }
    envelope.claimed_at = *instant;
  }
  std::string id;
  const std::string* key = repeat == Repeat::by_key ? request.header("idempotency-key") : nullptr;
  if (key != nullptr) {
    if (key->empty() || key->size() > kIdempotencyKeyMax) {
      return bad_header("Idempotency-Key", "须为 1 至 200 个字符", "must be 1 to 200 characters");
    }
    id = ledger::to_hex(ledger::sha256(ledger::as_bytes(envelope.account.value + "\n" + *key)));
    id.resize(kCommandIdDigits);
  } else {
    id = fresh_id(envelope.received_at);
    envelope.fresh_id = true;
  }
  envelope.command_id = ledger::CommandId(std::move(id));
  return envelope;
}

// Of another command of the same request: the same whenever the request is sent again.
ledger::CommandId derived_id(const ledger::CommandId& id, std::string_view role) {
  std::string derived =
      ledger::to_hex(ledger::sha256(ledger::as_bytes(id.value + "\n" + std::string(role))));
  derived.resize(kCommandIdDigits);
  return ledger::CommandId(std::move(derived));
}

// Lengths stand before the parts, so that no two requests run together to the same bytes.
ledger::Hash body_hash_of(const Request& request) {
  std::string head;
  const auto add = [&head](std::string_view part) {
    ledger::append_u64(head, part.size());
    head += part;
  };
  add(request.method);
  add(request.path);
  for (const auto& [name, value] : request.query) {
    add(name);
    add(value);
  }
  ledger::append_u64(head, ~std::uint64_t{0});
  if (request.file != nullptr) head += ledger::to_string(request.file->hash());
  return ledger::sha256({ledger::as_bytes(head), ledger::as_bytes(request.body)});
}

ledger::Result<ledger::Prepared> prepare(const ledger::Ledger& ledger,
                                         const ledger::Envelope& envelope,
                                         const ledger::Hash& body_hash, const Wanted& wanted) {
  const auto directory = ledger.directory();
  if (const auto* edits = std::get_if<ledger::RowEdits>(&wanted.what)) {
    return ledger.preparer().prepare_rows(*directory, envelope, body_hash, *edits);
  }
  return ledger.preparer().prepare(*directory, envelope, body_hash,
                                   std::get<ledger::Command>(wanted.what));
}

// Resumes on the caller's executor once the ledger has said what became of the command.
asio::awaitable<Outcome> propose(ledger::Ledger& ledger, ledger::VerifiedCommand command) {
  // Named, because gcc 12 destroys a capturing lambda twice that stands in a co_await statement.
  // The ledger's callback must be copyable, hence the shared handler.
  auto initiate = [&ledger, &command](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto work = asio::make_work_guard(*shared);
    const std::function<void(Outcome)> done = [shared, work](Outcome outcome) {
      auto resume = [shared, outcome = std::move(outcome)]() mutable {
        (*shared)(std::move(outcome));
      };
      asio::post(work.get_executor(), std::move(resume));
    };
    const auto queued = ledger.propose(std::move(command), done);
    if (!queued) done(queued.error());
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Outcome)>(
      initiate, asio::use_awaitable);
}

ledger::Result<std::vector<ledger::Receipt>> receipts_of(const ledger::Reader& reader,
                                                         const ledger::Committed& committed) {
  if (committed.count <= kReceiptsMax) return reader.receipts(committed);
  ledger::Committed part = committed;
  part.count = kReceiptsMax / 2;
  CS_TRY(auto receipts, reader.receipts(part));
  part.first = committed.first + committed.count - part.count;
  CS_TRY(auto last, reader.receipts(part));
  receipts.insert(receipts.end(), std::make_move_iterator(last.begin()),
                  std::make_move_iterator(last.end()));
  return receipts;
}

// Read from the log, so that a repeated command gets the counts of the first time.
ledger::Result<std::optional<ledger::SheetImported>> import_of(const ledger::Reader& reader,
                                                               const ledger::Committed& committed) {
  for (ledger::LeafIndex i = committed.first + committed.count; i > committed.first; --i) {
    CS_TRY(const auto recorded, reader.event(i - 1));
    if (const auto* imported = std::get_if<ledger::SheetImported>(&recorded.event)) {
      return std::optional(*imported);
    }
  }
  return std::optional<ledger::SheetImported>();
}

ledger::Result<Response> committed_response(const ledger::Reader& reader,
                                            const ledger::CommandId& command,
                                            const ledger::Committed& committed,
                                            const Wanted& wanted) {
  CS_TRY(const auto receipts, receipts_of(reader, committed));
  std::optional<ledger::SheetImported> import;
  const auto* edits = std::get_if<ledger::RowEdits>(&wanted.what);
  if (edits != nullptr && edits->import) {
    CS_TRY(import, import_of(reader, committed));
  }
  Response response;
  response.status = wanted.status;
  response.body = committed_json(command, committed, receipts, import);
  const bool one_row = edits != nullptr && !edits->import && edits->rows.size() == 1;
  if (one_row && !edits->rows.front().remove) {
    response.headers.emplace_back("ETag", "\"" + std::to_string(committed.first) + "\"");
  }
  return response;
}

Problem outcome_unknown() {
  Problem problem;
  problem.status = 500;
  problem.code = "outcome_unknown";
  problem.guard = {"写入结果未知", "It is not known whether this was written"};
  problem.cure = {"请用相同的 Idempotency-Key 重试", "Send it again with the same Idempotency-Key"};
  return problem;
}

std::variant<Response, Problem> respond(const ledger::Reader& reader,
                                        const ledger::CommandId& command,
                                        const ledger::Committed& committed, const Wanted& wanted) {
  auto response = committed_response(reader, command, committed, wanted);
  if (!response) return problem_of(response.error());
  return std::move(*response);
}

// The answer that preparing gives by itself, or what the command came to before; else the command,
// which is to be proposed.
std::variant<ledger::VerifiedCommand, ledger::Committed, Response, Problem> settle(
    ledger::Prepared prepared, const Wanted& wanted) {
  if (auto* verified = std::get_if<ledger::VerifiedCommand>(&prepared)) return std::move(*verified);
  if (const auto* committed = std::get_if<ledger::Committed>(&prepared)) return *committed;
  if (const auto* unchanged = std::get_if<ledger::NothingChanged>(&prepared)) {
    const auto* edits = std::get_if<ledger::RowEdits>(&wanted.what);
    Response response;
    response.body = unchanged_json(unchanged->rows, edits != nullptr && edits->import.has_value());
    return response;
  }
  if (const auto* refusal = std::get_if<ledger::Refusal>(&prepared)) return problem_of(*refusal);
  if (const auto* rows = std::get_if<ledger::RowsRejected>(&prepared)) return problem_of(*rows);
  if (const auto* failed = std::get_if<ledger::PreconditionFailed>(&prepared)) {
    return problem_of(*failed);
  }
  return problem_of(std::get<ledger::CommandIdReused>(prepared));
}

// What a command came to.
struct Entered {
  ledger::CommandId command;
  ledger::Committed committed;
};

// `role` tells apart the commands of one request; empty for what it asks for.
asio::awaitable<std::variant<Entered, Response, Problem>> enter(
    const Wanted& wanted, std::shared_ptr<const Exchange> exchange, Services& services,
    Repeat repeat, std::string_view role = {}) {
  auto made = envelope_of(exchange->request, repeat);
  if (auto* problem = std::get_if<Problem>(&made)) co_return std::move(*problem);
  auto& envelope = std::get<ledger::Envelope>(made);
  envelope.by_process = wanted.by_process;
  if (wanted.by_process && !role.empty()) {
    envelope.command_id = derived_id(envelope.command_id, role);
  }
  const ledger::Hash body_hash = body_hash_of(exchange->request);

  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    auto prepared = prepare(services.ledger, envelope, body_hash, wanted);
    if (!prepared) co_return problem_of(prepared.error());
    auto settled = settle(std::move(*prepared), wanted);
    if (const auto* committed = std::get_if<ledger::Committed>(&settled)) {
      co_return Entered{envelope.command_id, *committed};
    }
    if (auto* response = std::get_if<Response>(&settled)) co_return std::move(*response);
    if (auto* problem = std::get_if<Problem>(&settled)) co_return std::move(*problem);

    auto verified = std::get<ledger::VerifiedCommand>(std::move(settled));
    const Outcome outcome = co_await propose(services.ledger, std::move(verified));
    if (const auto* committed = std::get_if<ledger::Committed>(&outcome)) {
      co_return Entered{envelope.command_id, *committed};
    }
    if (const auto* refusal = std::get_if<ledger::Refusal>(&outcome)) {
      co_return problem_of(*refusal);
    }
    const auto& error = std::get<ledger::Error>(outcome);
    if (error.code == Errc::io) co_return outcome_unknown();
    if (error.code != Errc::stale) co_return problem_of(error);
    services.metrics.write_retried();
  }
  co_return problem_of(ledger::Error{Errc::stale, {}});
}

asio::awaitable<std::variant<Response, Problem>> perform(Wanted wanted,
                                                         std::shared_ptr<const Exchange> exchange,
                                                         Services& services) {
  if (wanted.first) {
    Wanted first{std::move(*wanted.first)};
    first.by_process = true;
    auto before = co_await enter(first, exchange, services, Repeat::by_key, "first");
    if (auto* problem = std::get_if<Problem>(&before)) co_return std::move(*problem);
  }
  auto entered = co_await enter(wanted, exchange, services, Repeat::by_key);
  if (auto* response = std::get_if<Response>(&entered)) co_return std::move(*response);
  if (auto* problem = std::get_if<Problem>(&entered)) co_return std::move(*problem);
  const auto& [command, committed] = std::get<Entered>(entered);
  if (wanted.entered) wanted.entered(committed.first);
  co_return respond(services.ledger.reader(), command, committed, wanted);
}

asio::awaitable<std::variant<Response, Problem>> record(RecordedAnswer answer,
                                                        std::shared_ptr<const Exchange> exchange,
                                                        Services& services) {
  Wanted wanted{std::move(answer.record)};
  wanted.by_process = answer.by_process;
  auto entered = co_await enter(wanted, exchange, services, Repeat::never);
  if (auto* response = std::get_if<Response>(&entered)) co_return std::move(*response);
  if (auto* problem = std::get_if<Problem>(&entered)) co_return std::move(*problem);
  const ledger::LeafIndex index = std::get<Entered>(entered).committed.first;
  answer.response.headers.emplace_back("Countersign-Recorded-As", std::to_string(index));
  if (answer.complete) answer.complete(answer.response, index);
  co_return std::move(answer.response);
}

}  // namespace

asio::awaitable<Response> answer(std::shared_ptr<Exchange> exchange, Services& services) {
  Problem problem;
  try {
    const Endpoint& endpoint = *exchange->endpoint;
    if (auto refused = authenticate(exchange->request, endpoint, services)) {
      problem = std::move(*refused);
    } else if (const auto* read = std::get_if<ReadHandler>(&endpoint.handler)) {
      auto result = (*read)(exchange->request, services);
      if (auto* response = std::get_if<Response>(&result)) co_return std::move(*response);
      problem = std::get<Problem>(std::move(result));
    } else if (const auto* recorded = std::get_if<RecordedReadHandler>(&endpoint.handler)) {
      auto result = (*recorded)(exchange->request, services);
      if (auto* response = std::get_if<Response>(&result)) co_return std::move(*response);
      if (auto* refusal = std::get_if<Problem>(&result)) {
        problem = std::move(*refusal);
      } else {
        auto told = std::get<RecordedAnswer>(std::move(result));
        auto performed = co_await record(std::move(told), exchange, services);
        if (auto* response = std::get_if<Response>(&performed)) co_return std::move(*response);
        problem = std::get<Problem>(std::move(performed));
      }
    } else {
      auto result = std::get<WriteHandler>(endpoint.handler)(exchange->request, services);
      if (auto* response = std::get_if<Response>(&result)) co_return std::move(*response);
      if (auto* refusal = std::get_if<Problem>(&result)) {
        problem = std::move(*refusal);
      } else if (auto* told = std::get_if<RecordedAnswer>(&result)) {
        auto performed = co_await record(std::move(*told), exchange, services);
        if (auto* response = std::get_if<Response>(&performed)) co_return std::move(*response);
        problem = std::get<Problem>(std::move(performed));
      } else {
        auto wanted = std::get<Wanted>(std::move(result));
        auto performed = co_await perform(std::move(wanted), exchange, services);
        if (auto* response = std::get_if<Response>(&performed)) co_return std::move(*response);
        problem = std::get<Problem>(std::move(performed));
      }
    }
  } catch (const std::exception& exception) {
    // Its text may quote what was being handled, so only its type is told.
    ledger::diag::error("request.threw", {{"type", typeid(exception).name()},
                                          {"route", std::string(exchange->endpoint->name)},
                                          {"correlation_id", exchange->request.correlation_id}});
    problem = problem_of(ledger::Error{Errc::io, {}});
  }
  co_return render(problem, exchange->request);
}

}  // namespace countersign::api
