// fsck: checks a ledger's own files, without the service.
#include "ledger/crypto/key_file.h"
#include "ledger/crypto/signed_note.h"
#include "ledger/fsck.h"
#include "ledger/key_directory.h"
#include "ledger/open_log.h"
#include "ledger/reader.h"
#include "projections/view_audit.h"
#include "tools/cli/command.h"
#include "tools/cli/terminal.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

struct FsckArguments {
  std::string data;
  std::string key_passphrase_file;
  bool views = false;
};

json as_json(const ledger::FsckReport& report) {
  json findings = json::array();
  for (const auto& finding : report.findings) {
    findings.push_back(
        {{"index", finding.index ? json(*finding.index) : json()}, {"what", finding.what}});
  }
  return {{"entries", report.entries},
          {"items", report.items},
          {"rows", report.rows},
          {"commands", report.commands},
          {"statements",
           {{"compared", report.statements}, {"not_compared", report.statements_unjudged}}},
          {"findings", std::move(findings)}};
}

void print(const ledger::FsckReport& report) {
  std::cout << report.entries << " entries, " << report.items << " items, " << report.rows
            << " rows, " << report.commands
            << " commands: " << (report.findings.empty() ? "all is right" : "NOT RIGHT") << "\n";
  if (report.statements + report.statements_unjudged > 0) {
    std::cout << report.statements
              << " submissions and attestations of tables were compared with the items before them";
    if (report.statements_unjudged > 0) {
      std::cout << "; " << report.statements_unjudged
                << " could not be, because rows were erased";
    }
    std::cout << "\n";
  }
  for (const auto& finding : report.findings) {
    std::cout << (finding.index ? "entry " + std::to_string(*finding.index) + ": " : std::string())
              << finding.what << "\n";
  }
}

json as_json(const std::optional<projections::ViewAudit>& audit) {
  if (!audit) return nullptr;
  json differences = json::array();
  for (const auto& one : audit->differences) {
    differences.push_back({{"table", one.table},
                           {"missing", one.missing},
                           {"foreign", one.foreign},
                           {"what", one.what}});
  }
  return {{"file", audit->file.filename().string()},
          {"entries", audit->entries},
          {"tables", audit->tables},
          {"differences", std::move(differences)}};
}

void print(const std::optional<projections::ViewAudit>& audit) {
  if (!audit) {
    std::cout << "There are no views; the next start builds them.\n";
    return;
  }
  std::cout << audit->file.filename().string() << ": " << audit->entries << " entries in "
            << audit->tables << " tables: "
            << (audit->differences.empty() ? "what the log gives" : "NOT WHAT THE LOG GIVES")
            << "\n";
  for (const auto& one : audit->differences) std::cout << one.table << ": " << one.what << "\n";
  if (!audit->differences.empty())
    std::cout << "`countersign views --rebuild` puts them right; keep a copy of the file first.\n";
}

Result<std::optional<projections::ViewAudit>> views_against(
    const ledger::EventLog& log, const std::string& key, const std::filesystem::path& directory) {
  CS_TRY(const auto verifier, ledger::NoteVerifier::from_vkey(key));
  const ledger::Reader reader(log, verifier.name());
  ProgressBar bar("building the views again");
  return projections::audit_views(reader, directory / "views.sqlite",
                                  [&](auto done, auto total) { bar.update(done, total); });
}

Result<void> fsck(const GlobalOptions& global, const FsckArguments& args) {
  const std::filesystem::path directory(args.data);
  std::ifstream file(directory / "vkey");
  std::string key;
  if (!std::getline(file, key)) return Error{Errc::not_found, "no ledger in " + args.data};
  CS_TRY(const std::string passphrase, ledger::read_key_passphrase(args.key_passphrase_file));
  CS_TRY(const auto log, ledger::open_log(directory, ledger::KeyDirectory(directory, passphrase),
                                          {.read_only = true}));
  Result<ledger::FsckReport> report = [&] {
    ProgressBar bar("checking");
    return ledger::fsck(*log, key, [&](auto done, auto total) { bar.update(done, total); });
  }();
  if (!report) return report.error();
  // Views of a damaged log say nothing.
  const bool with_views = args.views && report->findings.empty();
  std::optional<projections::ViewAudit> audit;
  if (with_views) {
    CS_TRY(audit, views_against(*log, key, directory));
  }
  if (global.json) {
    json out = as_json(*report);
    if (with_views) out["views"] = as_json(audit);
    std::cout << out.dump(2) << "\n";
  } else {
    print(*report);
    if (with_views) print(audit);
  }
  if (!report->findings.empty()) return Error{Errc::corrupt, "the ledger is damaged"};
  if (audit && !audit->differences.empty())
    return Error{Errc::corrupt, "the views are not what the log gives"};
  return {};
}

}  // namespace

void add_fsck_command(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<FsckArguments>();
  auto* fsck_command =
      app.add_subcommand("fsck", "check every byte of a ledger's files; changes nothing");
  fsck_command->add_option("--data", args->data, "directory of the ledger")->required();
  fsck_command->add_flag("--views", args->views,
                         "also hold the views against the log; the service must not run");
  fsck_command->add_option("--key-passphrase-file", args->key_passphrase_file,
                           kKeyPassphraseHelp);
  fsck_command->callback([&, args] { action = [&global, args] { return fsck(global, *args); }; });
}

}  // namespace countersign::tools
