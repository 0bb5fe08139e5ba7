#include "tools/verify/checkpoint_judge.h"

#include "ledger/base/canonical_json.h"
#include "ledger/merkle/cosignature.h"

#include <set>
#include <utility>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

namespace {

Result<ledger::Checkpoint> open(const std::string& text, const std::string& key) {
  const std::string note = checkpoint_in(text);
  if (key.empty()) return ledger::parse_checkpoint_note(note);
  CS_TRY(const auto log, ledger::NoteVerifier::from_vkey(key));
  return ledger::open_checkpoint(note, log);
}

}  // namespace

std::string checkpoint_in(const std::string& kept) {
  if (kept.starts_with('{')) {
    const auto receipt = ledger::parse_json(kept);
    const bool holds = receipt && receipt->contains("proof") && receipt->at("proof").is_string();
    return holds ? checkpoint_in(receipt->at("proof").get<std::string>()) : kept;
  }
  const auto blank = kept.find("\n\n");
  const bool behind = kept.starts_with("old ") || kept.starts_with("c2sp.org/tlog-proof@v1\n");
  return behind && blank != std::string::npos ? kept.substr(blank + 2) : kept;
}

Result<WitnessDemand> witness_demand(std::vector<std::string> vkeys, std::size_t at_least) {
  std::set<std::string> keys;
  for (const std::string& vkey : vkeys) {
    CS_TRY(const auto key, ledger::CosignatureVerifier::from_vkey(vkey));
    keys.insert(key.public_key());
  }
  if (at_least > keys.size()) {
    return Error{Errc::malformed, "more witnesses are asked for than --witness names"};
  }
  return WitnessDemand{std::move(vkeys), at_least == 0 ? keys.size() : at_least};
}

Result<std::vector<std::string>> judge_cosignatures(const std::string& checkpoint,
                                                    const WitnessDemand& demand) {
  std::vector<ledger::CosignatureVerifier> witnesses;
  for (const std::string& vkey : demand.vkeys) {
    CS_TRY(auto key, ledger::CosignatureVerifier::from_vkey(vkey));
    witnesses.push_back(std::move(key));
  }
  CS_TRY(const auto note, ledger::parse_note(checkpoint));
  CS_TRY(const auto by, ledger::cosigned_by(note, witnesses));
  if (by.size() < demand.at_least) {
    return Error{Errc::unauthorized, "the checkpoint has valid cosignatures of " +
                                         std::to_string(by.size()) + " witnesses, not of " +
                                         std::to_string(demand.at_least)};
  }
  std::vector<std::string> names;
  for (const std::size_t i : by) names.push_back(witnesses[i].name());
  return names;
}

Result<Comparison> compare_checkpoints(const std::string& a, const std::string& b,
                                       const std::string& key) {
  CS_TRY(const auto first, open(a, key));
  CS_TRY(const auto second, open(b, key));
  if (first.origin != second.origin) {
    return Error{Errc::malformed, "the checkpoints are of two origins"};
  }
  if (first.tree_size != second.tree_size) return Comparison::unknown;
  return first.root_hash == second.root_hash ? Comparison::same : Comparison::fork;
}

std::string comparison_text(Comparison found, bool signatures_checked) {
  const std::string unchecked =
      signatures_checked ? "" : "signatures were not checked: give the log's verifier key\n";
  switch (found) {
    case Comparison::same:
      return "same: one tree\n" + unchecked;
    case Comparison::fork:
      return "FORK: two roots of one size; the log has shown two histories\n" + unchecked;
    case Comparison::unknown:
      return "unknown: of two sizes; a consistency proof would have to connect them\n" + unchecked;
  }
  return {};
}

}  // namespace countersign::tools
