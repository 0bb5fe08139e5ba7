// SHA-256 (FIPS 180-4).
#pragma once

#include <initializer_list>

#include "ledger/base/bytes.h"

namespace countersign::ledger {

Hash sha256(ByteSpan bytes);
// Of the parts one after another, without joining them in memory.
Hash sha256(std::initializer_list<ByteSpan> parts);

}  // namespace countersign::ledger
