// What is shown of the key behind a signature, and of all keys of a person. A key is judged as it
// was when the signature was recorded; that it was revoked later is said, and changes nothing.
#pragma once

#include "api/routes/endpoint.h"
#include "ledger/domain/directory.h"

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

// Of the signature that entry `index` records of `person`:
//   {public_key, algorithm, held: device|service, enrolled_by, revoked}
// revoked: null, or {index, at, by_holder, note: {zh, en}}. Null when no key was present, which a
// ledger of this program does not record.
ledger::Result<nlohmann::json> signature_key(const ledger::Directory& directory,
                                             const Services& services,
                                             const ledger::PersonId& person,
                                             ledger::LeafIndex index);

// Adds "key" to every statement of a task as view_json.h writes it.
ledger::Result<void> add_signature_keys(nlohmann::json& task, const ledger::Directory& directory,
                                        const Services& services);

// All keys of a person, oldest first, with the instants of their entries and which one signs now.
// Labels are their holder's words: `labels` shows them.
ledger::Result<nlohmann::json> keys_of_person(const ledger::Directory& directory,
                                              const Services& services,
                                              const ledger::PersonId& person, bool labels);

}  // namespace countersign::api
