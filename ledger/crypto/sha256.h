// SHA-256 (FIPS 180-4).
#pragma once

#include "ledger/base/bytes.h"

#include <initializer_list>

namespace countersign::ledger {

Hash sha256(ByteSpan bytes);
// Of the parts one after another, without joining them in memory.
Hash sha256(std::initializer_list<ByteSpan> parts);

}  // namespace countersign::ledger
