#include "ledger/base/this_thread.h"

#include "ledger/base/result.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace countersign::ledger {

void name_this_thread(const char* name) {
  CS_ASSERT(pthread_setname_np(pthread_self(), name) == 0);
}

void favour_this_thread() {
  constexpr int kNice = -10;
  static_cast<void>(setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice));
}

}  // namespace countersign::ledger
