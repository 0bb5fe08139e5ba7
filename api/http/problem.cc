#include "api/http/problem.h"

namespace countersign::api {

namespace {

using ledger::Errc;
using ledger::RefusalCode;

// A switch without default, so that a new code does not compile without its status.
int status_of(RefusalCode code) {
  switch (code) {
    case RefusalCode::unknown_account:
      return 401;
    case RefusalCode::account_not_valid:
    case RefusalCode::right_missing:
    case RefusalCode::party_to_the_case:
    case RefusalCode::delegation_not_allowed:
      return 403;
    case RefusalCode::unknown_campaign:
    case RefusalCode::unknown_table:
    case RefusalCode::unknown_subject:
      return 404;
    case RefusalCode::already_exists:
    case RefusalCode::task_not_assigned:
    case RefusalCode::task_blocked:
    case RefusalCode::window_closed:
    case RefusalCode::wrong_state:
    case RefusalCode::nothing_to_submit:
    case RefusalCode::device_key_signs:
    case RefusalCode::key_known:
    case RefusalCode::key_needs_administrator:
    case RefusalCode::same_person:
    case RefusalCode::level_out_of_order:
    case RefusalCode::level_may_not_return:
    case RefusalCode::level_sets_no_due:
    case RefusalCode::chain_in_use:
    case RefusalCode::assist_not_open:
    case RefusalCode::not_simulated:
    case RefusalCode::clock_goes_back:
    case RefusalCode::ledger_exists:
    case RefusalCode::campaign_frozen:
    case RefusalCode::only_named_tables:
    case RefusalCode::tables_unsettled:
    case RefusalCode::body_out_of_order:
    case RefusalCode::quorum_missing:
    case RefusalCode::may_not_send_back:
    case RefusalCode::not_frozen:
    case RefusalCode::not_submitted:
    case RefusalCode::objection_too_late:
    case RefusalCode::objection_open:
    case RefusalCode::fact_not_standing:
    case RefusalCode::period_running:
    case RefusalCode::validation_missing:
    case RefusalCode::findings_open:
    case RefusalCode::explanations_pending:
    case RefusalCode::rule_withdrawn:
    case RefusalCode::evidence_missing:
    case RefusalCode::inputs_unsettled:
    case RefusalCode::plans_unsettled:
    case RefusalCode::nothing_to_carry:
    case RefusalCode::already_carried:
    case RefusalCode::nothing_to_confirm:
    case RefusalCode::pack_missing:
    case RefusalCode::not_served:
    case RefusalCode::nothing_to_erase:
    case RefusalCode::row_in_use:
    case RefusalCode::text_in_use:
    case RefusalCode::person_in_use:
      return 409;
    case RefusalCode::definition_moved_on:
    case RefusalCode::version_moved_on:
    case RefusalCode::not_tabled:
      return 412;
    case RefusalCode::reason_missing:
    case RefusalCode::reason_names_nothing:
    case RefusalCode::due_missing:
    case RefusalCode::due_in_past:
    case RefusalCode::outage_not_over:
    case RefusalCode::signature_not_valid:
    case RefusalCode::key_not_proved:
    case RefusalCode::key_not_cosigned:
    case RefusalCode::minutes_missing:
    case RefusalCode::opinion_names_nothing:
    case RefusalCode::opinions_misplaced:
    case RefusalCode::correction_missing:
    case RefusalCode::bulletin_cites_nothing:
    case RefusalCode::bulletin_names_person:
    case RefusalCode::evidence_kind:
    case RefusalCode::version_not_raised:
    case RefusalCode::plan_incomplete:
    case RefusalCode::items_undecided:
    case RefusalCode::not_a_text:
      return 422;
  }
  return 500;
}

struct ErrorRow {
  int status;
  const char* retry_after;  // seconds; null: trying again does not help
  ledger::BilingualText guard;
  ledger::BilingualText cure;
};

ErrorRow row_of(Errc code) {
  const ledger::BilingualText later{"请稍后重试", "Try again after a moment"};
  const ledger::BilingualText operators{"请联系系统运维人员", "Tell the operators of this service"};
  switch (code) {
    case Errc::not_found:
      return {404,
              nullptr,
              {"所请求的内容不存在", "What was asked for does not exist"},
              {"请核对地址", "Check the address"}};
    case Errc::malformed:
      return {400,
              nullptr,
              {"请求内容格式有误", "The request is not in the documented form"},
              {"请按接口说明更正", "Correct it as the API describes"}};
    case Errc::unauthorized:
      return {403,
              nullptr,
              {"凭证或签名无效", "The credential or signature does not hold"},
              {"请使用正确的凭证", "Use the right credential"}};
    case Errc::overloaded:
      return {503, "1", {"系统繁忙", "Too many writes are waiting"}, later};
    case Errc::stale:
      return {
          503, "1", {"数据正被频繁修改", "The rows changed while this was being written"}, later};
    case Errc::conflict:
      return {409,
              nullptr,
              {"与当前状态冲突", "This conflicts with what is there"},
              {"请查看当前状态后重试", "Look at the present state and decide again"}};
    case Errc::fenced:
      return {503, "5", {"另一节点已接管写入", "Another node writes this ledger now"}, later};
    case Errc::io:
    case Errc::corrupt:
      return {500, nullptr, {"系统内部故障", "The service failed"}, operators};
    case Errc::unavailable:
      return {503, "5", {"系统暂不接受写入", "The ledger takes no writes at present"}, later};
    case Errc::timeout:
      return {503, "1", {"系统未能及时完成", "This did not finish in the time allowed"}, later};
  }
  return {500, nullptr, {"系统内部故障", "The service failed"}, operators};
}

}  // namespace

Problem problem_of(const ledger::Refusal& refusal) {
  Problem problem;
  problem.status = status_of(refusal.code);
  problem.code = ledger::to_string(refusal.code);
  problem.guard = refusal.guard();
  problem.cure = refusal.cure();
  problem.facts = refusal.facts;
  if (problem.status == 401) problem.headers.emplace_back("WWW-Authenticate", "Bearer");
  return problem;
}

Problem problem_of(const ledger::Error& error) {
  const ErrorRow row = row_of(error.code);
  Problem problem;
  problem.status = row.status;
  problem.code = ledger::to_string(error.code);
  problem.guard = row.guard;
  problem.cure = row.cure;
  // Details of our own failures are for diagnostics; of the caller's input, for the caller.
  if (error.code == Errc::malformed && !error.detail.empty()) problem.facts["why"] = error.detail;
  if (row.retry_after != nullptr) problem.headers.emplace_back("Retry-After", row.retry_after);
  return problem;
}

Problem problem_of(const ledger::RowsRejected& rejected) {
  Problem problem;
  problem.status = 422;
  problem.code = "rows_rejected";
  problem.guard = {"部分数据行不符合表的要求，未写入任何数据",
                   "Some rows do not fit the table; nothing was written"};
  problem.cure = {"请按所列行和列更正后整体重新提交",
                  "Correct the lines and columns listed and send all again"};
  problem.rows = rejected.problems;
  problem.more_rows = rejected.more;
  return problem;
}

Problem problem_of(const ledger::PreconditionFailed& failed) {
  Problem problem;
  problem.status = 412;
  problem.code = "precondition_failed";
  if (failed.current) {
    problem.guard = {"该行已被他人修改", "The row has changed since it was read"};
    problem.cure = {"请读取当前内容后重试", "Read the row again and decide on that"};
    problem.headers.emplace_back("ETag", "\"" + std::to_string(*failed.current) + "\"");
    problem.facts["current"] = std::to_string(*failed.current);
  } else {
    problem.guard = {"该行不存在", "The row does not exist"};
    problem.cure = {"新增请用 If-None-Match: *", "To insert it, send If-None-Match: *"};
  }
  return problem;
}

Problem problem_of(const ledger::CommandIdReused&) {
  Problem problem;
  problem.status = 422;
  problem.code = "idempotency_key_reused";
  problem.guard = {"该 Idempotency-Key 已用于另一请求",
                   "This Idempotency-Key was used for another request"};
  problem.cure = {"新请求请使用新的键", "Use a new key for a new request"};
  return problem;
}

Problem bad_request(std::string code, ledger::BilingualText guard, ledger::BilingualText cure) {
  Problem problem;
  problem.status = 400;
  problem.code = std::move(code);
  problem.guard = std::move(guard);
  problem.cure = std::move(cure);
  return problem;
}

Problem unauthenticated() {
  Problem problem;
  problem.status = 401;
  problem.code = "unauthenticated";
  problem.guard = {"未登录，或登录已失效", "No valid bearer token came with the request"};
  problem.cure = {"请重新登录", "Log in (POST /v1/login) and send its token"};
  problem.headers.emplace_back("WWW-Authenticate", "Bearer");
  return problem;
}

Problem forbidden(ledger::BilingualText guard, ledger::BilingualText cure) {
  Problem problem;
  problem.status = 403;
  problem.code = "forbidden";
  problem.guard = std::move(guard);
  problem.cure = std::move(cure);
  return problem;
}

Problem not_found(std::string what_en, std::string what_zh) {
  Problem problem;
  problem.status = 404;
  problem.code = "not_found";
  problem.guard = {what_zh + "不存在", "There is no such " + what_en};
  problem.cure = {"请核对地址", "Check the address"};
  return problem;
}

}  // namespace countersign::api
