// init, fsck: on the ledger's own files, without the service.
#include "ledger/fsck.h"
#include "ledger/ledger.h"
#include "ledger/log/rocks_event_log.h"
#include "tools/cli/command.h"
#include "tools/cli/terminal.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

struct LedgerArguments {
  std::string data;
  std::string origin;
  std::string account = "admin";
  std::string person = "p-0001";
  std::string name;
  std::string simulated;
};

constexpr std::size_t kPasswordCharactersMin = 10;

Result<void> init(const LedgerArguments& args) {
  std::optional<ledger::Timestamp> simulated;
  if (!args.simulated.empty()) {
    CS_TRY(simulated, ledger::parse_rfc3339(args.simulated));
  }
  const std::string password = read_password("Password for " + args.account + ": ");
  if (password.size() < kPasswordCharactersMin) {
    return Error{Errc::malformed, "a password has at least 10 characters"};
  }
  CS_CHECK(ledger::Ledger::create(
      args.data, args.origin,
      {{ledger::PersonId(args.person), args.name, {}}, ledger::AccountId(args.account), password},
      simulated));
  std::ifstream vkey(std::filesystem::path(args.data) / "vkey");
  std::string key;
  std::getline(vkey, key);
  std::cout << "Created a ledger in " << args.data << ".\nGive this verifier key to everybody who "
            << "should be able to check it:\n"
            << key << "\n";
  return {};
}

Result<void> fsck(const GlobalOptions& global, const LedgerArguments& args) {
  const std::filesystem::path directory(args.data);
  std::ifstream file(directory / "vkey");
  std::string key;
  if (!std::getline(file, key)) return Error{Errc::not_found, "no ledger in " + args.data};
  CS_TRY(const auto log, ledger::open_rocks_event_log(directory / "db", {.read_only = true}));
  Result<ledger::FsckReport> report = [&] {
    ProgressBar bar("checking");
    return ledger::fsck(*log, key, [&](auto done, auto total) { bar.update(done, total); });
  }();
  if (!report) return report.error();
  if (global.json) {
    json findings = json::array();
    for (const auto& finding : report->findings) {
      findings.push_back(
          {{"index", finding.index ? json(*finding.index) : json()}, {"what", finding.what}});
    }
    std::cout << json{{"entries", report->entries},
                      {"items", report->items},
                      {"rows", report->rows},
                      {"commands", report->commands},
                      {"findings", findings}}
                     .dump(2)
              << "\n";
  } else {
    std::cout << report->entries << " entries, " << report->items << " items, " << report->rows
              << " rows, " << report->commands
              << " commands: " << (report->findings.empty() ? "all is right" : "NOT RIGHT") << "\n";
    for (const auto& finding : report->findings) {
      std::cout << (finding.index ? "entry " + std::to_string(*finding.index) + ": "
                                  : std::string())
                << finding.what << "\n";
    }
  }
  if (!report->findings.empty()) return Error{Errc::corrupt, "the ledger is damaged"};
  return {};
}

}  // namespace

void add_ledger_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<LedgerArguments>();
  auto* init_command =
      app.add_subcommand("init", "create a ledger with its key and first administrator");
  init_command->add_option("--data", args->data, "directory of the new ledger")->required();
  init_command
      ->add_option("--origin", args->origin,
                   "its name for ever, e.g. ledger.school.example/teaching-data")
      ->required();
  init_command->add_option("--account", args->account, "administrator's account")
      ->capture_default_str();
  init_command->add_option("--person", args->person, "administrator's person id")
      ->capture_default_str();
  init_command->add_option("--name", args->name, "administrator's name")->required();
  init_command->add_option(
      "--simulated", args->simulated,
      "run for ever on a simulated clock from this instant; for demonstrations");
  init_command->callback([&, args] { action = [args] { return init(*args); }; });

  auto* fsck_command =
      app.add_subcommand("fsck", "check every byte of a ledger's files; changes nothing");
  fsck_command->add_option("--data", args->data, "directory of the ledger")->required();
  fsck_command->callback([&, args] { action = [&global, args] { return fsck(global, *args); }; });
}

}  // namespace countersign::tools
