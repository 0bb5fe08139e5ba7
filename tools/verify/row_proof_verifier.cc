#include "tools/verify/row_proof_verifier.h"

#include "ledger/base/canonical_json.h"
#include "ledger/content/payload.h"
#include "ledger/merkle/tlog_proof.h"
#include "ledger/merkle/tree_hash.h"
#include "ledger/merkle/verify_proof.h"

#include <algorithm>
#include <initializer_list>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Hash;
using ledger::LeafIndex;
using ledger::Result;
using nlohmann::json;

namespace {

constexpr std::string_view kFormat = "countersign-row-proof-1";

Error broken(std::string what) { return {Errc::unauthorized, std::move(what)}; }

enum class Kind : std::uint8_t { text, text_or_null, number, list, object_or_null };

bool is_of(const json& value, Kind kind) {
  switch (kind) {
    case Kind::text:
      return value.is_string();
    case Kind::text_or_null:
      return value.is_string() || value.is_null();
    case Kind::number:
      return value.is_number_unsigned();
    case Kind::list:
      return value.is_array();
    case Kind::object_or_null:
      return value.is_object() || value.is_null();
  }
  return false;
}

// That `value` is an object with exactly these members, and perhaps `optional`: nothing may stand in
// a proof that its verifier does not look at.
Result<void> has_members(const json& value, const std::string& what,
                         std::initializer_list<std::pair<const char*, Kind>> members,
                         std::optional<std::pair<const char*, Kind>> optional = {}) {
  if (!value.is_object()) return Error{Errc::malformed, what + " is not an object"};
  for (const auto& [name, kind] : members) {
    const auto found = value.find(name);
    if (found == value.end() || !is_of(*found, kind)) {
      return Error{Errc::malformed, what + " lacks \"" + name + "\" or has it of another type"};
    }
  }
  std::size_t known = members.size();
  if (optional && value.contains(optional->first)) {
    ++known;
    if (!is_of(value[optional->first], optional->second)) {
      return Error{Errc::malformed,
                   what + " has \"" + optional->first + "\" of another type"};
    }
  }
  if (value.size() != known) {
    return Error{Errc::malformed, what + " has a member that the format does not know"};
  }
  return {};
}

// Lower-case hexadecimal, so that no two texts denote one hash.
std::optional<Hash> hash_of(const json& text) {
  if (!text.is_string()) return std::nullopt;
  const auto hash = ledger::hash_from_hex(text.get<std::string>());
  if (!hash || ledger::to_hex(*hash) != text.get<std::string>()) return std::nullopt;
  return *hash;
}

std::optional<std::vector<Hash>> path_of(const json& list) {
  std::vector<Hash> path;
  for (const json& text : list) {
    const auto hash = hash_of(text);
    if (!hash) return std::nullopt;
    path.push_back(*hash);
  }
  return path;
}

// A member of a header or item; null if there is none.
json member(const json& object, const char* name) {
  return object.is_object() ? object.value(name, json()) : json();
}

class RowProofVerifier {
 public:
  RowProofVerifier(RowProofReport& report, const ledger::NoteVerifier& key,
                   const TrustedKeys& trusted, const json& document)
      : report_(report), key_(key), trusted_(trusted), document_(document) {}

  // The detail of an error says what does not hold; at() of which entry.
  Result<void> run() {
    CS_CHECK(checkpoint());
    const json& changes = document_["row_changes"];
    if (changes.empty()) return broken("it shows no change");
    if (!report_.all_changes && changes.size() != 1) {
      return broken("it claims to show one change and shows " + std::to_string(changes.size()));
    }
    for (const json& one : changes) CS_CHECK(change(one));
    at_.reset();
    if (report_.column && !column_seen_) {
      return broken("no change it shows has the column it names");
    }
    if (const json& one = document_["version"]; !one.is_null()) CS_CHECK(version(one));
    if (const json one = member(document_, "attested"); !one.is_null()) CS_CHECK(attested(one));
    return {};
  }

  std::optional<LeafIndex> at() const { return at_; }

 private:
  Result<void> checkpoint() {
    const auto opened = trusted_.open(document_["checkpoint"].get<std::string>(), key_);
    if (!opened) return broken("the checkpoint does not verify: " + opened.error().detail);
    if (opened->origin != report_.verified.origin) {
      return broken("the checkpoint is of another origin");
    }
    checkpoint_ = *opened;
    report_.as_of = opened->tree_size;
    return {};
  }

  // From the header to the signed checkpoint. Returns the header.
  Result<json> entry(const json& one, const char* type) {
    const auto index = one["index"].get<LeafIndex>();
    at_ = index;
    ++report_.verified.entries;
    const std::string text = one["header"].get<std::string>();
    const auto header = ledger::parse_canonical(text);
    if (!header || member(*header, "index") != index) {
      return broken("its header is not canonical or names another index");
    }
    const std::string proof = one["proof"].get<std::string>();
    const auto parsed = ledger::parse_tlog_proof(proof);
    if (!parsed || parsed->index != index || parsed->text() != proof) {
      return broken("its receipt does not read or is of another entry");
    }
    if (parsed->checkpoint != document_["checkpoint"]) {
      return broken("its receipt leads to another checkpoint");
    }
    if (!ledger::verify_inclusion(ledger::hash_leaf(ledger::as_bytes(text)), index,
                                  checkpoint_.tree_size, parsed->path, checkpoint_.root_hash)) {
      return broken("its header does not stand under the signed checkpoint");
    }
    for (const char* name : {"origin", "campaign", "table"}) {
      if (member(*header, name) != document_[name]) {
        return broken(std::string("its header names another ") + name);
      }
    }
    if (member(*header, "type") != type) {
      return broken(std::string("it is not of the type ") + type);
    }
    return *header;
  }

  // From the item to the header's commitment. Returns the item.
  Result<json> item(const json& one, const json& commitment) {
    ++report_.verified.items;
    const std::string text = one["item"].get<std::string>();
    const auto salt = ledger::from_base64(one["salt"].get<std::string>());
    ledger::Salt bytes{};
    if (!salt || salt->size() != bytes.size()) return broken("its salt does not read");
    std::ranges::copy(*salt, bytes.begin());
    leaf_ = ledger::item_leaf(bytes, text);
    const auto path = path_of(one["item_path"]);
    if (!path) return broken("its item's path does not read");
    if (member(commitment, "count") != one["item_count"]) {
      return broken("it names another number of items than its header commits to");
    }
    const auto root = hash_of(member(commitment, "root"));
    if (!root || !ledger::verify_inclusion(leaf_, one["item_index"].get<std::uint64_t>(),
                                           one["item_count"].get<std::uint64_t>(), *path, *root)) {
      return broken("its item, salt or path differs from what its header commits to");
    }
    const auto parsed = ledger::parse_canonical(text);
    if (!parsed || member(*parsed, "kind") != "row" || member(*parsed, "key") != report_.row ||
        member(*parsed, "table") != report_.table) {
      return broken("its item is not a change of this row");
    }
    return *parsed;
  }

  Result<void> change(const json& one) {
    CS_CHECK(has_members(one, "a change",
                         {{"header", Kind::text},
                          {"index", Kind::number},
                          {"item", Kind::text},
                          {"item_count", Kind::number},
                          {"item_index", Kind::number},
                          {"item_path", Kind::list},
                          {"proof", Kind::text},
                          {"salt", Kind::text}}));
    CS_TRY(const json header, entry(one, "rows.changed"));
    CS_TRY(const json row, item(one, member(header, "payload")));
    const json prev = member(row, "prev");
    if (report_.all_changes && !row.contains("prev")) {
      return broken("its item does not say which change it follows");
    }
    if (report_.all_changes && report_.changes.empty() && !prev.is_null()) {
      return broken("it is not the row's first change: it follows another that is not shown");
    }
    if (!report_.changes.empty() && prev != report_.changes.back().index) {
      return broken("it does not follow the change shown before it: one is missing or too many");
    }
    if (!prev.is_null() && (!prev.is_number_unsigned() || prev.get<LeafIndex>() >= *at_)) {
      return broken("it follows a change that is not before it");
    }
    const json op = member(row, "op");
    const json cells = member(row, "cells");
    if ((op != "put" && op != "remove") || !cells.is_object()) {
      return broken("its item does not say what became of the row");
    }
    RowProofReport::Change shown;
    shown.index = *at_;
    shown.removed = op == "remove";
    const json account = member(member(header, "actor"), "account");
    if (account.is_string()) shown.account = account.get<std::string>();
    const json received = member(header, "received_at");
    if (received.is_string()) shown.received_at = received.get<std::string>();
    if (report_.column) {
      column_seen_ = column_seen_ || cells.contains(*report_.column);
      const json value = member(cells, report_.column->c_str());
      if (value.is_string()) shown.value = value.get<std::string>();
    }
    report_.changes.push_back(std::move(shown));
    return {};
  }

  // That the table's submitted content holds the last change as the row's.
  Result<void> version(const json& one) {
    CS_CHECK(has_members(one, "the version",
                         {{"header", Kind::text},
                          {"index", Kind::number},
                          {"proof", Kind::text},
                          {"row_index", Kind::number},
                          {"row_path", Kind::list}}));
    CS_TRY(const json header, entry(one, "table.submitted"));
    const RowProofReport::Change& last = report_.changes.back();
    if (*at_ <= last.index) return broken("it was submitted before the last change");
    if (last.removed || !report_.all_changes) {
      return broken("no version can hold what is shown of the row");
    }
    const json named = member(member(header, "data"), "version");
    const json number = member(named, "number");
    const json rows = member(named, "rows");
    const auto hash = hash_of(member(named, "hash"));
    const auto path = path_of(one["row_path"]);
    if (!hash || !path || !number.is_number_unsigned() || !rows.is_number_unsigned()) {
      return broken("its version does not read");
    }
    if (!ledger::verify_inclusion(leaf_, one["row_index"].get<std::uint64_t>(),
                                  rows.get<std::uint64_t>(), *path, *hash)) {
      return broken("the last change does not belong to the content that was submitted");
    }
    report_.version = {*at_, number.get<std::uint64_t>()};
    at_.reset();
    return {};
  }

  // That the table's attestation holds the last change as the row's last. A removal may be.
  Result<void> attested(const json& one) {
    CS_CHECK(has_members(one, "the attestation",
                         {{"header", Kind::text},
                          {"index", Kind::number},
                          {"proof", Kind::text},
                          {"row_index", Kind::number},
                          {"row_path", Kind::list}}));
    CS_TRY(const json header, entry(one, "table.attested"));
    if (!report_.all_changes) return broken("it is not of all changes of a row");
    if (*at_ <= report_.changes.back().index) return broken("it stands before the last change");
    const json heads = member(member(header, "data"), "heads");
    const json rows = member(heads, "rows");
    const auto hash = hash_of(member(heads, "hash"));
    const auto path = path_of(one["row_path"]);
    const json at = member(header, "sequenced_at");
    if (!hash || !path || !rows.is_number_unsigned() || !at.is_string()) {
      return broken("its attestation does not read");
    }
    if (!ledger::verify_inclusion(leaf_, one["row_index"].get<std::uint64_t>(),
                                  rows.get<std::uint64_t>(), *path, *hash)) {
      return broken("the last change shown is not the row's last when the table was attested");
    }
    report_.attested = {*at_, at.get<std::string>()};
    at_.reset();
    return {};
  }

  RowProofReport& report_;
  const ledger::NoteVerifier& key_;
  const TrustedKeys& trusted_;
  const json& document_;
  ledger::Checkpoint checkpoint_;
  Hash leaf_{};  // of the last change's item
  bool column_seen_ = false;
  std::optional<LeafIndex> at_;
};

}  // namespace

bool is_row_proof(std::istream& file) {
  // Inside a text the quotes would be escaped, so these bytes are a member and its value.
  const std::string wanted = "\"format\":\"" + std::string(kFormat) + "\"";
  std::string beginning(64 << 10, '\0');
  file.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  beginning.resize(static_cast<std::size_t>(file.gcount()));
  file.clear();
  file.seekg(0);
  return beginning.starts_with('{') && beginning.find(wanted) != std::string::npos;
}

Result<RowProofReport> verify_row_proof(std::string_view text, const TrustedKeys& trusted) {
  const auto document = ledger::parse_canonical(text);
  if (!document || member(*document, "format") != kFormat) {
    return Error{Errc::malformed, "not a row proof, or not in canonical form"};
  }
  CS_CHECK(has_members(*document, "the proof",
                       {{"campaign", Kind::text},
                        {"checkpoint", Kind::text},
                        {"claim", Kind::text},
                        {"column", Kind::text_or_null},
                        {"format", Kind::text},
                        {"origin", Kind::text},
                        {"row", Kind::text},
                        {"row_changes", Kind::list},
                        {"table", Kind::text},
                        {"verifier_key", Kind::text},
                        {"version", Kind::object_or_null}},
                       // Files from before there were attestations lack it.
                       {{"attested", Kind::object_or_null}}));
  const auto text_of = [&document](const char* name) {
    return (*document)[name].get<std::string>();
  };
  RowProofReport report;
  const std::string claim = text_of("claim");
  if (claim != "all_changes" && claim != "one_change") {
    return Error{Errc::malformed, "the proof claims what the format does not know"};
  }
  report.all_changes = claim == "all_changes";
  report.campaign = text_of("campaign");
  report.table = text_of("table");
  report.row = text_of("row");
  if ((*document)["column"].is_string()) report.column = text_of("column");
  report.verified.origin = text_of("origin");
  report.verified.checkpoint = text_of("checkpoint");
  report.verified.verifier_key = trusted.key_for(text_of("verifier_key"));
  CS_TRY(const auto key, ledger::NoteVerifier::from_vkey(report.verified.verifier_key));
  if (key.vkey() != text_of("verifier_key")) {
    report.verified.finding = {std::nullopt, "it names another verifier key than the one trusted"};
    return report;
  }
  RowProofVerifier verifier(report, key, trusted, *document);
  const auto done = verifier.run();
  if (!done && done.error().code == Errc::malformed) return done.error();
  if (!done) report.verified.finding = {verifier.at(), done.error().detail};
  return report;
}

std::string row_proof_text(const RowProofReport& report, bool trusted) {
  const auto quoted = [](const std::string& text) { return json(text).dump(); };
  const VerifyReport& verified = report.verified;
  std::string out = "origin   " + verified.origin + "\nkey      " + verified.verifier_key +
                    (trusted ? "" : " (the file's own: compare it with a copy you trust)") +
                    "\nrow      " + quoted(report.row) + " of " + quoted(report.table) +
                    ", campaign " + quoted(report.campaign) + "\n";
  if (verified.finding) {
    out += "NOT VERIFIED";
    if (verified.finding->index) {
      out += ": first bad entry " + std::to_string(*verified.finding->index);
    }
    return out + ": " + verified.finding->what + "\n";
  }
  for (const auto& change : report.changes) {
    out += "entry    " + std::to_string(change.index) + " by " + quoted(change.account) + " at " +
           quoted(change.received_at) + ": row " + (change.removed ? "removed" : "put");
    if (report.column && !change.removed) {
      out +=
          ", " + quoted(*report.column) + " = " + (change.value ? quoted(*change.value) : "none");
    }
    out += "\n";
  }
  const std::string under =
      "under the signed checkpoint of " + std::to_string(report.as_of) + " entries\n";
  const std::string last = std::to_string(report.changes.back().index);
  if (!report.all_changes) {
    return out + "verified: this change of the row stands " + under +
           "not proved: what the row said before it, and what became of it since\n";
  }
  out += "verified: these are the row's changes from its first to entry " + last +
         ", each following the one before without a gap, all " + under;
  if (report.version) {
    out += "verified: the last of them was the row's content in version " +
           std::to_string(report.version->number) + ", submitted with entry " +
           std::to_string(report.version->submission) + "\n";
  }
  if (report.attested) {
    return out + "verified: these are all changes of the row up to entry " +
           std::to_string(report.attested->entry) + " at " + quoted(report.attested->at) +
           ", which attests the last change of every row of the table: entry " + last +
           " was this row's last then\n"
           "not proved: what became of the row since; that the attestation is true, for which the "
           "service answers with its signature, and which the log with its items would show\n";
  }
  return out +
         "not proved: that no other entry changes the row; a later proof of it, or the log with "
         "its items, would show one that does\n";
}

}  // namespace countersign::tools
