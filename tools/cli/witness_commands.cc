// witness init, run, compare: a witness for the logs of others, and what two checkpoints show.
#include "ledger/base/diagnostics.h"
#include "ledger/witness/witness.h"
#include "tools/cli/command.h"
#include "tools/verify/checkpoint_judge.h"
#include "tools/witness/witness_server.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include <nlohmann/json.hpp>
#include <signal.h>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

struct WitnessArguments {
  std::string directory;
  std::string name;
  std::string address = "127.0.0.1";
  std::uint16_t port = 8090;
  std::string first;
  std::string second;
  std::string key;
};

Result<void> init_witness(const WitnessArguments& args) {
  CS_TRY(const std::string vkey, ledger::Witness::create(args.directory, args.name));
  std::cout
      << "Created a witness in " << args.directory
      << ".\nName the logs it is to know in its file origins, a line \"log <vkey>\" each. Give "
         "this verifier key\nto those logs and to everybody who relies on the witness:\n"
      << vkey << "\n";
  return {};
}

Result<void> run_witness(const WitnessArguments& args) {
  // Blocked before any thread starts, so that only this one takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const ledger::SystemClock clock;
  auto witness = ledger::Witness::open(args.directory, clock);
  if (!witness) {
    ledger::diag::error(
        "witness.not_started",
        {{"code", std::string(to_string(witness.error().code))}, {"why", witness.error().detail}});
    return Error{witness.error().code, "the witness does not start: " + witness.error().detail};
  }
  CS_TRY(const auto server, WitnessServer::start(args.address, args.port, **witness));
  const bool v6 = args.address.find(':') != std::string::npos;
  std::printf("witness listening on http://%s%s%s:%u key %s\n", v6 ? "[" : "", args.address.c_str(),
              v6 ? "]" : "", server->port(), (*witness)->vkey().c_str());
  std::fflush(stdout);
  int taken = 0;
  sigwait(&signals, &taken);
  return {};
}

Result<std::string> text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Errc::not_found, "cannot read " + path};
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<void> compare_two(const GlobalOptions& global, const WitnessArguments& args) {
  CS_TRY(const std::string first, text_of_file(args.first));
  CS_TRY(const std::string second, text_of_file(args.second));
  CS_TRY(const Comparison found, compare_checkpoints(first, second, args.key));
  if (global.json) {
    const char* name = found == Comparison::same   ? "same"
                       : found == Comparison::fork ? "fork"
                                                   : "unknown";
    std::cout << json{{"outcome", name}, {"signatures_checked", !args.key.empty()}}.dump(2) << "\n";
  } else {
    std::cout << comparison_text(found, !args.key.empty());
  }
  if (found == Comparison::fork) return Error{Errc::conflict, "the log has two histories"};
  if (found == Comparison::unknown) {
    return Error{Errc::not_found, "checkpoints of two sizes cannot be compared by themselves"};
  }
  return {};
}

}  // namespace

void add_witness_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<WitnessArguments>();
  auto* witness = app.add_subcommand("witness", "cosign the checkpoints of others, or judge two");
  witness->require_subcommand(1);

  auto* init = witness->add_subcommand("init", "create a witness with its key");
  init->add_option("--dir", args->directory, "directory of the new witness")->required();
  init->add_option("--name", args->name, "its name for ever, e.g. audit.city.example/witness")
      ->required();
  init->callback([&, args] { action = [args] { return init_witness(*args); }; });

  auto* run = witness->add_subcommand("run", "serve until told to stop");
  run->add_option("--dir", args->directory, "directory made by `witness init`")->required();
  run->add_option("--address", args->address, "IP address to listen on; TLS is for a proxy")
      ->capture_default_str();
  run->add_option("--port", args->port, "0: any free one")->capture_default_str();
  run->callback([&, args] { action = [args] { return run_witness(*args); }; });

  auto* compare = witness->add_subcommand(
      "compare", "whether two checkpoints, or kept requests, show two histories of one log");
  compare->add_option("first", args->first, "file of a checkpoint")->required();
  compare->add_option("second", args->second, "file of another")->required();
  compare->add_option("--key", args->key, "the log's verifier key: both must be signed by it")
      ->check(not_empty());
  compare->callback([&, args] { action = [&global, args] { return compare_two(global, *args); }; });
}

}  // namespace countersign::tools
