// {title, hash}: a document that the ledger cites and does not hold.
#pragma once

#include "api/wire/body.h"
#include "ledger/domain/commands.h"

#include <string>

namespace countersign::api {

// Reads the member `name`; a problem is noted in `body`.
ledger::DocumentRef document_of(BodyReader& body, const std::string& name);

}  // namespace countersign::api
