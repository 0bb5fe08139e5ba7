// Decisions that stand nowhere else yet.
#include "ledger/domain/decide_context.h"

namespace countersign::ledger {

#define CS_PENDING(COMMAND)                              \
  Decided decide(const DecideContext&, const COMMAND&) { \
    return refuse(RefusalCode::right_missing);           \
  }


CS_PENDING(RecordIndicators)
CS_PENDING(DraftPlan)
CS_PENDING(DecidePlan)
CS_PENDING(FollowUpPlan)

CS_PENDING(ConfirmRows)
CS_PENDING(RequestCorrection)
CS_PENDING(AnswerCorrection)

CS_PENDING(OpenCase)
CS_PENDING(SealPack)
CS_PENDING(ServeCase)
CS_PENDING(AcknowledgeCase)
CS_PENDING(ConcludeCase)
CS_PENDING(CorrectCase)

#undef CS_PENDING

}  // namespace countersign::ledger
