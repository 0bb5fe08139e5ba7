// A ledger in memory behind a real server on a loopback port, with the endpoints a test gives.
#pragma once

#include "api/http/login_guard.h"
#include "api/http/server.h"
#include "api/http/tokens.h"
#include "api/routes/endpoint.h"
#include "api/telemetry/metrics.h"
#include "ledger/evidence/evidence_store.h"
#include "ledger/ledger.h"
#include "ledger/log/memory_event_log.h"
#include "projections/views.h"
#include "tests/support/temp_dir.h"

#include <memory>
#include <optional>
#include <span>
#include <string>

namespace countersign::api {

class Served {
 public:
  // The ledger holds one account, "admin", an administrator.
  explicit Served(std::span<const Endpoint> endpoints, ServerOptions options = {});
  ~Served();

  std::uint16_t port() const { return server->port(); }
  // Header lines with a fresh token of "admin".
  std::string authorization() const;

  ledger::MemoryEventLog* log = nullptr;
  Metrics metrics;
  LoginGuard login_guard;
  LoginGuard session_guard;
  Tokens tokens{std::string(32, 'k')};
  countersign::testing::TempDir directory;
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<projections::Views> views;
  std::optional<ledger::EvidenceStore> evidence;
  std::optional<Services> services;
  std::unique_ptr<Server> server;
};

}  // namespace countersign::api
