#include "api/wire/words.h"

#include <algorithm>
#include <array>
#include <string>

namespace countersign::api {

namespace {

struct Entry {
  std::string_view word;
  std::string_view zh;
  std::string_view en;
};

constexpr auto kWords = std::to_array<Entry>({
    {"ledger.created", "建立台账", "ledger created"},
    {"campaign.defined", "定义采集任务", "campaign defined"},
    {"account.opened", "开立账号", "account opened"},
    {"account.closed", "关闭账号", "account closed"},
    {"credential.set", "设置凭据", "credential set"},
    {"key.revoked", "吊销密钥", "key revoked"},
    {"key.enrolled", "登记密钥", "key enrolled"},
    {"log_key.rotated", "更换台账密钥", "log key replaced"},
    {"task.assigned", "下达任务", "task assigned"},
    {"task.blocked", "等待上游表", "task blocked"},
    {"task.unblocked", "上游表已就绪", "task unblocked"},
    {"phase.opened", "开放填报", "phase opened"},
    {"phase.closed", "关闭填报", "phase closed"},
    {"due.moved", "调整截止时间", "due instant moved"},
    {"delegation.granted", "授权代办", "delegation granted"},
    {"delegation.revoked", "撤销授权", "delegation revoked"},
    {"rows.changed", "修改数据", "rows changed"},
    {"sheet.imported", "导入整表", "sheet imported"},
    {"assist.requested", "请求协助", "assistance requested"},
    {"assist.delivered", "完成协助", "assistance delivered"},
    {"assist.declined", "拒绝协助", "assistance declined"},
    {"table.submitted", "提交", "table submitted"},
    {"table.approved", "通过", "table approved"},
    {"table.returned", "退回", "table returned"},
    {"campaign.tabled", "提交审议", "campaign tabled"},
    {"campaign.decided", "作出决定", "body decided"},
    {"exception.granted", "登记例外", "exception granted"},
    {"campaign.frozen", "冻结", "campaign frozen"},
    {"campaign.submitted", "报送", "campaign submitted"},
    {"campaign.accepted", "上级接收", "campaign accepted"},
    {"campaign.reopened", "上级退回", "campaign reopened"},
    {"fact.objected", "提出异议", "fact objected to"},
    {"fact.decided", "裁决事实", "fact decided"},
    {"bulletin.drafted", "起草通报", "bulletin drafted"},
    {"bulletin.corrected", "更正通报", "bulletin corrected"},
    {"bulletin.published", "发布通报", "bulletin published"},
    {"table.read", "查阅个人数据", "personal data read"},
    {"data.exported", "导出数据", "data exported"},
    {"validation.run", "校验", "validation run"},
    {"finding.explained", "说明校验问题", "finding explained"},
    {"explanation.decided", "审核说明", "explanation decided"},
    {"rule.withdrawn", "撤销规则", "rule withdrawn"},
    {"indicators.computed", "计算指标", "indicators computed"},
    {"plan.required", "要求整改方案", "plan required"},
    {"plan.drafted", "提交整改方案", "plan drafted"},
    {"plan.decided", "审议整改方案", "plan decided"},
    {"plan.followed_up", "跟踪整改方案", "plan followed up"},
    {"passes", "达标", "passes"},
    {"passes_by_alternative", "按替代条件达标", "passes by the alternative"},
    {"fails", "不达标", "fails"},
    {"restricted", "低于限制线", "restricted"},
    {"undefined", "无法计算", "undefined"},
    {"due", "待提交", "due"},
    {"drafted", "待审议", "drafted"},
    {"accepted", "已通过", "accepted"},
    {"done", "已完成", "done"},
    {"under_way", "进行中", "under way"},
    {"not_done", "未完成", "not done"},
    {"evidence.registered", "登记佐证材料", "evidence registered"},
    {"evidence.shown", "出示佐证材料", "evidence shown"},
    {"evidence.withdrawn", "撤回佐证材料", "evidence withdrawn"},
    {"evidence.missing", "佐证材料缺失", "evidence missing"},
    {"rows.confirmed", "确认沿用数据", "carried rows confirmed"},
    {"correction.requested", "申请更正", "correction requested"},
    {"correction.answered", "答复更正申请", "correction answered"},
    {"case.opened", "立案", "case opened"},
    {"pack.sealed", "封存证据包", "evidence pack sealed"},
    {"case.served", "送达", "case served"},
    {"case.acknowledged", "签收", "case acknowledged"},
    {"case.concluded", "结案", "case concluded"},
    {"case.corrected", "更正结论", "case corrected"},
    {"unit.chased", "催报", "unit chased"},
    {"chase.answered", "答复催报", "chase answered"},
    {"departments.ready", "登记准备情况", "departments ready"},
    {"outage.recorded", "登记停机", "outage recorded"},
    {"row.erased", "依法删除个人数据", "row erased"},
    {"texts.erased", "依法删除文字", "texts erased"},
    {"person.erased", "依法删除姓名", "name of a person erased"},
    {"table.attested", "核证数据表", "table attested"},
    {"clock.advanced", "推进模拟时钟", "simulated clock advanced"},
    {"filler", "填报", "filler"},
    {"reviewer", "审核", "reviewer"},
    {"unit_head", "单位负责人", "unit head"},
    {"centre_office", "评估中心", "centre office"},
    {"administrator", "系统管理", "administrator"},
    {"leading_group", "领导小组", "leading group"},
    {"party_committee", "党委会", "Party committee"},
    {"accountability_reviewer", "问责审查", "accountability reviewer"},
    {"member", "教职工", "member of the school"},
    {"auditor", "审计", "auditor"},
    {"system", "系统", "system"},
    {"assigned", "已下达", "assigned"},
    {"blocked", "等待上游", "blocked"},
    {"open", "待填报", "open"},
    {"filling", "填报中", "filling"},
    {"submitted", "已提交", "submitted"},
    {"approved", "已通过", "approved"},
    {"returned", "已退回", "returned"},
    {"final_filling", "最终填报", "final filling"},
});

}  // namespace

ledger::BilingualText words_of(std::string_view word) {
  const auto* found = std::ranges::find(kWords, word, &Entry::word);
  if (found == kWords.end()) return {std::string(word), std::string(word)};
  return {std::string(found->zh), std::string(found->en)};
}

ledger::BilingualText review_state_words(const ledger::CampaignDefinition& campaign,
                                         std::string_view state) {
  constexpr std::string_view kApproved = "approved:";
  if (!state.starts_with(kApproved)) return words_of(state);
  const auto* level = campaign.level(ledger::LevelId(std::string(state.substr(kApproved.size()))));
  return level == nullptr ? words_of("approved") : level->state;
}

}  // namespace countersign::api
