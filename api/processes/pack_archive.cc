#include "api/processes/pack_archive.h"

#include "api/processes/log_keys.h"
#include "api/processes/pack_timestamps.h"
#include "api/wire/json_values.h"
#include "ledger/base/canonical_json.h"
#include "ledger/base/zip_archive.h"
#include "ledger/crypto/sha256.h"
#include "ledger/ledger.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/witness/cosigned_checkpoints.h"

#include <set>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::ArchiveFiles;
using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

struct PackArchive::Parsed {
  json pack;
  ledger::Checkpoint checkpoint;
  ArchiveFiles beside;  // what helps to judge it: the log's keys, time stamps
};

namespace {

// The sign-offs among the items that the pack shows.
void add_signatures(const json& pack, ArchiveFiles& files) {
  for (const json& entry : pack.at("entries")) {
    for (const json& shown : entry.at("items")) {
      if (!shown.contains("item")) continue;
      const json item = json::parse(shown["item"].get<std::string>());
      if (item.value("kind", "") != "sign_off") continue;
      files["signatures/" + entry.at("index").dump() + ".txt"] = item.at("note").get<std::string>();
    }
  }
}

std::set<ledger::LeafIndex> entries_of(const json& pack) {
  std::set<ledger::LeafIndex> entries;
  for (const json& one : pack.at("entries")) entries.insert(one.at("index").get<ledger::LeafIndex>());
  return entries;
}

json subject_of(const json& pack) {
  const json& of_case = pack.at("case");
  return {{"campaign", pack.at("campaign").at("id")},
          {"department", pack.at("department").at("id")},
          {"case", of_case.is_null() ? json() : of_case.at("id")},
          {"table", pack.value("table", json())}};
}

}  // namespace

Result<PackArchive> PackArchive::of(std::string evidence, const Services& services) {
  if (evidence.size() > kEvidenceBytesMax) {
    return Error{Errc::overloaded, "the pack is larger than one file may be"};
  }
  auto parsed = std::make_shared<Parsed>();
  CS_TRY(parsed->pack, ledger::parse_json(evidence));
  if (!parsed->pack.is_object() || !parsed->pack.contains("checkpoint")) {
    return Error{Errc::corrupt, "not a pack"};
  }
  CS_TRY(parsed->checkpoint,
         ledger::parse_checkpoint_note(parsed->pack["checkpoint"].get<std::string>()));
  // Sealed or not, some of what it shows may be signed with a key that the log had before.
  if (!services.ledger.log_key_rotations().empty()) {
    CS_TRY(parsed->beside["log-keys.json"], log_keys_document(services.ledger));
  }
  if (services.timestamps != nullptr) {
    CS_TRY(auto stamps, pack_timestamps(*services.timestamps, services.ledger.reader(),
                                        parsed->checkpoint.tree_size, entries_of(parsed->pack)));
    parsed->beside.merge(stamps);
  }
  return PackArchive(std::move(evidence), std::move(parsed));
}

std::string PackArchive::written(const Services& services, const PackOccasion& occasion,
                                 const ledger::CampaignDefinition& campaign) const {
  const json& pack = parsed_->pack;
  const std::string checkpoint = pack.at("checkpoint").get<std::string>();
  ArchiveFiles files = parsed_->beside;
  files["evidence.json"] = evidence_;
  files["checkpoint.txt"] = services.cosigned == nullptr
                                ? checkpoint
                                : services.cosigned->with_cosignatures(checkpoint);
  files["what-happened.zh.html"] = pack_html(pack, occasion, campaign, Language::zh);
  files["what-happened.en.html"] = pack_html(pack, occasion, campaign, Language::en);
  add_signatures(pack, files);

  json list = json::array();
  for (const auto& [name, bytes] : files) {
    list.push_back({{"name", name},
                    {"bytes", bytes.size()},
                    {"sha256", ledger::to_hex(ledger::sha256(ledger::as_bytes(bytes)))}});
  }
  const bool of_case = !pack.at("case").is_null();
  const ledger::Checkpoint& head = parsed_->checkpoint;
  const std::string manifest = ledger::canonical_text(
      {{"format", "countersign-evidence-pack-1"},
       {"kind", of_case ? "case" : pack.contains("table") ? "table" : "department"},
       {"subject", subject_of(pack)},
       {"origin", pack.at("origin")},
       {"verifier_key", services.ledger.verifier_key()},
       {"checkpoint", {{"size", head.tree_size}, {"root", ledger::to_hex(head.root_hash)}}},
       {"made_at", ledger::format_utc(occasion.at)},
       {"made_by", occasion.account},
       {"export_entry", occasion.entry},
       {"channel", text_or_null(occasion.channel)},
       {"receiver", text_or_null(occasion.receiver)},
       {"basis", text_or_null(occasion.basis)},
       {"files", std::move(list)}});
  files["manifest.note"] =
      services.ledger.sign_pack(ledger::sha256(ledger::as_bytes(manifest)));
  files["manifest.json"] = manifest;
  return ledger::write_zip(files);
}

}  // namespace countersign::api
