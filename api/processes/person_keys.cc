#include "api/processes/person_keys.h"

#include "ledger/base/key_algorithm.h"
#include "ledger/domain/events.h"
#include "ledger/ledger.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::KeyRecord;
using ledger::LeafIndex;
using ledger::Result;
using nlohmann::json;

namespace {

json key_json(const KeyRecord& key) {
  const auto algorithm = ledger::key_algorithm_of(key.public_key);
  return {{"public_key", ledger::to_base64(ledger::as_bytes(key.public_key))},
          {"algorithm", algorithm ? json(ledger::to_string(*algorithm)) : json()},
          {"held", key.service_held ? "service" : "device"},
          {"enrolled_by", key.enrolled_by},
          {"revoked", json()}};
}

Result<json> revocation_json(const KeyRecord& key, const Services& services) {
  if (!key.revoked_by) return json();
  CS_TRY(const auto entry, services.ledger.reader().event(*key.revoked_by));
  return json{{"index", *key.revoked_by},
              {"at", ledger::format_utc(entry.sequenced_at)},
              {"by_holder", key.revoked_by_holder}};
}

}  // namespace

Result<json> signature_key(const ledger::Directory& directory, const Services& services,
                           const ledger::PersonId& person, LeafIndex index) {
  const KeyRecord* key = directory.key_at(person, index);
  if (key == nullptr) return json();
  json out = key_json(*key);
  CS_TRY(json revoked, revocation_json(*key, services));
  if (!revoked.is_null()) {
    const std::string at = revoked.at("at");
    revoked["note"] = {{"zh", "密钥已于 " + at + " 吊销；此签名作于吊销之前，继续有效"},
                       {"en", "key revoked on " + at + "; this signature was made before and "
                              "stands"}};
  }
  out["revoked"] = std::move(revoked);
  return out;
}

Result<void> add_signature_keys(json& task, const ledger::Directory& directory,
                                const Services& services) {
  for (json& statement : task.at("statements")) {
    const ledger::PersonId person(statement.at("person").get<std::string>());
    CS_TRY(statement["key"], signature_key(directory, services, person,
                                           statement.at("index").get<LeafIndex>()));
  }
  return {};
}

Result<json> keys_of_person(const ledger::Directory& directory, const Services& services,
                            const ledger::PersonId& person, bool labels) {
  json list = json::array();
  const auto found = directory.keys.find(person);
  if (found == directory.keys.end()) return list;
  const KeyRecord* const present = directory.current_key(person);
  for (const KeyRecord& key : found->second) {
    json one = key_json(key);
    CS_TRY(const auto entry, services.ledger.reader().event(key.enrolled_by));
    one["enrolled_at"] = ledger::format_utc(entry.sequenced_at);
    one["signs"] = &key == present;
    CS_TRY(one["revoked"], revocation_json(key, services));
    if (const auto* enrolled = std::get_if<ledger::KeyEnrolled>(&entry.event)) {
      if (labels) one["label"] = enrolled->label;
      if (!enrolled->replaces.empty()) {
        one["co_signed_by"] = ledger::to_base64(ledger::as_bytes(enrolled->replaces));
      }
    }
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace countersign::api
