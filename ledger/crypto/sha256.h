// SHA-256 (FIPS 180-4).
#pragma once

#include "ledger/base/bytes.h"

#include <initializer_list>
#include <memory>

namespace countersign::ledger {

Hash sha256(ByteSpan bytes);
// Of the parts one after another, without joining them in memory.
Hash sha256(std::initializer_list<ByteSpan> parts);

// Of bytes that come part by part.
// Thread safety: one thread at a time.
class RunningSha256 {
 public:
  RunningSha256();
  ~RunningSha256();

  void add(ByteSpan bytes);
  // Of everything added. REQUIRES: called once, and nothing is added after.
  Hash finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace countersign::ledger
