#include "tests/api/served.h"

#include "ledger/crypto/ed25519.h"

#include <cstdlib>

namespace countersign::api {

namespace {

template <typename T>
T must(ledger::Result<T> result) {
  CS_ASSERT(result.has_value());
  return std::move(*result);
}

void found(ledger::Ledger& ledger, const std::string& origin) {
  ledger::CreateLedger command;
  command.origin = origin;
  command.administrator = {ledger::PersonId("p-admin"), "Admin", ledger::DepartmentId("")};
  command.account = ledger::AccountId("admin");
  command.credential = ledger::make_credential("correct horse");
  ledger::Envelope envelope;
  envelope.account = command.account;
  envelope.command_id = ledger::CommandId("create");
  envelope.received_at = ledger.clock().now();
  auto prepared = must(ledger.preparer().prepare(*ledger.directory(), envelope, {}, command));
  const auto outcome = ledger.propose_and_wait(std::get<ledger::VerifiedCommand>(prepared));
  CS_ASSERT(std::holds_alternative<ledger::Committed>(outcome));
}

}  // namespace

Served::Served(std::span<const Endpoint> endpoints, ServerOptions options) {
  auto memory = std::make_unique<ledger::MemoryEventLog>();
  log = memory.get();
  ledger::LedgerOptions wanted;
  wanted.log = std::move(memory);
  wanted.log_key = std::make_shared<const ledger::SigningKey>(ledger::SigningKey::generate());
  wanted.origin = "test.example/served";
  wanted.observer = &metrics;
  ledger = must(ledger::Ledger::open(std::move(wanted)));
  found(*ledger, "test.example/served");
  views = must(projections::Views::open(ledger->reader(), {.file = directory / "views.sqlite"}));
  evidence = must(ledger::EvidenceStore::open(directory / "evidence"));
  if (options.spool.directory.empty()) options.spool.directory = evidence->incoming();
  services.emplace(Services{*ledger, *views, tokens, login_guard, session_guard, metrics, nullptr,
                            &*evidence});
  options.port = 0;
  server = must(Server::start(std::move(options), endpoints, *services));
}

Served::~Served() {
  server->stop(std::chrono::seconds(1));
  ledger->stop();
  server.reset();
  views->stop();
}

std::string Served::authorization() const {
  const auto current = ledger->directory();  // which others may replace meanwhile
  const auto* account = current->account(ledger::AccountId("admin"));
  return "Authorization: Bearer " + tokens.issue(*account).token + "\r\n";
}

}  // namespace countersign::api
