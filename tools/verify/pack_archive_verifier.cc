#include "tools/verify/pack_archive_verifier.h"

#include "ledger/base/canonical_json.h"
#include "ledger/base/zip_archive.h"
#include "ledger/content/pack_statement.h"
#include "ledger/crypto/sha256.h"
#include "ledger/merkle/checkpoint.h"

#include <algorithm>
#include <array>
#include <optional>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::ArchiveFiles;
using ledger::Errc;
using ledger::Error;
using ledger::LeafIndex;
using ledger::Result;
using nlohmann::json;

namespace {

constexpr std::string_view kArchiveFormat = "countersign-evidence-pack-1";
constexpr std::string_view kBeginning("PK\x03\x04", 4);
constexpr const char* kManifest = "manifest.json";
constexpr const char* kNote = "manifest.note";
constexpr const char* kEvidence = "evidence.json";
constexpr const char* kCheckpoint = "checkpoint.txt";
constexpr const char* kLogKeys = "log-keys.json";
constexpr std::string_view kSignatures = "signatures/";
constexpr auto kMembers = std::to_array<const char*>(
    {"basis", "channel", "checkpoint", "export_entry", "files", "format", "kind", "made_at",
     "made_by", "origin", "receiver", "subject", "verifier_key"});

// What does not hold, as an error: the callers make it the finding.
Error wrong(std::string what) { return {Errc::unauthorized, std::move(what)}; }

std::string text_or_empty(const json& value) {
  return value.is_null() ? std::string() : value.get<std::string>();
}

// Throws json::exception where the manifest lacks a member or has one of another type.
class PackArchiveVerifier {
 public:
  PackArchiveVerifier(PackArchiveReport& report, const ArchiveFiles& files)
      : report_(report), files_(files) {}

  Result<void> run(const TrustedKeys& trusted, const WitnessDemand& demand,
                   const std::string& authorities) {
    CS_TRY(const json manifest, signed_manifest(trusted));
    CS_CHECK(files_are_those_of(manifest.at("files")));
    if (!files_.contains(kEvidence)) return wrong("the manifest names no evidence.json");
    CS_CHECK(follow_keys(trusted));
    // From here on the pack's own report holds what is known.
    VerifyReport known = std::move(report_.pack.verified);
    auto pack = verify_pack(files_.at(kEvidence), keys_);
    if (!pack) {
      report_.pack.verified = std::move(known);
      return wrong("evidence.json: " + pack.error().detail);
    }
    report_.pack = std::move(*pack);
    if (auto& finding = report_.pack.verified.finding) {
      finding->what = "evidence.json: " + finding->what;
      return {};
    }
    if (report_.pack.verified.origin != known.origin) {
      return wrong("evidence.json is of another origin than the manifest");
    }
    CS_CHECK(subject_agrees(manifest));
    CS_CHECK(checkpoint_agrees(manifest.at("checkpoint")));
    CS_CHECK(signed_in_its_time());
    CS_CHECK(signatures_agree());
    CS_TRY(const auto key, ledger::NoteVerifier::from_vkey(report_.pack.verified.verifier_key));
    CS_TRY(report_.timestamps,
           judge_pack_timestamps(files_, keys_.history().value_or(ledger::LogKeys(key)),
                                 checkpoint_, report_.pack.received, authorities));
    if (demand.asked()) {
      CS_TRY(report_.pack.verified.witnesses,
             judge_cosignatures(files_.at(kCheckpoint), demand));
      report_.pack.verified.cosigned = checkpoint_.tree_size;
    }
    return {};
  }

 private:
  // A pack sealed before the log replaced its key is signed with the key of then, to which the one
  // that signed the manifest leads; by the reader's own history, if there is one, for whoever stole
  // a key that was replaced writes the pack's.
  Result<void> follow_keys(const TrustedKeys& trusted) {
    const std::string& signed_with = report_.pack.verified.verifier_key;
    keys_ = TrustedKeys(signed_with);
    if (const auto file = files_.find(kLogKeys); file != files_.end()) {
      auto led_to = TrustedKeys::read(signed_with, file->second);
      if (!led_to) return wrong(std::string(kLogKeys) + ": " + led_to.error().detail);
      keys_ = std::move(*led_to);
    }
    if (trusted.history()) keys_ = trusted;
    return {};
  }

  // By the key that was in force under the checkpoint, or a later one.
  Result<void> signed_in_its_time() {
    if (!keys_.history()) return {};
    const auto all = keys_.history()->all();
    const auto signed_with = std::ranges::find_if(all, [&](const auto& key) {
      return key.vkey() == report_.pack.verified.verifier_key;
    });
    if (signed_with == all.end()) return wrong("manifest.note is signed with no key of the log");
    report_.key_replaced = signed_with + 1 != all.end();
    const auto in_force = keys_.history()->at(checkpoint_.tree_size).data() - all.data();
    if (signed_with - all.begin() >= in_force) return {};
    return wrong("manifest.note is signed with a key that the log had replaced at so many entries");
  }

  // The manifest, once the key has signed it.
  Result<json> signed_manifest(const TrustedKeys& trusted) {
    const std::string& text = files_.at(kManifest);
    const auto manifest = ledger::parse_canonical(text);
    if (!manifest || !manifest->is_object() || manifest->value("format", json()) != kArchiveFormat) {
      return wrong("manifest.json is not one of this format, or not in canonical form");
    }
    for (const char* name : kMembers) {
      if (!manifest->contains(name)) return wrong(std::string("manifest.json lacks ") + name);
    }
    if (manifest->size() != kMembers.size()) {
      return wrong("manifest.json has a member that the format does not know");
    }
    VerifyReport& verified = report_.pack.verified;
    verified.origin = manifest->at("origin").get<std::string>();
    const std::string own_key = manifest->at("verifier_key").get<std::string>();
    verified.verifier_key = trusted.key_for(own_key);
    CS_TRY(const auto key, ledger::NoteVerifier::from_vkey(verified.verifier_key));
    if (!files_.contains(kNote)) return wrong("manifest.note is missing");
    const auto hash = ledger::open_pack_statement(files_.at(kNote), key);
    if (!hash) return wrong("manifest.note does not verify: " + hash.error().detail);
    if (*hash != ledger::sha256(ledger::as_bytes(text))) {
      return wrong("manifest.json is not the one that manifest.note signs");
    }
    if (verified.origin != key.name() || own_key != key.vkey()) {
      return wrong("manifest.json names another origin or verifier key than the one that signed");
    }
    report_.kind = manifest->at("kind").get<std::string>();
    report_.made_at = manifest->at("made_at").get<std::string>();
    report_.made_by = manifest->at("made_by").get<std::string>();
    report_.receiver = text_or_empty(manifest->at("receiver"));
    report_.basis = text_or_empty(manifest->at("basis"));
    if (!manifest->at("export_entry").is_number_unsigned()) {
      return wrong("manifest.json names no export entry");
    }
    report_.export_entry = manifest->at("export_entry").get<LeafIndex>();
    return *manifest;
  }

  // Every file of the list is there as it says, in order of names, and no other but the two that
  // cannot stand in it.
  Result<void> files_are_those_of(const json& list) {
    std::string before;
    for (const json& one : list) {
      const std::string name = one.at("name").get<std::string>();
      if (!ledger::is_archive_name(name)) return wrong("the manifest has a name that is none");
      if (name == kManifest || name == kNote) return wrong("the manifest names itself");
      if (!before.empty() && name <= before) {
        return wrong(name + ": the manifest names it twice or out of order");
      }
      const auto found = files_.find(name);
      if (found == files_.end()) return wrong(name + " is missing, and the manifest names it");
      if (one.at("bytes") != found->second.size() ||
          one.at("sha256") != ledger::to_hex(ledger::sha256(ledger::as_bytes(found->second)))) {
        return wrong(name + " is not the file that the manifest names");
      }
      before = name;
      ++report_.files;
    }
    // Names ascend and all are there, so another number means that there is one more.
    if (files_.size() == report_.files + 2) return {};
    for (const auto& file : files_) {
      const std::string& name = file.first;
      const bool listed = std::any_of(list.begin(), list.end(),
                                      [&](const json& one) { return one.at("name") == name; });
      if (name != kManifest && name != kNote && !listed) {
        return wrong(name + " is there, and the manifest does not name it");
      }
    }
    return {};
  }

  Result<void> subject_agrees(const json& manifest) const {
    const PackReport& pack = report_.pack;
    const char* kind = pack.of_case ? "case" : pack.table.empty() ? "department" : "table";
    const json subject = {{"campaign", pack.campaign},
                          {"department", pack.department},
                          {"case", pack.of_case ? json(*pack.of_case) : json()},
                          {"table", pack.table.empty() ? json() : json(pack.table)}};
    if (manifest.at("kind") == kind && manifest.at("subject") == subject) return {};
    return wrong("evidence.json is about something else than the manifest says");
  }

  Result<void> checkpoint_agrees(const json& head) {
    CS_TRY(checkpoint_, ledger::parse_checkpoint_note(report_.pack.verified.checkpoint));
    if (head.at("size") != checkpoint_.tree_size ||
        head.at("root") != ledger::to_hex(checkpoint_.root_hash)) {
      return wrong("evidence.json is under another checkpoint than the manifest says");
    }
    if (!files_.contains(kCheckpoint)) return wrong("the manifest names no checkpoint.txt");
    CS_TRY(const auto key, ledger::NoteVerifier::from_vkey(report_.pack.verified.verifier_key));
    const auto opened = keys_.open(files_.at(kCheckpoint), key);
    if (!opened) return wrong("checkpoint.txt does not verify: " + opened.error().detail);
    if (*opened != checkpoint_) return wrong("checkpoint.txt is not the checkpoint of evidence.json");
    return {};
  }

  // The notes as files are those that the entries hold, each of them and no other.
  Result<void> signatures_agree() const {
    std::size_t held = 0;
    for (const auto& [index, note] : report_.pack.sign_offs) {
      const std::string name = std::string(kSignatures) + std::to_string(index) + ".txt";
      const auto found = files_.find(name);
      if (found == files_.end()) {
        return wrong(name + " is missing, and evidence.json holds that sign-off");
      }
      if (found->second != note) return wrong(name + " is not the sign-off that its entry holds");
      ++held;
    }
    std::size_t there = 0;
    for (const auto& [name, bytes] : files_) there += name.starts_with(kSignatures) ? 1u : 0u;
    if (there == held) return {};
    return wrong("signatures/ holds a note that no entry of evidence.json does");
  }

  PackArchiveReport& report_;
  const ArchiveFiles& files_;
  TrustedKeys keys_;  // that evidence.json may be signed with
  ledger::Checkpoint checkpoint_;
};

}  // namespace

bool is_pack_archive(std::istream& file) {
  std::string read(kBeginning.size(), '\0');
  file.read(read.data(), static_cast<std::streamsize>(read.size()));
  file.clear();
  file.seekg(0);
  return read == kBeginning;
}

Result<PackArchiveReport> verify_pack_archive(std::string_view bytes,
                                              const TrustedKeys& trusted,
                                              const WitnessDemand& demand,
                                              const std::string& authorities) {
  CS_TRY(const ArchiveFiles files,
         ledger::read_zip(bytes, {kPackFilesMax, kPackFileBytesMax, kPackBytesMax}));
  if (!files.contains(kManifest)) {
    return Error{Errc::malformed, "the archive is no pack of evidence: it has no manifest.json"};
  }
  PackArchiveReport report;
  auto& finding = report.pack.verified.finding;
  try {
    PackArchiveVerifier verifier(report, files);
    const auto done = verifier.run(trusted, demand, authorities);
    if (!done && !finding) finding = {std::nullopt, done.error().detail};
  } catch (const json::exception&) {
    finding = {std::nullopt, "manifest.json lacks a member or has one of another type"};
  }
  return report;
}

std::string pack_archive_text(const PackArchiveReport& report, bool trusted) {
  const auto quoted = [](const std::string& text) { return json(text).dump(); };
  const VerifyReport& verified = report.pack.verified;
  std::string out = "origin   " + verified.origin + "\nkey      " + verified.verifier_key +
                    (trusted ? "" : " (the file's own: compare it with a copy you trust)") +
                    (report.key_replaced ? " (replaced since: whoever stole it could have written "
                                           "the HTML pages anew)"
                                         : "") +
                    "\n";
  if (verified.finding) {
    out += "NOT VERIFIED";
    if (verified.finding->index) {
      out += ": first bad entry " + std::to_string(*verified.finding->index);
    }
    return out + ": " + verified.finding->what + "\n";
  }
  out += "about    " + report.kind + " of " + quoted(report.pack.department) +
         (report.pack.of_case ? ", case " + std::to_string(*report.pack.of_case) : "") +
         (report.pack.table.empty() ? "" : ", table " + quoted(report.pack.table)) +
         "\nmade     " + quoted(report.made_at) + " by " + quoted(report.made_by) +
         ", recorded as entry " + std::to_string(report.export_entry) +
         (report.receiver.empty() ? "" : ", for " + quoted(report.receiver)) +
         (report.basis.empty() ? "" : ", on " + quoted(report.basis)) + "\nfiles    " +
         std::to_string(report.files) + "\nsha256   " + report.pack.sha256 +
         " (evidence.json; of a case, the hash in the entry that sealed it)\nentries  " +
         std::to_string(verified.entries) + "\nitems    " + std::to_string(verified.items) +
         ", of these " + std::to_string(verified.withheld) + " withheld\nsigned   " +
         std::to_string(report.pack.sign_offs.size()) + " sign-offs, each by the key in its entry\n";
  if (const PackTimestamps& stamps = report.timestamps; stamps.tokens > 0) {
    out += "stamped  " + std::to_string(stamps.tokens) + " tokens" +
           (stamps.judged ? ", by which " + std::to_string(stamps.covered) +
                                " of the entries existed when they say\n"
                          : ", not judged: --timestamp-ca names those who vouch for the authority\n");
  }
  if (!verified.witnesses.empty()) {
    out += "cosigned by";
    for (const std::string& name : verified.witnesses) out += " " + name;
    out += ": the first " + std::to_string(verified.cosigned) + " entries\n";
  }
  return out +
         "verified: the log's key signed the manifest, every file is the one it names, every entry "
         "stands under the signed checkpoint, and every item shown under its entry\n"
         "not proved: that nothing else happened; and of the HTML pages only that the service "
         "wrote them\n";
}

}  // namespace countersign::tools
