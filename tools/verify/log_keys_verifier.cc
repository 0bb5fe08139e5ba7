#include "tools/verify/log_keys_verifier.h"

#include "ledger/base/canonical_json.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"
#include "tools/verify/log_key_chain.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::NoteVerifier;
using ledger::Result;
using nlohmann::json;

namespace {

constexpr std::string_view kFormatOfLogKeys = "countersign-log-keys-1";

Error broken_keys(std::string what) { return {Errc::unauthorized, std::move(what)}; }

// That the replacement is an entry of the log: under a checkpoint that ends with it and that both
// keys signed.
Result<void> prove_rotation(LogKeyChain& chain, const json& rotation, const NoteVerifier& retired,
                            const NoteVerifier& next) {
  const auto index = rotation.at("index").get<ledger::LeafIndex>();
  const std::string header = rotation.at("header").get<std::string>();
  const std::string proof = rotation.at("proof").get<std::string>();
  const std::string at = "the replacement at entry " + std::to_string(index);
  const auto parsed = ledger::parse_canonical(header);
  if (!parsed || parsed->value("type", json()) != "log_key.rotated" ||
      parsed->value("index", json()) != index ||
      parsed->value("origin", json()) != retired.name()) {
    return broken_keys(at + " has no such header");
  }
  if (const auto wrong = chain.take(index, header)) return broken_keys(at + ": " + *wrong);
  for (const NoteVerifier& key : {retired, next}) {
    const auto checkpoint =
        ledger::verify_tlog_proof(proof, ledger::hash_leaf(ledger::as_bytes(header)), key);
    if (!checkpoint) return broken_keys(at + " is not proved: " + checkpoint.error().detail);
    if (checkpoint->tree_size != index + 1) {
      return broken_keys(at + " is proved under a checkpoint that does not end with it");
    }
  }
  const auto proved = ledger::parse_tlog_proof(proof);
  if (!proved || proved->index != index) return broken_keys(at + " is proved at another place");
  return {};
}

Result<ledger::LogKeys> read_keys(const json& document) {
  std::vector<NoteVerifier> keys;
  for (const json& one : document.at("keys")) {
    CS_TRY(auto key, NoteVerifier::from_vkey(one.get<std::string>()));
    keys.push_back(std::move(key));
  }
  const json& rotations = document.at("rotations");
  if (keys.empty() || rotations.size() != keys.size() - 1 || document.size() != 4) {
    return Error{Errc::malformed, "not a file of a log's keys: they and the entries do not match"};
  }
  if (document.at("origin") != keys.front().name()) return broken_keys("the keys are of another log");
  LogKeyChain chain(keys.front().name());
  for (std::size_t i = 0; i < rotations.size(); ++i) {
    CS_CHECK(prove_rotation(chain, rotations[i], keys[i], keys[i + 1]));
  }
  CS_TRY(ledger::LogKeys found, chain.keys(keys.front()));
  if (std::ranges::equal(found.all(), keys, {}, &NoteVerifier::vkey, &NoteVerifier::vkey)) {
    return found;
  }
  return broken_keys("the entries replace other keys than it lists");
}

}  // namespace

bool is_log_keys(std::istream& file) {
  // Canonical form; an export begins with the other's format.
  constexpr std::string_view kBeginning = "{\"format\":\"countersign-log-keys-1\"";
  std::string read(kBeginning.size(), '\0');
  file.read(read.data(), static_cast<std::streamsize>(read.size()));
  file.clear();
  file.seekg(0);
  return read == kBeginning;
}

Result<ledger::LogKeys> verify_log_keys(std::string_view text, const std::string& known) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto document = ledger::parse_canonical(text);
  if (!document || !document->is_object() ||
      document->value("format", json()) != kFormatOfLogKeys) {
    return Error{Errc::malformed, "not a file of a log's keys, or not in canonical form"};
  }
  try {
    CS_TRY(ledger::LogKeys keys, read_keys(*document));
    if (!known.empty() && std::ranges::none_of(keys.all(), [&](const NoteVerifier& one) {
          return one.vkey() == known;
        })) {
      return broken_keys("the keys do not lead to the one that is trusted");
    }
    return keys;
  } catch (const json::exception&) {
    return Error{Errc::malformed,
                 "the file of a log's keys lacks a member or has one of another type"};
  }
}

std::string log_keys_text(const ledger::LogKeys& keys, bool trusted) {
  std::string out = "origin   " + keys.origin() +
                    (trusted ? "\n" : " (no key was given: compare one with a copy you trust)\n");
  for (std::size_t i = 0; i < keys.all().size(); ++i) {
    out += "key      " + keys.all()[i].vkey() + ", for checkpoints " +
           (i == 0 ? "from the first" : "over " + std::to_string(keys.from()[i]) + " entries") +
           (i + 1 == keys.all().size() ? " on\n"
                                       : " to " + std::to_string(keys.from()[i + 1]) + "\n");
  }
  return out + "verified: each key but the first was put in its place by the one before\n";
}

}  // namespace countersign::tools
