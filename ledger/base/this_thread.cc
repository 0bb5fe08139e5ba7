#include "ledger/base/this_thread.h"

#include "ledger/base/result.h"

#include <pthread.h>

namespace countersign::ledger {

void name_this_thread(const char* name) {
  CS_ASSERT(pthread_setname_np(pthread_self(), name) == 0);
}

}  // namespace countersign::ledger
