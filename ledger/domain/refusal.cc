#include "ledger/domain/refusal.h"

#include <array>

namespace countersign::ledger {

namespace {

struct Sentences {
  std::string_view name;
  std::string_view guard_zh, guard_en;
  std::string_view cure_zh, cure_en;
};

// In the order of RefusalCode. {name} stands for a fact of the refusal.
constexpr std::array kSentences = {
    Sentences{"unknown_account", "凭证所属账号不存在",
              "The credential names no account of this ledger", "请重新登录", "Log in again"},
    Sentences{"account_not_valid", "账号尚未生效、已到期或已关闭",
              "The account is not valid yet, no longer, or closed", "请联系管理员",
              "Ask an administrator"},
    Sentences{"right_missing", "您的任何身份都无权执行此操作", "None of your hats allows this act",
              "请由有权人员操作，或取得书面委托",
              "Ask somebody whose hat allows it, or obtain a delegation"},
    Sentences{"unknown_campaign", "采集任务不存在", "There is no such campaign",
              "请核对采集任务编号", "Check the campaign id"},
    Sentences{"unknown_table", "数据表 {table} 不存在", "There is no table {table}", "请核对表名",
              "Check the table key"},
    Sentences{"unknown_subject", "所指的{subject}不存在", "There is no such {subject}",
              "请核对所给编号", "Check the id given"},
    Sentences{"already_exists", "{subject}已存在", "This {subject} exists already", "无需重复操作",
              "Nothing is left to do"},
    Sentences{"definition_moved_on", "采集任务定义已更新为第 {current} 版",
              "The campaign definition is at revision {current} by now", "请基于当前版本重试",
              "Start again from the current revision"},
    Sentences{"task_not_assigned", "数据表 {table} 尚未分配", "Table {table} is not assigned yet",
              "请等待评估中心分配任务", "Wait until the Centre assigns it"},
    Sentences{"task_blocked", "数据表 {table} 正等待上游表：{by}", "Table {table} waits for {by}",
              "请等待上游表审核通过", "Wait until these have passed review"},
    Sentences{"window_closed", "阶段 {phase} 未开放", "Phase {phase} is not open",
              "请联系评估中心开放填报", "Ask the Centre to open it"},
    Sentences{"wrong_state", "数据表 {table} 当前状态为 {state}，不能执行此操作",
              "Table {table} is {state}, which this act does not fit", "请先完成前一步骤",
              "Complete the step before it"},
    Sentences{"version_moved_on", "所指为第 {named} 版，当前为第 {current} 版",
              "You name version {named}; current is version {current}", "请查看当前版本后重试",
              "Look at the current version and act on that"},
    Sentences{"nothing_to_submit", "单行表 {table} 尚无数据",
              "Single-record table {table} holds no record", "请先填写", "Fill it in first"},
    Sentences{"same_person", "最后修改该版本的人不得审核该版本",
              "Whoever made the last change of a version may not pass it", "请由另一人审核",
              "Let another person review it"},
    Sentences{"level_out_of_order", "须先通过环节 {level}", "Level {level} must pass first",
              "请按审批顺序进行", "Follow the order of the approval chain"},
    Sentences{"level_may_not_return", "环节 {level} 不能退回", "Level {level} may not return",
              "请由可退回的环节处理", "A level that may return must do it"},
    Sentences{"level_sets_no_due", "环节 {level} 退回时不能另定截止时间",
              "A return by level {level} sets no new due instant",
              "请不带截止时间退回；延期由评估中心批准",
              "Return it without one; the Centre grants extensions"},
    Sentences{"reason_missing", "须说明理由", "A reason is required", "请填写理由",
              "Give a reason"},
    Sentences{"reason_names_nothing", "每条退回理由须指明单元格或规则并说明问题",
              "Each reason must name a cell or a rule and say what is wrong", "请补充退回理由",
              "Complete the reasons"},
    Sentences{"due_missing", "退回须给出新的截止时间", "This return needs a new due instant",
              "请给出截止时间", "Give a due instant"},
    Sentences{"due_in_past", "截止时间已过或不在将来（{table}）",
              "The due instant has passed or is not in the future ({table})",
              "延期须在原截止时间之前批准", "Extensions are granted before the due instant"},
    Sentences{"signature_not_valid", "签名无效：{why}", "The signature does not hold: {why}",
              "请使用本人已登记且未吊销的密钥签署当前内容",
              "Sign the present statement with your own enrolled key"},
    Sentences{"device_key_signs", "本人设备上的密钥已登记，系统保管的密钥不再代为签署",
              "A key on your own device is enrolled; the service's key signs for you no more",
              "请在设备上用该密钥签署；设备遗失时请管理员吊销并重新发放口令",
              "Sign with the key on your device; if it is lost, have an administrator revoke it and "
              "issue a new password"},
    Sentences{"key_not_proved", "未能证明持有该密钥：{why}",
              "Possession of the key is not proved: {why}", "请用要登记的密钥签署本人的登记文本",
              "Sign your own enrolment text with the key that is to be enrolled"},
    Sentences{"key_not_cosigned", "已有在用的设备密钥，新密钥须由它共同签署",
              "A device key is in force and has to sign for the one that replaces it",
              "请用现有密钥共同签署；已无法使用时请管理员吊销",
              "Sign with the present key too; if you cannot, have an administrator revoke it"},
    Sentences{"key_known", "该密钥曾经登记过", "This key was enrolled before",
              "请在设备上生成新的密钥", "Make a new key on your device"},
    Sentences{"key_needs_administrator", "本人已吊销设备密钥，尚未由管理员重新发放口令",
              "You revoked your device key, and no administrator has issued a password since",
              "请管理员核实身份后重新发放口令",
              "Have an administrator, who makes sure it is you, issue a new password"},
    Sentences{"assist_not_open", "没有待答复的协助请求 {part}", "No assist request {part} is open",
              "请先由责任部门发出请求", "The responsible department must request it first"},
    Sentences{"delegation_not_allowed", "该委托不成立", "This delegation is not possible",
              "只能把本人的身份委托给另一人，并有将来的期限",
              "Lend your own hat to another person until a future instant"},
    Sentences{"campaign_frozen", "本次采集的数据已冻结", "The campaign's data are frozen",
              "只有上级退回后才能更正", "Only an order of the receiver reopens them"},
    Sentences{"only_named_tables", "审定之后，未被意见点名的表 {table} 不能修改",
              "After the final decision table {table}, which no opinion names, does not change",
              "请由评估中心登记例外并说明理由",
              "Ask the Centre to record an exception with its reason"},
    Sentences{"tables_unsettled", "尚有 {count} 张表未走完审批：{tables}",
              "{count} tables have not passed what they have to: {tables}", "请先完成这些表的审批",
              "Let these pass first"},
    Sentences{"body_out_of_order", "须先由 {body} 作出决定", "{body} decides first", "请按顺序进行",
              "Follow the order of the bodies"},
    Sentences{"not_tabled", "所指报告未提交 {body} 审议", "This report does not lie before {body}",
              "请先提交审议，或核对报告", "Table it first, or check which report is meant"},
    Sentences{"quorum_missing", "到会 {attended} 人，少于法定 {quorum} 人",
              "{attended} attended where {quorum} are required", "请在达到法定人数后再作决定",
              "Decide when enough members attend"},
    Sentences{"minutes_missing", "须引用会议纪要", "The minutes must be cited",
              "请给出纪要的标题与文件", "Give the title and the file of the minutes"},
    Sentences{"opinion_names_nothing", "每条意见须指明一张表并说明内容",
              "Each opinion must name a table of the campaign and say something", "请补充意见",
              "Complete the opinions"},
    Sentences{"opinions_misplaced", "同意而不附意见的决定不能带意见",
              "A plain approval has no opinions", "请改为附意见同意",
              "Record it as an approval with opinions"},
    Sentences{"may_not_send_back", "{body} 不能退回", "{body} may not send back", "可附意见同意",
              "It may approve with opinions"},
    Sentences{"not_frozen", "数据尚未冻结", "The data are not frozen", "请先冻结",
              "Freeze them first"},
    Sentences{"not_submitted", "尚未报送", "Nothing was submitted", "请先登记报送",
              "Record the submission first"},
    Sentences{"objection_too_late", "对该决定的申诉期已于 {until} 届满",
              "The time to appeal against this decision ended at {until}", "已无法再申诉",
              "No further appeal is open here"},
    Sentences{"objection_open", "事实 {fact} 的异议尚未裁决",
              "The objection to fact {fact} waits for its decision", "请先作出裁决",
              "Decide it first"},
    Sentences{"party_to_the_case", "提出异议者及本单位人员不得裁决",
              "Who objected, or belongs to the unit, does not decide", "请由与此无关的人员裁决",
              "Let somebody who is no party decide"},
    Sentences{"correction_missing", "更正须给出仍然成立的时长",
              "A correction needs the overrun that remains", "请给出 net_seconds，或改为撤销",
              "Give net_seconds, or void the fact"},
    Sentences{"bulletin_cites_nothing", "通报和立案须指明单位并引用事实",
              "Bulletins and cases name units and cite facts", "请补充单位与事实",
              "Name the units and the facts"},
    Sentences{"bulletin_names_person", "通报和案件文本只能点名单位，不能出现个人姓名",
              "Such texts name units only; this one holds a person's name", "请删去个人姓名",
              "Take the name out"},
    Sentences{"fact_not_standing", "所引事实 {fact} 已被撤销或不计",
              "Fact {fact}, which it rests on, was voided or does not count",
              "请更正文本，或以不予追究结案", "Correct the text, or close the case"},
    Sentences{"period_running", "单位提出异议的期限至 {until} 届满",
              "The units may object until {until}", "请在期满后处理", "Go on after that"},
    Sentences{"version_not_raised", "{what} 已改动而版本号未提高",
              "{what} changed and its version was not raised", "请提高其版本号",
              "Raise its version"},
    Sentences{"chain_in_use", "已有数据表按现行审批环节通过（{table}），环节的组成和次序不能再改",
              "Tables have passed levels of the approval chain ({table}); its levels and their "
              "order stay",
              "请保留现行环节；新的环节从下一次采集起使用",
              "Keep its levels; new ones begin with the next campaign"},
    Sentences{"validation_missing", "该版本尚未按现行规则校验",
              "The rules in force were not run over this version", "请先校验",
              "Run the validation first"},
    Sentences{"findings_open", "仍有未说明的强制性校验问题：{rules}",
              "Blocking findings are not explained: {rules}", "请更正数据，或逐项说明原因",
              "Correct the data, or explain each finding"},
    Sentences{"explanations_pending", "尚有 {count} 项说明未经审核",
              "{count} explanations wait for their answer", "请先逐项接受或驳回",
              "Accept or reject each of them first"},
    Sentences{"rule_withdrawn", "规则 {rule} 已撤销", "Rule {rule} was withdrawn", "无需处理",
              "Nothing is left to do"},
    Sentences{"evidence_missing", "缺少必需的佐证材料：{requirements}",
              "Required evidence is not there: {requirements}", "请登记佐证材料",
              "Register the evidence"},
    Sentences{"inputs_unsettled", "作为输入的数据表尚未通过初审：{tables}",
              "Input tables have not passed the first review: {tables}", "请等待这些表通过初审",
              "Wait until these have passed"},
    Sentences{"plans_unsettled", "以下指标的整改方案尚未通过：{indicators}",
              "Rectification plans are not accepted yet: {indicators}", "请先提交并通过整改方案",
              "Draft them and have them accepted first"},
    Sentences{"plan_incomplete", "整改方案的每一项须同时写明原因、措施、责任人和期限",
              "Every item of a plan needs cause, measure, owner and date", "请补充完整",
              "Complete the items"},
    Sentences{"items_undecided", "方案的每一项都须接受或退回，退回须说明理由",
              "Every item is accepted or sent back, the latter with a reason", "请逐项作出决定",
              "Decide item by item"},
    Sentences{"nothing_to_carry", "上一年度没有可沿用的已提交数据",
              "The previous edition has no submitted data to carry forward", "请直接填报",
              "Fill the table in"},
    Sentences{"already_carried", "数据表 {table} 已沿用上年数据或已有数据",
              "Table {table} was carried forward already, or has rows", "请逐行确认或修改",
              "Confirm or change its rows"},
    Sentences{"nothing_to_confirm", "没有待确认的沿用数据", "No carried row waits to be confirmed",
              "无需重复操作", "Nothing is left to do"},
    Sentences{"pack_missing", "尚未封存证据包", "The case has no sealed pack", "请先封存证据包",
              "Seal one first"},
    Sentences{"not_served", "证据包尚未送达单位", "The unit was not given the pack yet", "请先送达",
              "Serve it first"},
    Sentences{"evidence_kind", "要求 {requirement} 只接受以下种类的佐证材料：{kinds}",
              "Requirement {requirement} takes evidence of other kinds: {kinds}",
              "请更正材料种类，或登记另一份材料", "Correct the kind, or register another file"},
    Sentences{"outage_not_over", "停机的结束时间不晚于开始时间，或尚未到来",
              "The end of the outage does not follow its beginning, or has not come yet",
              "请在停机结束后登记起止时间", "Record it once it is over, from when to when"},
    Sentences{"nothing_to_erase", "没有可删除的内容，或已删除",
              "Nothing is held of it that could be erased", "请核对行号、条目号或人员；已删除的无需重复",
              "Check the row's key, the entry or the person; what is erased stays erased"},
    Sentences{"row_in_use", "该行仍在使用中的数据表内",
              "The row stands in a table that may still change",
              "请先由责任部门说明原因并移除该行，或在数据冻结后删除",
              "Have the department remove the row first, with its reason, or wait until the data "
              "are frozen"},
    Sentences{"not_a_text", "第 {item} 项不是可删除的文字", "Item {item} holds no words to erase",
              "请只列出文字项；数据行按行号删除，签名与版本保留",
              "Name items that hold words; rows are erased by their key, and signatures and "
              "versions stay"},
    Sentences{"text_in_use", "该文字仍待有关人员答复或决定",
              "Somebody has still to answer or decide on what it says",
              "请先由有关人员答复或决定；未发布的公报请先更正",
              "Have it answered or decided first, or a bulletin that is not out corrected"},
    Sentences{"person_in_use", "该人员的账号仍可使用", "An account of the person may still be used",
              "请先关闭该人员的全部账号", "Close the person's accounts first"},
    Sentences{"not_simulated", "真实台账的时钟不能设定", "The clock of a real ledger cannot be set",
              "仅演示台账可用", "Only simulated ledgers allow it"},
    Sentences{"clock_goes_back", "模拟时钟不能倒退", "The simulated clock does not go back",
              "请给出更晚的时间", "Give a later instant"},
    Sentences{"ledger_exists", "台账已存在", "The ledger exists already", "无需重复创建",
              "Nothing is left to do"},
};

const Sentences& sentences_of(RefusalCode code) {
  return kSentences[static_cast<std::size_t>(code)];
}

std::string filled(std::string_view pattern, const std::map<std::string, std::string>& facts) {
  std::string out;
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    out += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = pattern.find('}', open);
    const auto fact = facts.find(std::string(pattern.substr(open + 1, close - open - 1)));
    out += fact == facts.end() ? "?" : fact->second;
    pattern.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace

static_assert(kSentences.size() == static_cast<std::size_t>(RefusalCode::ledger_exists) + 1);

std::string_view to_string(RefusalCode code) { return sentences_of(code).name; }

BilingualText Refusal::guard() const {
  const Sentences& text = sentences_of(code);
  return {filled(text.guard_zh, facts), filled(text.guard_en, facts)};
}

BilingualText Refusal::cure() const {
  const Sentences& text = sentences_of(code);
  return {filled(text.cure_zh, facts), filled(text.cure_en, facts)};
}

}  // namespace countersign::ledger
