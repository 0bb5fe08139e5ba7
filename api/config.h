// Config: what countersignd is started with: command line flags, or the same names in a TOML file
// given by --config. Flags win over the file.
#pragma once

#include "api/http/server.h"
#include "api/http/tls.h"
#include "api/processes/alerts.h"
#include "api/processes/backups.h"
#include "api/processes/timestamps.h"
#include "api/processes/witnesses.h"
#include "ledger/base/diagnostics.h"

#include <filesystem>
#include <optional>
#include <string>

namespace countersign::api {

struct Config {
  std::filesystem::path data;                 // the ledger's directory
  std::filesystem::path key_passphrase_file;  // as ledger::read_key_passphrase
  ServerOptions server;        // its tls comes from tls_files
  std::optional<TlsFiles> tls_files;
  std::size_t queue_commands_max = 4096;
  std::size_t query_connections = 8;
  std::uint64_t space_reserve_bytes = 256ull << 20;  // less is left free: no command is taken
  std::chrono::seconds stop_limit{10};
  bool read_only = false;  // for inspection: no command is taken
  BackupSettings backups;
  AlertSettings alerts;
  WitnessSettings witnesses;
  TimestampSettings timestamps;
  ledger::diag::Level log_level = ledger::diag::Level::info;
};

// nullopt: the process is to end with `exit_code`; help, version or what is wrong has been printed.
std::optional<Config> read_config(int argc, char** argv, int& exit_code);

}  // namespace countersign::api
