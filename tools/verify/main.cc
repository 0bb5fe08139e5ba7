// countersign-verify: checks a log export, a pack of evidence, a row proof or a time-stamp token
// offline. Links no
// database and no network code, so that it can be built and read by whoever doubts the rest.
#include "tools/verify/checkpoint_judge.h"
#include "tools/verify/log_keys_verifier.h"
#include "tools/verify/timestamp_judge.h"
#include "tools/verify/verify_file.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

using namespace countersign;
using namespace countersign::tools;
using ledger::Result;

constexpr char kUsage[] =
    "usage: countersign-verify EXPORT.ndjson|PACK.zip|PACK.json|PROOF.json [VERIFIER-KEY]\n"
    "         [--log-keys KEYS.json] [--sm2-key SM2-KEY]\n"
    "         [--witness WITNESS-KEY]... [--witnesses N] [--checkpoint CHECKPOINT|RECEIPT]\n"
    "         [[--timestamps DIRECTORY] --timestamp-ca CERTIFICATES.pem]\n"
    "       countersign-verify KEYS.json [VERIFIER-KEY]\n"
    "       countersign-verify --timestamp CHECKPOINT TOKEN.tsr CERTIFICATES.pem [VERIFIER-KEY]\n"
    "       countersign-verify --fork CHECKPOINT CHECKPOINT [VERIFIER-KEY]\n"
    "ends with 0: it verifies; 1: it does not, or the log has two histories; 2: not to be judged\n";

struct Arguments {
  std::vector<std::string> files;  // and the verifier key
  std::vector<std::string> witnesses;
  std::size_t at_least = 0;
  std::string log_keys;  // file
  std::string sm2_key;
  std::string checkpoint;
  std::string timestamps;    // directory
  std::string timestamp_ca;  // file
  enum class Question { file, fork, timestamp } question = Question::file;
};
using Question = Arguments::Question;

std::optional<Arguments> read_arguments(int argc, char** argv) {
  Arguments read;
  for (int i = 1; i < argc; ++i) {
    const std::string one = argv[i];
    if (one == "--fork") {
      read.question = Question::fork;
    } else if (one == "--timestamp") {
      read.question = Question::timestamp;
    } else if (!one.starts_with("--")) {
      read.files.push_back(one);
    } else if (i + 1 == argc) {
      return std::nullopt;
    } else if (const std::string value = argv[++i]; one == "--witness") {
      read.witnesses.push_back(value);
    } else if (one == "--checkpoint") {
      read.checkpoint = value;
    } else if (one == "--log-keys") {
      read.log_keys = value;
    } else if (one == "--sm2-key") {
      read.sm2_key = value;
    } else if (one == "--timestamps") {
      read.timestamps = value;
    } else if (one == "--timestamp-ca") {
      read.timestamp_ca = value;
    } else if (one != "--witnesses" || value.size() > 3 ||
               value.find_first_not_of("0123456789") != std::string::npos) {
      return std::nullopt;
    } else {
      read.at_least = std::stoul("0" + value);
    }
  }
  if (!read.timestamps.empty() && read.timestamp_ca.empty()) return std::nullopt;
  const std::size_t wanted = read.question == Question::fork        ? 2
                             : read.question == Question::timestamp ? 3
                                                                    : 1;
  if (read.files.size() < wanted || read.files.size() > wanted + 1) return std::nullopt;
  return read;
}

Result<std::string> text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return ledger::Error{ledger::Errc::not_found, "cannot read " + path};
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// The exit status.
Result<int> compare(const Arguments& args) {
  CS_TRY(const std::string first, text_of(args.files[0]));
  CS_TRY(const std::string second, text_of(args.files[1]));
  const std::string key = args.files.size() == 3 ? args.files[2] : "";
  CS_TRY(const Comparison found, compare_checkpoints(first, second, key));
  std::cout << comparison_text(found, !key.empty());
  return found == Comparison::same ? 0 : found == Comparison::fork ? 1 : 2;
}

// The exit status.
Result<int> judge(const Arguments& args) {
  TimestampFiles files;
  CS_TRY(files.checkpoint, text_of(args.files[0]));
  CS_TRY(files.reply, text_of(args.files[1]));
  CS_TRY(const std::string authorities, text_of(args.files[2]));
  CS_CHECK(ledger::check_authorities(authorities));
  const std::string key = args.files.size() == 4 ? args.files[3] : "";
  const auto stamped = judge_timestamp(files, authorities, key);
  if (!stamped && stamped.error().code != ledger::Errc::unauthorized) return stamped.error();
  std::cout << (stamped ? timestamp_text(*stamped, !key.empty())
                        : "NOT VERIFIED: " + stamped.error().detail + "\n");
  return stamped ? 0 : 1;
}

// On a terminal only, so that a kept record of the run has no control characters.
std::function<void(std::uint64_t, std::uint64_t)> progress_on_terminal() {
  if (isatty(STDERR_FILENO) == 0) return nullptr;
  return [](std::uint64_t done, std::uint64_t total) {
    std::cerr << "\r" << done << " of " << total << (done < total ? "" : "\n") << std::flush;
  };
}

Result<int> verify(const Arguments& args) {
  CosignedBy cosigned;
  CS_TRY(cosigned.demand, witness_demand(args.witnesses, args.at_least));
  if (!args.checkpoint.empty()) {
    CS_TRY(cosigned.checkpoint, text_of(args.checkpoint));
  }
  TimestampDemand timestamps;
  if (!args.timestamp_ca.empty()) {
    CS_TRY(timestamps, timestamp_demand(args.timestamps, args.timestamp_ca));
  }
  std::ifstream file(args.files[0], std::ios::binary);
  if (!file) return ledger::Error{ledger::Errc::not_found, "cannot read " + args.files[0]};
  const std::string key = args.files.size() == 2 ? args.files[1] : "";
  if (is_log_keys(file)) {
    CS_CHECK(demand_nothing_of_keys(cosigned, timestamps, args.sm2_key, args.log_keys));
    CS_TRY(const std::string document, text_of(args.files[0]));
    const auto keys = verify_log_keys(document, key);
    if (!keys && keys.error().code != ledger::Errc::unauthorized) return keys.error();
    std::cout << (keys ? log_keys_text(*keys, !key.empty())
                       : "NOT VERIFIED: " + keys.error().detail + "\n");
    return keys ? 0 : 1;
  }
  TrustedKeys trusted(key);
  if (!args.log_keys.empty()) {
    CS_TRY(const std::string document, text_of(args.log_keys));
    CS_TRY(trusted, TrustedKeys::read(key, document));
  }
  CS_TRY(const FileReport report, verify_file(file, trusted, progress_on_terminal(), cosigned,
                                             timestamps, args.sm2_key));
  std::cout << report.text;
  return report.verified.finding ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  // As a shell makes it of "$(a command that failed)". What is asked for is refused, not dropped.
  if (std::any_of(argv + 1, argv + argc, [](const char* one) { return *one == '\0'; })) {
    std::cerr << "countersign-verify: an argument is empty\n";
    return 2;
  }
  const auto args = read_arguments(argc, argv);
  if (!args) {
    std::cerr << kUsage;
    return 2;
  }
  const auto status = args->question == Question::fork        ? compare(*args)
                      : args->question == Question::timestamp ? judge(*args)
                                                              : verify(*args);
  if (!status) {
    std::cerr << "countersign-verify: " << status.error().detail << "\n";
    return 2;
  }
  return *status;
}
