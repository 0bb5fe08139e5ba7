// pack: packs of evidence, as ZIPs or as the document alone, and their verification offline.
#include "tools/cli/command.h"
#include "tools/cli/language.h"
#include "tools/cli/new_file.h"
#include "tools/cli/service.h"
#include "tools/verify/pack_verifier.h"
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

struct PackArguments {
  std::string subject;  // a case, department or table
  std::string channel;
  std::string receiver;
  std::string basis;
  std::string out;
  bool force = false;
  std::string file;  // of `check`
  std::string key;
};

// Target and query of what leaves the ledger.
std::string with_occasion(std::string target, const PackArguments& args) {
  char before = target.find('?') == std::string::npos ? '?' : '&';
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    target += before + std::string(name) + "=" + percent_encode(value);
    before = '&';
  };
  add("channel", args.channel);
  add("receiver", args.receiver);
  add("basis", args.basis);
  return target;
}

Result<void> fetch_archive(Caller& caller, const GlobalOptions& global, const PackArguments& args,
                           std::string target) {
  CS_CHECK(check_writable(args.out, args.force));
  CS_TRY(const Reply reply, caller.raw("GET", with_occasion(std::move(target), args), {}, {}));
  CS_CHECK(write_new_file(args.out, reply.body, args.force));
  std::cerr << say(global, "Wrote ", "已写入 ") << args.out
            << say(global, ". Check it with: ", "。核验命令：") << "countersign verify " << args.out
            << " --key " << say(global, "VERIFIER-KEY", "验证公钥") << "\n";
  return {};
}

Result<void> pack_case(Caller& caller, const GlobalOptions& global, const PackArguments& args) {
  return fetch_archive(
      caller, global, args,
      campaign_path(global, "/cases/" + percent_encode(args.subject) + "/pack.zip"));
}

Result<void> pack_department(Caller& caller, const GlobalOptions& global,
                             const PackArguments& args) {
  return fetch_archive(caller, global, args,
                       "/v1/departments/" + percent_encode(args.subject) +
                           "/pack.zip?campaign=" + percent_encode(global.campaign));
}

Result<void> pack_table(Caller& caller, const GlobalOptions& global, const PackArguments& args) {
  return fetch_archive(caller, global, args, table_path(global, args.subject, "/pack.zip"));
}

// The document alone.
Result<void> fetch_unit(Caller& caller, const GlobalOptions& global, const PackArguments& args) {
  CS_TRY(const Reply reply, caller.raw("GET",
                                       "/v1/departments/" + percent_encode(args.subject) +
                                           "/pack?campaign=" + percent_encode(global.campaign),
                                       {}, {}));
  CS_CHECK(write_new_file(args.file, reply.body, /*replace=*/true));
  std::cerr << "Wrote " << args.file << ".\n";
  return {};
}

Result<void> check(const GlobalOptions& global, const PackArguments& args) {
  std::ifstream file(args.file, std::ios::binary);
  if (!file) return Error{Errc::not_found, "cannot read " + args.file};
  const std::string text(std::istreambuf_iterator<char>(file), {});
  CS_TRY(const PackReport report, verify_pack(text, args.key));
  const VerifyReport& verified = report.verified;
  if (global.json) {
    json out = {{"origin", verified.origin},    {"verifier_key", verified.verifier_key},
                {"sha256", report.sha256},      {"department", report.department},
                {"facts", report.facts},        {"entries", verified.entries},
                {"items", verified.items},      {"withheld", verified.withheld},
                {"verified", !verified.finding}};
    if (verified.finding) {
      out["first_bad_entry"] = verified.finding->index ? json(*verified.finding->index) : json();
      out["problem"] = verified.finding->what;
    }
    std::cout << out.dump(2) << "\n";
  } else {
    std::cout << "sha256   " << report.sha256
              << " (a sealed pack: the hash in its entry)\nabout    " << report.department << ", "
              << report.facts << " facts\n"
              << report_text(verified, !args.key.empty());
  }
  if (verified.finding) return Error{Errc::unauthorized, "the pack does not verify"};
  return {};
}

}  // namespace

void add_pack_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<PackArguments>();
  const auto on = [&action, &global, args](CLI::App* command, auto use) {
    command->callback([&action, &global, args, use] {
      action = [&global, args, use] {
        return with_service(global, [&](Caller& caller) { return use(caller, global, *args); });
      };
    });
  };
  auto* group = app.add_subcommand("pack", "packs of evidence: fetch, check");
  group->require_subcommand(1);
  const auto archive = [&](const char* name, const char* help, const char* subject) {
    auto* command = group->add_subcommand(name, help);
    command->add_option(name, args->subject, subject)->required();
    command->add_option("--out", args->out, "ZIP file to write")->required();
    command->add_flag("--force", args->force, "replace the file if it is there");
    command->add_option("--receiver", args->receiver, "whom it is for");
    command->add_option("--basis", args->basis, "on what ground it is given");
    command->add_option("--channel", args->channel, "an export channel of the definition");
    return command;
  };
  on(archive("case", "a case's sealed pack with pages for people, as a ZIP",
             "the entry that opened it"),
     pack_case);
  on(archive("department", "every fact about a department with its evidence, as a ZIP", "the unit"),
     pack_department);
  on(archive("table", "everything that happened to a table with its evidence, as a ZIP",
             "table key"),
     pack_table);
  auto* unit = group->add_subcommand(
      "unit", "write every fact about a department, with its evidence, as one document");
  unit->add_option("department", args->subject, "the unit")->required();
  unit->add_option("file", args->file, "file to write")->required();
  on(unit, fetch_unit);
  auto* checking = group->add_subcommand(
      "check", "verify every receipt in such a document; needs no service");
  checking->add_option("file", args->file, "the pack")->required();
  checking->add_option("--key", args->key, "the log's verifier key, from a copy you trust")
      ->check(not_empty());
  checking->callback(
      [&action, &global, args] { action = [&global, args] { return check(global, *args); }; });
}

}  // namespace countersign::tools
