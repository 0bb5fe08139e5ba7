// What the rules behind facts say, in words for those whom facts are about: a fact names its rule's
// kind and version, and a pack of evidence cites the text. A changed rule gets another version and
// another text; the earlier one stays.
#pragma once

#include "ledger/domain/bilingual_text.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace countersign::projections {

// None: there is no such rule.
std::optional<ledger::BilingualText> fact_rule_text(std::string_view kind, std::uint32_t version);

}  // namespace countersign::projections
