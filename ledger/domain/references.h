// How commands and events point at things: a version of a table, a document.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/ids.h"

#include <cstdint>
#include <string>

namespace countersign::ledger {

struct VersionRef {
  std::uint32_t number = 0;  // of the table in this campaign, from 1
  Hash hash{};               // RFC 6962 head over the current item leaves, sorted by row key
  std::uint64_t rows = 0;
};

// A document, by the SHA-256 of its bytes; the ledger does not hold it.
struct DocumentRef {
  Hash hash{};
  std::string title;
};

}  // namespace countersign::ledger
