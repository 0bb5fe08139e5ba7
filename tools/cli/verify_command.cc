// verify, log-export: the log as a file, and the verification of every such file offline.
#include "tools/cli/command.h"
#include "tools/cli/new_file.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"
#include "tools/verify/log_keys_verifier.h"
#include "tools/verify/verify_file.h"

#include <chrono>
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

// That nothing is heard in the midst of an export.
constexpr std::chrono::seconds kQuiet{300};

json changes_json(const RowProofReport& proof) {
  json changes = json::array();
  for (const auto& change : proof.changes) {
    changes.push_back({{"entry", change.index},
                       {"account", change.account},
                       {"received_at", change.received_at},
                       {"removed", change.removed},
                       {"value", change.value ? json(*change.value) : json()}});
  }
  return changes;
}

json stamped_json(const VerifyReport& verified) {
  json list = json::array();
  for (const StampedCheckpoint& one : verified.stamped) {
    list.push_back({{"token", one.name},
                    {"entries", one.checkpoint.tree_size},
                    {"at", ledger::format_utc(one.info.at)},
                    {"authority", one.info.authority}});
  }
  return {{"tokens", std::move(list)}, {"times_compared", verified.times_compared}};
}

json report_json(const FileReport& report, bool cosigned, bool stamped) {
  const VerifyReport& verified = report.verified;
  json out = {{"origin", verified.origin},     {"verifier_key", verified.verifier_key},
              {"entries", verified.entries},   {"items", verified.items},
              {"withheld", verified.withheld}, {"verified", !verified.finding.has_value()}};
  if (verified.erased > 0) out["erased"] = verified.erased;
  if (cosigned) {
    out["cosigned"] = {{"witnesses", verified.witnesses}, {"entries", verified.cosigned}};
  }
  if (stamped) out["stamped"] = stamped_json(verified);
  if (verified.log_keys.size() > 1) out["log_keys"] = verified.log_keys;
  if (verified.sign_offs + verified.sign_offs_withheld > 0) {
    out["signed"] = {{"judged", verified.sign_offs}, {"withheld", verified.sign_offs_withheld}};
  }
  if (!report.row_proof && !report.pack_archive) {
    out["statements"] = {{"compared", verified.statements},
                         {"not_compared", verified.statements_unjudged}};
  }
  if (verified.finding) {
    out["first_bad_entry"] = verified.finding->index ? json(*verified.finding->index) : json();
    out["problem"] = verified.finding->what;
  } else if (const auto& pack = report.pack_archive) {
    out["kind"] = pack->kind;
    out["department"] = pack->pack.department;
    out["table"] = pack->pack.table.empty() ? json() : json(pack->pack.table);
    out["case"] = pack->pack.of_case ? json(*pack->pack.of_case) : json();
    out["made_at"] = pack->made_at;
    out["made_by"] = pack->made_by;
    out["export_entry"] = pack->export_entry;
    out["evidence_sha256"] = pack->pack.sha256;
    out["files"] = pack->files;
    out["sign_offs"] = pack->pack.sign_offs.size();
    out["timestamps"] = {{"tokens", pack->timestamps.tokens},
                         {"judged", pack->timestamps.judged},
                         {"entries_covered", pack->timestamps.covered}};
  } else if (const auto& proof = report.row_proof) {
    out["claim"] = proof->all_changes ? "all_changes" : "one_change";
    out["row"] = {{"campaign", proof->campaign}, {"table", proof->table}, {"key", proof->row}};
    out["column"] = proof->column ? json(*proof->column) : json();
    out["changes"] = changes_json(*proof);
    out["as_of"] = proof->as_of;
    out["version"] = proof->version ? json{{"submission", proof->version->submission},
                                           {"number", proof->version->number}}
                                    : json();
    out["attested"] = proof->attested ? json{{"entry", proof->attested->entry},
                                             {"at", proof->attested->at}}
                                      : json();
  }
  return out;
}

Result<std::string> text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Errc::not_found, "cannot read " + path};
  return std::string(std::istreambuf_iterator<char>(file), {});
}

struct WitnessOptions {
  std::vector<std::string> vkeys;
  std::size_t at_least = 0;
  std::string checkpoint;  // file
};

Result<CosignedBy> cosigned_as_asked(const WitnessOptions& options) {
  CosignedBy asked;
  CS_TRY(asked.demand, witness_demand(options.vkeys, options.at_least));
  if (options.checkpoint.empty()) return asked;
  CS_TRY(asked.checkpoint, text_of(options.checkpoint));
  return asked;
}

struct TimestampOptions {
  std::string directory;
  std::string authorities;  // file
};

struct KeyOptions {
  std::string key;
  std::string log_keys;  // file
  std::string sm2_key;
};

Result<TrustedKeys> trusted_keys(const KeyOptions& options) {
  if (options.log_keys.empty()) return TrustedKeys(options.key);
  CS_TRY(const std::string document, text_of(options.log_keys));
  return TrustedKeys::read(options.key, document);
}

// A file of the log's keys, which holds nothing else.
Result<void> verify_keys(const GlobalOptions& global, const std::string& document,
                         const std::string& key) {
  CS_TRY(const auto keys, verify_log_keys(document, key));
  json list = json::array();
  for (std::size_t i = 0; i < keys.all().size(); ++i) {
    list.push_back({{"verifier_key", keys.all()[i].vkey()}, {"from", keys.from()[i]}});
  }
  std::cout << (global.json
                    ? json{{"origin", keys.origin()}, {"keys", list}, {"verified", true}}.dump(2) +
                          "\n"
                    : log_keys_text(keys, !key.empty()));
  return {};
}

Result<void> verify(const GlobalOptions& global, const std::string& path, const KeyOptions& keys,
                    const WitnessOptions& witnesses, const TimestampOptions& stamps) {
  TimestampDemand timestamps;
  if (!stamps.authorities.empty()) {
    CS_TRY(timestamps, timestamp_demand(stamps.directory, stamps.authorities));
  }
  CS_TRY(const CosignedBy cosigned, cosigned_as_asked(witnesses));
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{Errc::not_found, "cannot read " + path};
  if (is_log_keys(file)) {
    CS_CHECK(demand_nothing_of_keys(cosigned, timestamps, keys.sm2_key, keys.log_keys));
    CS_TRY(const std::string document, text_of(path));
    return verify_keys(global, document, keys.key);
  }
  CS_TRY(const TrustedKeys trusted, trusted_keys(keys));
  const Result<FileReport> report = [&] {
    ProgressBar bar("verifying");
    return verify_file(
        file, trusted, [&](auto done, auto total) { bar.update(done, total); }, cosigned,
        timestamps, keys.sm2_key);
  }();
  if (!report) return report.error();
  std::cout << (global.json
                    ? report_json(*report, cosigned.demand.asked() || cosigned.checkpoint.has_value(),
                                 timestamps.asked()).dump(2) + "\n"
                    : report->text);
  if (report->verified.finding) return Error{Errc::unauthorized, "the file does not verify"};
  return {};
}

// As it comes, however large: in memory that does not grow with it, and with a limit on how long
// nothing is heard, not on the whole. The file has its name once it is whole.
Result<void> export_log(Caller& caller, const std::string& path) {
  CS_TRY(NewFile file, NewFile::begin(path, /*replace=*/true));
  Result<void> written;
  CS_CHECK(caller.stream("/v1/log/export", {}, kQuiet, [&](std::string_view piece) {
    written = file.add(piece);
    return written.has_value();
  }));
  CS_CHECK(written);
  CS_CHECK(file.finish());
  std::cerr << "Wrote " << path << ".\n";
  return {};
}

}  // namespace

void add_verify_command(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto path = std::make_shared<std::string>();
  auto keys = std::make_shared<KeyOptions>();
  auto* verify_sub =
      app.add_subcommand("verify",
                         "check a log export, a pack, a row proof or a log's keys "
                         "offline; names the first bad entry");
  verify_sub
      ->add_option("file", *path, "written by `log-export`, `pack …`, `case pack`, `proof row`, GET /log/keys")
      ->required();
  verify_sub->add_option("--key", keys->key, "the log's verifier key, from a copy you trust")
      ->check(not_empty());
  verify_sub
      ->add_option("--log-keys", keys->log_keys,
                   "file of the log's keys (GET /log/keys), when it has replaced the one "
                   "you trust; an export brings them with it")
      ->check(not_empty());
  verify_sub
      ->add_option("--sm2-key", keys->sm2_key,
                   "the log's SM2 key: the checkpoint must bear its line as well")
      ->check(not_empty());
  auto witnesses = std::make_shared<WitnessOptions>();
  verify_sub->add_option("--witness", witnesses->vkeys, "a witness's verifier key; once for each")
      ->allow_extra_args(false)
      ->check(not_empty());
  verify_sub->add_option("--witnesses", witnesses->at_least,
                         "how many of them must have cosigned; without, all");
  verify_sub
      ->add_option("--checkpoint", witnesses->checkpoint,
                   "file of a checkpoint that somebody kept, or of a receipt: its entries must be "
                   "the export's first; witnesses must have cosigned it, without it the "
                   "export's own")
      ->check(not_empty());
  auto stamps = std::make_shared<TimestampOptions>();
  auto* tokens = verify_sub->add_option(
      "--timestamps", stamps->directory,
      "directory written by `timestamp fetch`: no entry's time may contradict a token");
  auto* authorities = verify_sub->add_option("--timestamp-ca", stamps->authorities,
                                             "PEM file of those who vouch for the authority; a pack brings "
                                             "its tokens with it");
  tokens->needs(authorities)->check(not_empty());
  authorities->check(not_empty());
  verify_sub->callback([&, path, keys, witnesses, stamps] {
    action = [&global, path, keys, witnesses, stamps] {
      return verify(global, *path, *keys, *witnesses, *stamps);
    };
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
