#include "tools/verify/log_keys_verifier.h"

#include "ledger/base/canonical_json.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"

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

// That the entry puts `next` in the place of the newest of `keys`.
Result<void> follow_rotation(ledger::LogKeys& keys, const json& rotation, const NoteVerifier& next) {
  const auto index = rotation.at("index").get<ledger::LeafIndex>();
  const std::string header = rotation.at("header").get<std::string>();
  const std::string proof = rotation.at("proof").get<std::string>();
  const std::string at = "the replacement at entry " + std::to_string(index);
  const auto parsed = ledger::parse_canonical(header);
  if (!parsed || parsed->value("type", json()) != "log_key.rotated" ||
      parsed->value("index", json()) != index || parsed->value("origin", json()) != keys.origin()) {
    return broken_keys(at + " has no such header");
  }
  const json& data = parsed->at("data");
  const ledger::LogKeyStatement statement{keys.origin(), index, keys.current().vkey(), next.vkey()};
  if (data.at("retires") != statement.retires ||
      data.at("verifier_key") != statement.verifier_key) {
    return broken_keys(at + " is of other keys");
  }
  const auto noted = ledger::check_log_key_note(data.at("note").get<std::string>(), statement);
  if (!noted) return broken_keys(at + ": " + noted.error().detail);
  for (const NoteVerifier& key : {keys.current(), next}) {
    const auto checkpoint =
        ledger::verify_tlog_proof(proof, ledger::hash_leaf(ledger::as_bytes(header)), key);
    if (!checkpoint) return broken_keys(at + " is not proved: " + checkpoint.error().detail);
    if (checkpoint->tree_size != index + 1) {
      return broken_keys(at + " is proved under a checkpoint that does not end with it");
    }
  }
  const auto proved = ledger::parse_tlog_proof(proof);
  if (!proved || proved->index != index) return broken_keys(at + " is proved at another place");
  return keys.add(next, index);
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
  ledger::LogKeys found(keys.front());
  for (std::size_t i = 0; i < rotations.size(); ++i) {
    CS_CHECK(follow_rotation(found, rotations[i], keys[i + 1]));
  }
  return found;
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
