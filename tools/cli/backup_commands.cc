// backup, backups: asked of the service. restore: on files, without the service.
#include "ledger/backup.h"
#include "ledger/crypto/key_file.h"
#include "tools/cli/command.h"
#include "tools/cli/language.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <thread>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

constexpr std::chrono::milliseconds kLookUp{200};

struct RestoreArguments {
  std::string from;
  std::string to;
  std::uint32_t number = 0;  // 0: the newest
  std::string checkpoint;    // file
  std::string payload_key;   // file
  std::string key_passphrase_file;
};

std::string mebibytes(std::uint64_t bytes) {
  const std::uint64_t tenths = bytes * 10 / (1u << 20);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MiB";
}

Result<void> list(Caller& caller) {
  CS_TRY(const json reply, caller.get("/v1/backups"));
  if (printed(caller, reply)) return {};
  TextTable table({"number", when_heading(caller.global(), "made at"), "entries", "size"});
  for (const auto& one : reply.at("backups")) {
    table.add({std::to_string(one.at("number").get<std::uint32_t>()),
               when(caller.global(), one["made_at"]),
               std::to_string(one.at("entries").get<std::uint64_t>()),
               mebibytes(one.at("bytes").get<std::uint64_t>())});
  }
  std::cout << table.text();
  const json& status = reply.at("status");
  if (status.at("running").get<bool>()) std::cout << "One is being made now.\n";
  if (const auto why = text_of(status, "last_failure"); !why.empty()) {
    std::cout << "The last attempt failed: " << why << "\n";
  }
  return {};
}

Result<void> make(Caller& caller) {
  CS_TRY(const json begun, caller.write("POST", "/v1/backups", json::object()));
  static_cast<void>(begun);
  while (true) {
    CS_TRY(const json reply, caller.get("/v1/backups"));
    const json& status = reply.at("status");
    if (status.at("running").get<bool>()) {
      std::this_thread::sleep_for(kLookUp);
      continue;
    }
    if (const auto why = text_of(status, "last_failure"); !why.empty()) {
      return Error{Errc::io, "no backup was made: " + why};
    }
    return list(caller);
  }
}

Result<void> restore(const GlobalOptions& global, const RestoreArguments& args) {
  ledger::RestoreOptions options;
  auto& held = options.held;
  if (!args.checkpoint.empty()) {
    std::ifstream file(args.checkpoint, std::ios::binary);
    if (!file) return Error{Errc::not_found, "cannot read " + args.checkpoint};
    held.emplace(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  if (args.number > 0) options.number = args.number;
  options.backups = args.from;
  options.to = args.to;
  options.payload_key_file = args.payload_key;
  CS_TRY(options.key_passphrase, ledger::read_key_passphrase(args.key_passphrase_file));
  const Result<ledger::Restored> restored = [&] {
    ProgressBar bar("checking");
    options.progress = [&](auto done, auto total) { bar.update(done, total); };
    return ledger::restore_backup(options);
  }();
  if (!restored) return restored.error();
  const auto& report = restored->report;
  if (global.json) {
    json findings = json::array();
    for (const auto& finding : report.findings) findings.push_back(finding.what);
    std::cout << json{{"number", restored->backup.number},
                      {"made_at", ledger::format_utc(restored->backup.made_at)},
                      {"entries", report.entries},
                      {"rows", report.rows},
                      {"evidence_files", restored->evidence_files},
                      {"damaged_evidence", restored->damaged_files},
                      {"missing", held ? json(restored->missing) : json()},
                      {"findings", findings}}
                     .dump(2)
              << "\n";
  } else {
    std::cout << "Backup " << restored->backup.number << " of "
              << instant_text(global, ledger::format_utc(restored->backup.made_at)) << " is in "
              << args.to << ": " << report.entries << " entries, " << report.rows << " rows, "
              << (report.findings.empty() ? "every one checked and right" : "NOT RIGHT") << ".\n";
    for (const auto& finding : report.findings) std::cout << finding.what << "\n";
    std::cout << restored->evidence_files << " evidence files restored.\n";
    for (const auto& name : restored->damaged_files) {
      std::cout << "evidence damaged in the backup, left out: " << name << "\n";
    }
    if (held && restored->missing == 0) {
      std::cout << "It has all that the given checkpoint covers.\n";
    } else if (held) {
      std::cout << "The given checkpoint covers " << restored->missing
                << " entries more, which are NOT in this backup.\n";
    }
    std::cout << "To look at it:  countersignd --read_only --data " << args.to << "\n"
              << "To go on with it, put the log's key back as " << args.to << "/keys/log.key.\n";
  }
  if (!report.findings.empty()) return Error{Errc::corrupt, "the restored ledger is damaged"};
  if (!restored->damaged_files.empty()) {
    return Error{Errc::corrupt, "evidence was damaged in the backup and is not in the restored ledger"};
  }
  return {};
}

}  // namespace

void add_backup_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto* backup =
      app.add_subcommand("backup", "have the service make a backup now, and wait for it");
  backup->callback([&] { action = [&global] { return with_service(global, make); }; });
  auto* backups = app.add_subcommand("backups", "the backups there are");
  backups->callback([&] { action = [&global] { return with_service(global, list); }; });

  auto args = std::make_shared<RestoreArguments>();
  auto* restoring = app.add_subcommand(
      "restore", "restore a backup into a new directory and check every entry of it");
  restoring->add_option("--from", args->from, "directory of backups")->required();
  restoring->add_option("--to", args->to, "new directory of the ledger")->required();
  restoring->add_option("--backup", args->number, "number of the backup; else the newest");
  restoring
      ->add_option("--checkpoint", args->checkpoint,
                   "file with a checkpoint somebody holds, to compare the history with")
      ->check(not_empty());
  restoring->add_option("--payload-key", args->payload_key,
                        "your copy of keys/payload.key, which values in the backup open with");
  restoring->add_option("--key-passphrase-file", args->key_passphrase_file, kKeyPassphraseHelp);
  restoring->callback([&, args] { action = [&global, args] { return restore(global, *args); }; });
}

}  // namespace countersign::tools
