// App: the whole service put together: ledger, views, tokens, server. Members stand in the order
// they start in, so that they also stop in the reverse order when something throws.
#pragma once

#include "api/config.h"
#include "api/http/login_guard.h"
#include "api/http/server.h"
#include "api/http/tls.h"
#include "api/http/tokens.h"
#include "api/processes/alerts.h"
#include "api/processes/backups.h"
#include "api/processes/erasures.h"
#include "api/processes/timestamps.h"
#include "api/processes/witnesses.h"
#include "api/telemetry/metrics.h"
#include "ledger/evidence/evidence_store.h"
#include "ledger/ledger.h"
#include "ledger/witness/cosigned_checkpoints.h"
#include "ledger/witness/kept_timestamps.h"
#include "projections/views.h"

#include <memory>
#include <optional>

namespace countersign::api {

class App {
 public:
  // Opens everything and serves.
  //   as Ledger::open, Views::open, Tokens::open, Alerts::start, witnesses_of,
  //   KeptTimestamps::open, Timestamps::start, Tls::load and Server::start
  static ledger::Result<std::unique_ptr<App>> start(const Config& config);
  ~App();  // stop()

  std::string origin() const { return ledger_->reader().origin(); }
  ledger::TreeSize entries() const { return ledger_->reader().size(); }
  std::uint16_t port() const { return server_->port(); }
  bool has_tls() const { return tls_ != nullptr; }

  // Reads the certificate and its key again; what was in use stays when they are not usable.
  void reload();

  // Why the ledger no longer writes; none while it does.
  std::optional<ledger::Error> failure() const { return ledger_->failure(); }

  // In order: no new requests, open requests finish, the ledger drains, the views end.
  void stop();

 private:
  explicit App(const Config& config) : config_(config) {}

  const Config config_;
  Metrics metrics_;
  LoginGuard login_guard_;
  LoginGuard session_guard_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<projections::Views> views_;
  std::optional<ledger::EvidenceStore> evidence_;
  std::optional<Tokens> tokens_;
  std::unique_ptr<Backups> backups_;
  std::unique_ptr<Erasures> erasures_;
  std::unique_ptr<Alerts> alerts_;
  std::optional<ledger::CosignedCheckpoints> cosigned_;
  std::unique_ptr<Witnesses> witnesses_;
  std::unique_ptr<ledger::KeptTimestamps> kept_timestamps_;
  std::unique_ptr<Timestamps> timestamps_;
  std::unique_ptr<Tls> tls_;
  std::optional<Services> services_;
  std::unique_ptr<Server> server_;
  bool stopped_ = false;
};

}  // namespace countersign::api
