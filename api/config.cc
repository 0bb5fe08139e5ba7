#include "api/config.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <CLI/CLI.hpp>

namespace countersign::api {

namespace {

using ledger::diag::Level;

// "127.0.0.1:8080" or "[::1]:8080".
bool read_listen(const std::string& text, ServerOptions& server) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  std::string address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data() + colon + 1, end, server.port);
  if (error != std::errc() || stopped != end) return false;
  server.address = std::move(address);
  return true;
}

void add_seconds(CLI::App& app, const char* name, std::chrono::seconds& value, const char* what) {
  const auto take = [&value](const std::int64_t& count) { value = std::chrono::seconds(count); };
  app.add_option_function<std::int64_t>(name, take, std::string("seconds ") + what)
      ->check(CLI::Range(1, 86400))
      ->default_str(std::to_string(value.count()));
}

}  // namespace

std::optional<Config> read_config(int argc, char** argv, int& exit_code) {
  Config config;
  std::string listen = "127.0.0.1:8080";
  std::size_t body_budget_mib = config.server.bodies_bytes_max >> 20;
  std::size_t answer_budget_mib = config.server.answers_bytes_max >> 20;
  std::size_t evidence_mib = config.server.spool.body_bytes_max >> 20;
  std::uint64_t space_reserve_mib = config.space_reserve_bytes >> 20;
  std::int64_t stop_seconds = config.stop_limit.count();
  const std::map<std::string, Level> levels{{"debug", Level::debug},
                                            {"info", Level::info},
                                            {"warn", Level::warn},
                                            {"error", Level::error}};

  CLI::App app("countersignd serves one Countersign ledger over HTTP.");
  app.set_version_flag("--version", "countersignd " COUNTERSIGN_VERSION);
  app.set_config("--config", "", "TOML file with the options below as keys");
  app.add_option("--data", config.data, "directory of the ledger, made by `countersign init`")
      ->required();
  app.add_option("--key_passphrase_file", config.key_passphrase_file,
                 "file with the passphrase of the ledger's key files; else the environment variable "
                 "COUNTERSIGN_KEY_PASSPHRASE; not needed when they are not encrypted");
  app.add_option("--listen", listen, "address and port; port 0 takes any free one")
      ->capture_default_str();
  app.add_option("--unix_socket", config.server.unix_socket,
                 "socket of this machine besides, plain, for a proxy or programs of the service's "
                 "user and group, who are believed X-Forwarded-For");
  TlsFiles tls;
  auto* certificate =
      app.add_option("--tls_certificate", tls.certificate,
                     "PEM chain of the service's certificate; read again at SIGHUP");
  auto* key = app.add_option("--tls_key", tls.key, "PEM key of the certificate, not encrypted");
  certificate->needs(key);
  key->needs(certificate);
  app.add_option("--io_threads", config.server.io_threads, "threads for sockets")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--worker_threads", config.server.worker_threads, "threads for handlers")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--connections_max", config.server.connections_max, "open connections")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--connections_per_address_max", config.server.connections_per_address_max,
                 "open connections of one address (of a /64 in IPv6)")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  app.add_option("--rate_limit", config.server.address_rate_max,
                 "requests a second of one address without a valid token, a login counting 50; "
                 "0: no limit")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  app.add_option("--account_rate_limit", config.server.account_rate_max,
                 "requests a second of one account; 0: no limit")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  add_seconds(app, "--idle_seconds", config.server.idle_timeout, "silence between requests");
  add_seconds(app, "--header_seconds", config.server.header_timeout, "for a whole header");
  add_seconds(app, "--body_seconds", config.server.body_timeout, "for a body without progress");
  add_seconds(app, "--body_seconds_max", config.server.body_time_max, "for a whole body");
  add_seconds(app, "--answer_seconds", config.server.write_timeout,
              "for sending an answer, or one part of a stream");
  app.add_option("--bodies_mib_max", body_budget_mib, "MiB of request bodies in memory")
      ->check(CLI::Range(128, 65536))
      ->capture_default_str();
  app.add_option("--answers_mib_max", answer_budget_mib,
                 "MiB of answers in memory that are being sent; streams are not counted")
      ->check(CLI::Range(128, 65536))
      ->capture_default_str();
  app.add_option("--evidence_mib_max", evidence_mib, "MiB of one evidence file")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--queue_commands_max", config.queue_commands_max, "commands waiting for the log")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  app.add_option("--space_reserve_mib", space_reserve_mib,
                 "MiB of the disk that stay free; a command that would leave less is answered 503")
      ->check(CLI::Range(std::uint64_t{16}, std::uint64_t{1} << 30))
      ->capture_default_str();
  app.add_option("--query_connections", config.query_connections, "queries of views at once")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--stop_seconds", stop_seconds, "time for open requests when stopping")
      ->check(CLI::Range(0, 600))
      ->capture_default_str();
  app.add_flag("--read_only", config.read_only,
               "for inspection of a restored ledger: serves reads, needs no signing key");
  app.add_option("--backup_dir", config.backups.directory,
                 "directory of backups, better on another disk; none are made without it");
  app.add_option("--backup_hours", config.backups.every_hours,
                 "hours between backups that are made unasked; 0: only when asked for")
      ->check(CLI::Range(0, 8760))
      ->capture_default_str();
  app.add_option("--backups_kept", config.backups.kept, "newest backups that are kept; 0: all")
      ->check(CLI::Range(0, 10000))
      ->capture_default_str();
  app.add_option("--alertmanager", config.alerts.url,
                 "http or https address of an Alertmanager that is told of chases");
  app.add_option("--alertmanager_ca", config.alerts.authorities,
                 "PEM file of those who may vouch for it; without, whom this machine trusts");
  app.add_option("--witness", config.witnesses.witnesses,
                 "address and verifier key of a witness, a space between them; once for each")
      ->allow_extra_args(false);
  app.add_option("--witness_ca", config.witnesses.authorities,
                 "PEM file of those who may vouch for them; without, whom this machine trusts");
  add_seconds(app, "--witness_seconds", config.witnesses.interval,
              "between checkpoints shown to witnesses");
  app.add_option("--timestamp_url", config.timestamps.url,
                 "http or https address of a time-stamping authority (RFC 3161)");
  app.add_option("--timestamp_ca", config.timestamps.authorities,
                 "PEM file of those who may vouch for its tokens; needed with it");
  app.add_option("--timestamp_tls_ca", config.timestamps.tls_authorities,
                 "PEM file of those who may vouch for its https; without, whom this machine trusts");
  app.add_option("--timestamp_policy", config.timestamps.policy,
                 "object identifier of the only policy that is accepted; without, any");
  add_seconds(app, "--timestamp_seconds", config.timestamps.interval,
              "between timestamps of changed checkpoints");
  app.add_option("--log_level", config.log_level, "of diagnostics on standard error")
      ->transform(CLI::CheckedTransformer(levels, CLI::ignore_case));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  if (!read_listen(listen, config.server)) {
    std::fprintf(stderr, "--listen: not an address and port: %s\n", listen.c_str());
    exit_code = 2;
    return std::nullopt;
  }
  if (!tls.certificate.empty()) config.tls_files = std::move(tls);
  config.server.bodies_bytes_max = body_budget_mib << 20;
  config.server.answers_bytes_max = answer_budget_mib << 20;
  config.server.spool.body_bytes_max = evidence_mib << 20;
  config.server.spool.bodies_bytes_max =
      std::max(config.server.spool.bodies_bytes_max, config.server.spool.body_bytes_max);
  config.space_reserve_bytes = space_reserve_mib << 20;
  config.stop_limit = std::chrono::seconds(stop_seconds);
  return config;
}

}  // namespace countersign::api
