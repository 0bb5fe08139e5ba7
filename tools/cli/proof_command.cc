// proof row: what a row said and says, as a file that whoever has the log's key can check offline.
#include "tools/cli/command.h"
#include "tools/cli/language.h"
#include "tools/cli/service.h"

#include <fstream>
#include <iostream>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

struct ProofArguments {
  std::string table;
  std::string row;
  std::string column;
  std::optional<std::uint64_t> index;
  bool attest = false;
  std::string out;
};

Result<void> prove_row(Caller& caller, const GlobalOptions& global, const ProofArguments& args) {
  std::string target =
      table_path(global, args.table, "/rows/" + percent_encode(args.row) + "/proof");
  char before = '?';
  const auto add = [&](const std::string& parameter) {
    target += before + parameter;
    before = '&';
  };
  if (!args.column.empty()) add("column=" + percent_encode(args.column));
  if (args.index) add("index=" + std::to_string(*args.index));
  if (args.attest) {
    CS_TRY(const auto reply, caller.write("POST", table_path(global, args.table, "/attestations"),
                                          nlohmann::json::object()));
    add("min_index=" + std::to_string(reply.at("first_index").get<std::uint64_t>()));
  }
  CS_TRY(const Reply reply, caller.raw("GET", target, {}, {}));
  if (args.out.empty()) {
    std::cout << reply.body;  // to the byte: a proof is its own canonical form
    return {};
  }
  std::ofstream file(args.out, std::ios::binary | std::ios::trunc);
  file << reply.body;
  if (!file.flush()) return Error{Errc::io, "cannot write " + args.out};
  std::cerr << say(global, "Wrote ", "已写入 ") << args.out
            << say(global, ". Check it with: ", "。核验命令：") << "countersign verify " << args.out
            << " --key " << say(global, "VERIFIER-KEY", "验证公钥") << "\n";
  return {};
}

}  // namespace

void add_proof_command(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<ProofArguments>();
  auto* group = app.add_subcommand("proof", "proofs that need no service to be checked");
  group->require_subcommand(1);
  auto* row = group->add_subcommand(
      "row", "every change of a row, from its cells to the signed checkpoint, and no other row");
  row->add_option("table", args->table, "table key")->required();
  row->add_option("row", args->row, "row key")->required();
  row->add_option("--column", args->column, "the column whose values `verify` shows");
  auto* index = row->add_option("--index", args->index, "only the change in this entry");
  row->add_flag("--attest", args->attest,
                "first record an attestation of the table, by which no change of the row up to now "
                "is left out")
      ->excludes(index);
  row->add_option("--out", args->out, "file to write; standard output when absent");
  row->callback([&global, &action, args] {
    action = [&global, args] {
      return with_service(global, [&](Caller& caller) { return prove_row(caller, global, *args); });
    };
  });
}

}  // namespace countersign::tools
