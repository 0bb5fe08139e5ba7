// timestamp list, fetch, verify: the tokens of a time-stamping authority over the log's checkpoints.
#include "tools/cli/command.h"
#include "tools/cli/language.h"
#include "tools/cli/new_file.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"
#include "tools/verify/timestamp_judge.h"

#include <algorithm>
#include <filesystem>
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

constexpr char kTimestamps[] = "/log/timestamps";
constexpr std::uint64_t kShown = 20;

struct TimestampArguments {
  bool all = false;
  std::vector<std::uint64_t> numbers;
  std::string directory;
  std::string checkpoint;
  std::string token;
  std::string request;
  std::string authorities;
  std::string key;
};

std::string page_after(std::uint64_t number) {
  return std::string(kTimestamps) + "?after=" + std::to_string(number);
}

Result<void> list_timestamps(Caller& caller, const TimestampArguments& args) {
  std::uint64_t after = 0;
  if (!args.all) {
    CS_TRY(const json first, caller.get(std::string(kTimestamps) + "?limit=0"));
    const std::uint64_t count = first.at("count").get<std::uint64_t>();
    after = count - std::min(count, kShown);
  }
  TextTable table({"number", when_heading(caller.global(), "stamped"), "entries", "accuracy",
                   "authority", "serial"});
  json whole = json::array();
  while (true) {
    CS_TRY(const json page, caller.get(page_after(after)));
    for (const auto& one : page.at("timestamps")) {
      whole.push_back(one);
      if (one.contains("damaged")) {
        table.add({text_of(one, "number"), "damaged", "", "", "", ""});
        continue;
      }
      const json& accuracy = one.at("accuracy_seconds");
      table.add({text_of(one, "number"), when(caller.global(), one["at"]), text_of(one, "size"),
                 accuracy.is_null() ? "-" : accuracy.dump() + " s", text_of(one, "authority"),
                 text_of(one, "serial")});
    }
    if (page.at("next").is_null()) break;
    after = page.at("next").get<std::uint64_t>();
  }
  if (!printed(caller, {{"timestamps", std::move(whole)}})) std::cout << table.text();
  return {};
}

Result<void> fetch_one(Caller& caller, const std::filesystem::path& directory,
                       std::uint64_t number) {
  const std::string target = std::string(kTimestamps) + "/" + std::to_string(number);
  const std::string stem = (directory / std::to_string(number)).string();
  CS_TRY(const Reply checkpoint, caller.raw("GET", target + "/checkpoint", {}, {}));
  CS_TRY(const Reply request, caller.raw("GET", target + "/request", {}, {}));
  CS_TRY(const Reply token, caller.raw("GET", target, {}, {}));
  CS_CHECK(write_new_file(stem + ".checkpoint", checkpoint.body, /*replace=*/true));
  CS_CHECK(write_new_file(stem + ".tsq", request.body, /*replace=*/true));
  // Last: what is there to be fetched is told by the token.
  return write_new_file(stem + ".tsr", token.body, /*replace=*/true);
}

// Those named; without names all that the directory lacks.
Result<void> fetch_timestamps(Caller& caller, const TimestampArguments& args) {
  const std::filesystem::path directory = args.directory;
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) return Error{Errc::io, "cannot make " + args.directory + ": " + failed.message()};
  std::vector<std::uint64_t> wanted = args.numbers;
  if (wanted.empty()) {
    CS_TRY(const json page, caller.get(std::string(kTimestamps) + "?limit=0"));
    const std::uint64_t count = page.at("count").get<std::uint64_t>();
    for (std::uint64_t number = 1; number <= count; ++number) {
      if (!std::filesystem::exists(directory / (std::to_string(number) + ".tsr"))) {
        wanted.push_back(number);
      }
    }
  }
  for (const std::uint64_t number : wanted) CS_CHECK(fetch_one(caller, directory, number));
  std::cerr << "Wrote " << wanted.size() << " timestamps to " << args.directory
            << ": N.tsr, with the request N.tsq, over N.checkpoint.\n";
  return {};
}

Result<std::string> content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Errc::not_found, "cannot read " + path};
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<void> verify_timestamp_file(const GlobalOptions& global, const TimestampArguments& args) {
  TimestampFiles files;
  CS_TRY(files.checkpoint, content_of(args.checkpoint));
  CS_TRY(files.reply, content_of(args.token));
  if (!args.request.empty()) {
    CS_TRY(files.request, content_of(args.request));
  }
  CS_TRY(const std::string authorities, content_of(args.authorities));
  CS_TRY(const StampedCheckpoint stamped, judge_timestamp(files, authorities, args.key));
  if (!global.json) {
    std::cout << timestamp_text(stamped, !args.key.empty());
    return {};
  }
  std::cout << json{{"verified", true},
                    {"origin", stamped.checkpoint.origin},
                    {"entries", stamped.checkpoint.tree_size},
                    {"at", ledger::format_utc(stamped.info.at)},
                    {"accuracy_micros", stamped.info.accuracy.micros},
                    {"authority", stamped.info.authority},
                    {"policy", stamped.info.policy},
                    {"serial", stamped.info.serial},
                    {"log_signature_checked", !args.key.empty()}}
                   .dump(2)
            << "\n";
  return {};
}

}  // namespace

void add_timestamp_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<TimestampArguments>();
  auto* timestamp =
      app.add_subcommand("timestamp", "what an outside authority says of when the log was what");
  timestamp->require_subcommand(1);
  const auto on = [&action, &global, args](CLI::App* command, auto use) {
    command->callback([&action, &global, args, use] {
      action = [&global, args, use] {
        return with_service(global, [&](Caller& caller) { return use(caller, *args); });
      };
    });
  };

  auto* list = timestamp->add_subcommand("list", "the tokens that the service keeps, newest last");
  list->add_flag("--all", args->all, "not only the last twenty");
  on(list, list_timestamps);

  auto* fetch = timestamp->add_subcommand(
      "fetch", "write tokens with what they stamp, for `openssl ts -verify` and `verify`");
  fetch->add_option("number", args->numbers, "without, all that the directory lacks");
  fetch->add_option("--out", args->directory, "directory, made if it is not there")->required();
  on(fetch, fetch_timestamps);

  auto* verify = timestamp->add_subcommand("verify", "check a token offline");
  verify->add_option("checkpoint", args->checkpoint, "file N.checkpoint")->required();
  verify->add_option("token", args->token, "file N.tsr")->required();
  verify->add_option("--ca", args->authorities, "PEM file of those who vouch for the authority")
      ->required();
  verify->add_option("--request", args->request, "file N.tsq: the token must answer it")
      ->check(not_empty());
  verify
      ->add_option("--key", args->key,
                   "the log's verifier key: it must have signed the checkpoint")
      ->check(not_empty());
  verify->callback([&action, &global, args] {
    action = [&global, args] { return verify_timestamp_file(global, *args); };
  });
}

}  // namespace countersign::tools
