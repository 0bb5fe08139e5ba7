// Reads the header of a change of rows, which nearly every entry is, without building its JSON.
// Private to codecs.
#pragma once

#include "ledger/domain/event_codec.h"

#include <optional>
#include <string_view>

namespace countersign::ledger {

// None: it is another event's, or in a form that the writer does not use; decode_header() tells.
// What it reads, decode_header()'s parser reads alike.
std::optional<DecodedHeader> scan_header(std::string_view header);

}  // namespace countersign::ledger
