#include "tools/verify/log_key_chain.h"

#include "ledger/base/canonical_json.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::NoteVerifier;
using ledger::Result;
using nlohmann::json;

namespace {

struct Replacement {
  ledger::LogKeyStatement statement;
  std::string note;
};

std::optional<Replacement> read_replacement(const std::string& origin, ledger::LeafIndex index,
                                            std::string_view header) {
  const auto parsed = ledger::parse_json(header);
  if (!parsed) return std::nullopt;
  try {
    const json& data = parsed->at("data");
    return Replacement{{origin, index, data.at("retires").get<std::string>(),
                        data.at("verifier_key").get<std::string>()},
                       data.at("note").get<std::string>()};
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::optional<std::string> LogKeyChain::take(ledger::LeafIndex index, std::string_view header) {
  const auto replacement = read_replacement(origin_, index, header);
  if (!replacement) return "it replaces the log's key and does not say by which";
  const ledger::LogKeyStatement& statement = replacement->statement;
  if (const auto held = ledger::check_log_key_note(replacement->note, statement); !held) {
    return "it does not replace the log's key: " + held.error().detail;
  }
  if (!found_) found_.emplace(NoteVerifier::from_vkey(statement.retires).value());
  if (found_->current().vkey() != statement.retires ||
      !found_->add(NoteVerifier::from_vkey(statement.verifier_key).value(), index)) {
    return "it replaces another key than the log had";
  }
  return std::nullopt;
}

Result<ledger::LogKeys> LogKeyChain::keys(const NoteVerifier& known) const {
  if (!found_) return ledger::LogKeys(known);
  if (std::ranges::any_of(found_->all(),
                          [&](const NoteVerifier& one) { return one.vkey() == known.vkey(); })) {
    return *found_;
  }
  return Error{Errc::unauthorized, "the log has replaced its key, and the one trusted is none of "
                                   "those that it had"};
}

}  // namespace countersign::tools
