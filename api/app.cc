#include "api/app.h"

#include "api/routes/endpoint.h"
#include "ledger/base/diagnostics.h"
#include "ledger/crypto/key_file.h"
#include "projections/deadlines/queries.h"
#include "projections/rules/queries.h"

#include <chrono>
#include <utility>

namespace countersign::api {

using ledger::Result;

namespace {

// How long a stop waits for views that are behind; what they lack then they apply at the next
// start.
constexpr std::chrono::seconds kLastEntries{5};

}  // namespace

Result<std::unique_ptr<App>> App::start(const Config& config) {
  std::unique_ptr<App> app(new App(config));

  CS_TRY(const std::string passphrase, ledger::read_key_passphrase(config.key_passphrase_file));
  ledger::LedgerOptions options;
  options.directory = config.data;
  options.key_passphrase = passphrase;
  options.queue_commands_max = config.queue_commands_max;
  options.space_reserve_bytes = config.space_reserve_bytes;
  options.observer = &app->metrics_;
  options.read_only = config.read_only;
  CS_TRY(app->ledger_, ledger::Ledger::open(std::move(options)));

  projections::ViewsOptions views;
  views.file = config.data / "views.sqlite";
  views.query_connections = config.query_connections;
  CS_TRY(app->views_, projections::Views::open(app->ledger_->reader(), std::move(views)));

  const std::filesystem::path evidence = config.data / "evidence";
  if (config.read_only) {
    app->evidence_ = ledger::EvidenceStore::open_read_only(evidence);
  } else {
    CS_TRY(app->evidence_, ledger::EvidenceStore::open(evidence));
  }

  CS_TRY(app->tokens_, Tokens::open(config.data / "keys" / "token.key", passphrase));

  if (!config.backups.directory.empty()) {
    BackupSettings settings = config.backups;
    settings.evidence = evidence;
    settings.only_listed = config.read_only;
    app->backups_ = std::make_unique<Backups>(app->ledger_->reader(), app->ledger_->verifier_key(),
                                              std::move(settings));
  }

  if (!config.read_only) {
    app->erasures_ = std::make_unique<Erasures>(*app->ledger_, *app->views_);
  }

  if (!config.alerts.url.empty()) {
    CS_TRY(app->alerts_, Alerts::start(config.alerts, app->metrics_));
  }

  CS_TRY(auto witnesses, witnesses_of(config.witnesses));
  if (!witnesses.empty()) {
    std::vector<ledger::CosignatureVerifier> keys;
    for (const WitnessAddress& witness : witnesses) keys.push_back(witness.key);
    app->cosigned_.emplace(config.data / "published" / "cosigned", app->ledger_->log_keys(),
                           std::move(keys));
    if (!config.read_only) {
      app->witnesses_ =
          std::make_unique<Witnesses>(std::move(witnesses), config.witnesses,
                                      app->ledger_->reader(), *app->cosigned_, app->metrics_);
    }
  }

  // What was given once is shown for ever, also by a service that asks for no more.
  CS_TRY(app->kept_timestamps_,
         ledger::KeptTimestamps::open(config.data / "published" / "timestamps"));
  if (!config.timestamps.url.empty() && !config.read_only) {
    CS_TRY(app->timestamps_,
           Timestamps::start(config.timestamps, app->ledger_->reader(), app->ledger_->clock(),
                             app->views_->deadlines(), *app->kept_timestamps_, app->metrics_));
  }

  if (config.tls_files) {
    CS_TRY(app->tls_, Tls::load(*config.tls_files));
  }

  App* const self = app.get();
  app->metrics_.sample_with([self] {
    const auto backed_up = self->backups_ ? self->backups_->status().last_made : std::nullopt;
    const ledger::Timestamp never{0};
    Metrics::Sample sample;
    sample.tree_size = self->ledger_->reader().size();
    sample.applied_index = self->views_->applied();
    sample.parked = self->views_->parked().has_value();
    sample.writing = self->ledger_->writable();
    const auto broken = self->views_->rules().broken();
    sample.rules_broken = broken ? *broken : 0;
    std::error_code unknown;
    const auto disk = std::filesystem::space(self->config_.data, unknown);
    sample.disk_free_bytes = unknown ? 0 : static_cast<std::int64_t>(disk.available);
    sample.erasure_pending = self->erasures_ && self->erasures_->status().pending;
    sample.backed_up_at = backed_up.value_or(never).micros / 1'000'000;
    sample.certificate_expires_at = (self->tls_ ? self->tls_->expires() : never).micros / 1'000'000;
    sample.now = self->ledger_->clock().now().micros / 1'000'000;
    if (auto open = self->views_->deadlines().open_tasks()) sample.open_tasks = std::move(*open);
    return sample;
  });
  app->services_.emplace(Services{*app->ledger_, *app->views_, *app->tokens_, app->login_guard_,
                                  app->session_guard_, app->metrics_, app->backups_.get(),
                                  &*app->evidence_, app->alerts_.get(),
                                  app->cosigned_ ? &*app->cosigned_ : nullptr,
                                  app->erasures_.get(), app->kept_timestamps_.get()});
  ServerOptions server = config.server;
  server.tls = app->tls_.get();
  if (!config.read_only) server.spool.directory = app->evidence_->incoming();
  server.spool.space_reserve_bytes = config.space_reserve_bytes;
  CS_TRY(app->server_, Server::start(std::move(server), endpoints(), *app->services_));
  return app;
}

App::~App() { stop(); }

void App::reload() {
  if (tls_ == nullptr) return;
  if (const auto read = tls_->reload(); !read) {
    ledger::diag::error("tls.reload_failed", {{"why", read.error().detail}});
    return;
  }
  ledger::diag::info("tls.reloaded", {{"expires", ledger::format_utc(tls_->expires())}});
}

void App::stop() {
  if (std::exchange(stopped_, true)) return;
  if (server_ != nullptr && !server_->stop(config_.stop_limit)) {
    ledger::diag::warn("server.requests_cut_off");
  }
  if (ledger_ != nullptr) ledger_->stop();
  // Only now can no write call back into the server's threads.
  server_.reset();
  timestamps_.reset();
  witnesses_.reset();
  alerts_.reset();
  erasures_.reset();
  backups_.reset();
  if (views_ == nullptr) return;
  // Who looks at the views of a service that was stopped finds everything it acknowledged.
  if (ledger_ != nullptr) {
    static_cast<void>(views_->wait_for(ledger_->reader().size(), kLastEntries));
  }
  views_->stop();
}

}  // namespace countersign::api
