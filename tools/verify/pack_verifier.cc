#include "tools/verify/pack_verifier.h"

#include "ledger/base/canonical_json.h"
#include "ledger/crypto/sha256.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"
#include "tools/verify/item_leaves.h"
#include "tools/verify/key_history.h"
#include "tools/verify/sign_off_judge.h"

#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::LeafIndex;
using ledger::Result;
using nlohmann::json;

namespace {

constexpr std::string_view kFormat = "countersign-pack-1";

// A person and their public key, as headers write them.
using PersonKey = std::pair<std::string, std::string>;

std::optional<LeafIndex> index_of(const json& value) {
  if (!value.is_number_unsigned()) return std::nullopt;
  return value.get<LeafIndex>();
}

class PackVerifier {
 public:
  PackVerifier(PackReport& pack, ledger::NoteVerifier key, const TrustedKeys& trusted)
      : pack_(pack), report_(pack.verified), key_(std::move(key)), trusted_(trusted) {}

  // Throws json::exception where a member is missing or of another type.
  void verify(const json& pack) {
    checkpoint(pack.at("checkpoint").get<std::string>());
    for (const json& one : pack.at("entries")) entry(one);
    for (const json& fact : pack.at("facts")) fact_entries(fact);
    for (const json& excuse : pack.at("excuses")) {
      named(excuse.at("index"), "an excuse");
      if (!excuse.at("answer").is_null()) named(excuse["answer"].at("index"), "an answer");
    }
    for (const json& task : pack.at("deadlines")) {
      for (const json& move : task.at("due_moves")) named(move.at("index"), "a deadline");
      for (const json& one : task.at("statements")) named(one.at("index"), "a deadline");
    }
    for (const json& one : pack.at("history")) named(one.at("index"), "the history");
    for (const auto& [index, key] : signed_) enrolled_before(index, key);
  }

  void found(std::optional<LeafIndex> index, std::string what) {
    if (!report_.finding) report_.finding = {index, std::move(what)};
  }

 private:
  void checkpoint(const std::string& note) {
    const auto opened = trusted_.open(note, key_);
    if (!opened) {
      return found(std::nullopt, "the checkpoint does not verify: " + opened.error().detail);
    }
    checkpoint_ = *opened;
    if (opened->origin != report_.origin) {
      found(std::nullopt, "the checkpoint is of another origin");
    }
  }

  void entry(const json& one) {
    ++report_.entries;
    const auto number = index_of(one.at("index"));
    if (!number) return found(std::nullopt, "an entry names no index");
    const LeafIndex index = *number;
    if (!indices_.insert(index).second) return found(index, "it stands there twice");
    const std::string text = one.at("header").get<std::string>();
    const auto header = ledger::parse_canonical(text);
    if (!header || header->value("index", json()) != index) {
      return found(index, "its header is not canonical or names another index");
    }
    if (header->at("origin") != report_.origin) {
      return found(index, "its header names another origin");
    }
    const auto leaves = item_leaves(one.at("items"), header->at("payload"));
    if (const auto* wrong = std::get_if<std::string>(&leaves)) return found(index, *wrong);
    report_.items += std::get<ItemLeaves>(leaves).leaves.size();
    report_.withheld += std::get<ItemLeaves>(leaves).withheld;
    const std::string proof = one.at("proof").get<std::string>();
    const auto parsed = ledger::parse_tlog_proof(proof);
    if (!parsed || parsed->index != index) {
      return found(index, "its receipt does not read or is of another entry");
    }
    const auto under =
        ledger::verify_tlog_proof(proof, ledger::hash_leaf(ledger::as_bytes(text)), key_);
    if (!under) return found(index, "its receipt does not hold: " + under.error().detail);
    if (*under != checkpoint_) found(index, "its receipt leads to another checkpoint");
    pack_.received.emplace(index, header->at("received_at").get<std::string>());
    enrolment(index, text, *header);
    sign_offs(index, *header, one.at("items"));
  }

  void enrolment(LeafIndex index, const std::string& text, const json& header) {
    if (!is_about_keys(header.at("type").dump())) return;
    auto act = read_key_act(text, {}, /*withheld=*/1);  // sign_offs() judges what is shown
    if (auto* wrong = std::get_if<std::string>(&act)) return found(index, std::move(*wrong));
    const KeyAct& said = std::get<KeyAct>(act);
    if (said.kind == KeyAct::Kind::enrols) {
      enrolled_.emplace(PersonKey(said.person, said.public_key), index);
    }
  }

  void enrolled_before(LeafIndex index, const PersonKey& key) {
    const auto entries = enrolled_.equal_range(key);
    for (auto one = entries.first; one != entries.second; ++one) {
      if (one->second < index) return;
    }
    found(index, "no entry before it in the pack enrols the key of its sign-off");
  }

  void sign_offs(LeafIndex index, const json& header, const json& items) {
    std::vector<std::string_view> texts;
    for (const json& shown : items) {
      if (shown.contains("item")) texts.push_back(shown.at("item").get_ref<const std::string&>());
    }
    auto notes = judge_sign_offs(header, texts);
    if (auto* wrong = std::get_if<std::string>(&notes)) return found(index, std::move(*wrong));
    for (std::string& note : std::get<std::vector<std::string>>(notes)) {
      if (!pack_.sign_offs.emplace(index, std::move(note)).second) {
        return found(index, "it holds two sign-offs");
      }
      signed_.emplace(index, PersonKey(header.at("actor").at("person").get<std::string>(),
                                       header.at("data").at("signature").at("public_key")
                                           .get<std::string>()));
    }
  }

  void fact_entries(const json& fact) {
    const std::string what = "fact " + fact.at("id").get<std::string>();
    for (const json& index : fact.at("entries")) named(index, what);
    for (const json& charge : fact.at("charges")) {
      for (const json& index : charge.at("entries")) named(index, what);
    }
    for (const json& act : fact.at("acts")) named(act.at("index"), what);
  }

  void named(const json& index, const std::string& by) {
    const auto wanted = index_of(index);
    if (!wanted) return found(std::nullopt, by + " names no entry");
    if (!indices_.contains(*wanted)) found(*wanted, "it is missing, and " + by + " names it");
  }

  PackReport& pack_;
  VerifyReport& report_;
  const ledger::NoteVerifier key_;
  const TrustedKeys& trusted_;
  ledger::Checkpoint checkpoint_;
  std::set<LeafIndex> indices_;
  std::multimap<PersonKey, LeafIndex> enrolled_;
  std::map<LeafIndex, PersonKey> signed_;  // by which key, by entry
};

}  // namespace

bool is_pack(std::istream& file) {
  // The first member of a pack in canonical form; an export begins with another.
  constexpr std::string_view kBeginning = "{\"as_of\":";
  std::string read(kBeginning.size(), '\0');
  file.read(read.data(), static_cast<std::streamsize>(read.size()));
  file.clear();
  file.seekg(0);
  return read == kBeginning;
}

Result<PackReport> verify_pack(std::string_view text, const TrustedKeys& trusted) {
  PackReport report;
  report.sha256 = ledger::to_hex(ledger::sha256(ledger::as_bytes(text)));
  const auto pack = ledger::parse_canonical(text);
  const bool known = pack && pack->is_object() && pack->value("format", json()) == kFormat;
  if (!known) return Error{Errc::malformed, "not a pack of evidence, or not in canonical form"};
  try {
    VerifyReport& verified = report.verified;
    verified.origin = pack->at("origin").get<std::string>();
    verified.verifier_key = trusted.key_for(pack->at("verifier_key").get<std::string>());
    report.department = pack->at("department").at("id").get<std::string>();
    report.facts = pack->at("facts").size();
    report.campaign = pack->at("campaign").at("id").get<std::string>();
    report.table = pack->value("table", "");
    if (!pack->at("case").is_null()) report.of_case = index_of(pack->at("case").at("id"));
    verified.checkpoint = pack->at("checkpoint").get<std::string>();
    CS_TRY(auto key, ledger::NoteVerifier::from_vkey(verified.verifier_key));
    PackVerifier verifier(report, std::move(key), trusted);
    verifier.verify(*pack);
  } catch (const json::exception&) {
    return Error{Errc::malformed, "the pack lacks a member or has one of another type"};
  }
  return report;
}

}  // namespace countersign::tools
