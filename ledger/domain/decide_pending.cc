// Decisions that stand nowhere else yet.
#include "ledger/domain/decide_context.h"

namespace countersign::ledger {

#define CS_PENDING(COMMAND)                              \
  Decided decide(const DecideContext&, const COMMAND&) { \
    return refuse(RefusalCode::right_missing);           \
  }



CS_PENDING(ConfirmRows)
CS_PENDING(RequestCorrection)
CS_PENDING(AnswerCorrection)


#undef CS_PENDING

}  // namespace countersign::ledger
