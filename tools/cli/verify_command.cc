// verify, log-export: the log as a file, and its verification offline.
#include "tools/cli/command.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"
#include "tools/verify/export_verifier.h"
#include "tools/verify/report.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

struct WitnessOptions {
  std::vector<std::string> vkeys;
  std::size_t at_least = 0;
  std::string checkpoint;  // file
};

Result<CosignedBy> cosigned_as_asked(const WitnessOptions& options) {
  CosignedBy asked;
  CS_TRY(asked.demand, witness_demand(options.vkeys, options.at_least));
  if (options.checkpoint.empty()) return asked;
  std::ifstream file(options.checkpoint, std::ios::binary);
  asked.checkpoint.assign(std::istreambuf_iterator<char>(file), {});
  if (asked.checkpoint.empty()) {
    return Error{Errc::not_found, "cannot read " + options.checkpoint};
  }
  return asked;
}

Result<void> verify(const GlobalOptions& global, const std::string& path, const std::string& key,
                    const WitnessOptions& witnesses) {
  CS_TRY(const CosignedBy cosigned, cosigned_as_asked(witnesses));
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Errc::not_found, "cannot read " + path};
  Result<VerifyReport> report = [&] {
    ProgressBar bar("verifying");
    return verify_export(
        file, key, [&](auto done, auto total) { bar.update(done, total); }, cosigned);
  }();
  if (!report) return report.error();
  if (global.json) {
    json out = {{"origin", report->origin},     {"verifier_key", report->verifier_key},
                {"entries", report->entries},   {"items", report->items},
                {"withheld", report->withheld}, {"verified", !report->finding.has_value()}};
    if (cosigned.demand.asked()) {
      out["cosigned"] = {{"witnesses", report->witnesses}, {"entries", report->cosigned}};
    }
    if (report->finding) {
      out["first_bad_entry"] = report->finding->index ? json(*report->finding->index) : json();
      out["problem"] = report->finding->what;
    }
    std::cout << out.dump(2) << "\n";
  } else {
    std::cout << report_text(*report, !key.empty());
  }
  if (report->finding) return Error{Errc::unauthorized, "the export does not verify"};
  return {};
}

Result<void> export_log(Caller& caller, const std::string& path) {
  CS_TRY(const Reply reply, caller.raw("GET", "/v1/log/export", {}, {}));
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << reply.body;
  if (!file.flush()) return Error{Errc::io, "cannot write " + path};
  std::cerr << "Wrote " << path << ".\n";
  return {};
}

}  // namespace

void add_verify_command(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto path = std::make_shared<std::string>();
  auto key = std::make_shared<std::string>();
  auto* verify_sub =
      app.add_subcommand("verify", "check a log export offline; names the first bad entry");
  verify_sub->add_option("file", *path, "export written by `countersign log-export`")->required();
  verify_sub->add_option("--key", *key, "the log's verifier key, from a copy you trust");
  auto witnesses = std::make_shared<WitnessOptions>();
  verify_sub->add_option("--witness", witnesses->vkeys, "a witness's verifier key; once for each")
      ->allow_extra_args(false);
  verify_sub->add_option("--witnesses", witnesses->at_least,
                         "how many of them must have cosigned; without, all");
  verify_sub->add_option("--checkpoint", witnesses->checkpoint,
                         "file of a cosigned checkpoint; without, the export's own counts");
  verify_sub->callback([&, path, key, witnesses] {
    action = [&global, path, key, witnesses] { return verify(global, *path, *key, *witnesses); };
  });

  auto* export_sub = app.add_subcommand("log-export", "write the log as a file for verification");
  export_sub->add_option("file", *path, "file to write")->required();
  export_sub->callback([&, path] {
    action = [&global, path] {
      return with_service(global, [&](Caller& caller) { return export_log(caller, *path); });
    };
  });
}

}  // namespace countersign::tools
