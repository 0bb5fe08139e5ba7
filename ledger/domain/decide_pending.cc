// Decisions that stand nowhere else yet.
#include "ledger/domain/decide_context.h"

namespace countersign::ledger {

#define CS_PENDING(COMMAND)                              \
  Decided decide(const DecideContext&, const COMMAND&) { \
    return refuse(RefusalCode::right_missing);           \
  }

CS_PENDING(RecordValidation)
CS_PENDING(ExplainFinding)
CS_PENDING(DecideExplanation)
CS_PENDING(WithdrawRule)

CS_PENDING(RecordIndicators)
CS_PENDING(DraftPlan)
CS_PENDING(DecidePlan)
CS_PENDING(FollowUpPlan)

CS_PENDING(RegisterEvidence)
CS_PENDING(ShowEvidence)
CS_PENDING(WithdrawEvidence)
CS_PENDING(ReportEvidenceMissing)

CS_PENDING(OpenCase)
CS_PENDING(SealPack)
CS_PENDING(ServeCase)
CS_PENDING(AcknowledgeCase)
CS_PENDING(ConcludeCase)
CS_PENDING(CorrectCase)

CS_PENDING(ChaseUnit)
CS_PENDING(AnswerChase)

CS_PENDING(RecordReadiness)
CS_PENDING(RecordOutage)

#undef CS_PENDING

}  // namespace countersign::ledger
