#include "projections/accountability/rule_texts.h"

#include <algorithm>
#include <array>
#include <string>

namespace countersign::projections {

namespace {

struct RuleText {
  std::string_view kind;
  std::uint32_t version;
  std::string_view zh;
  std::string_view en;
};

constexpr auto kRuleTexts = std::to_array<RuleText>({
    {"F1", 1,
     "逾期：服务器收到首次提交（或规定了新期限的退回、重开之后的首次提交）的时间晚于当时有效的截止"
     "时间。等待上游逾期表的时间计入上游部门，从总时长中扣除；扣除后为零的、上级退回重开的，不计。",
     "Late: the first submission, or the first after a return or reopening that set a new instant, "
     "was "
     "received after the due instant in force. Time spent waiting for upstream tables past their "
     "own "
     "due instant is charged to their departments and taken off; net zero, and reopenings on the "
     "receiver's order, do not count."},
    {"F1", 2,
     "逾期：服务器收到首次提交（或规定了新期限的退回、重开之后的首次提交）的时间晚于当时有效的截止"
     "时间。等待上游逾期表的时间计入上游部门，已登记的停机时间不计入任何人，均从总时长中扣除；扣除"
     "后为零的、上级退回重开的、账号或培训未及时给予的，不计。",
     "Late: the first submission, or the first after a return or reopening that set a new instant, "
     "was received after the due instant in force. Time spent waiting for upstream tables past "
     "their own due instant is charged to their departments, logged outages to nobody; both are "
     "taken off. Net zero, reopenings on the receiver's order, and departments that were not given "
     "accounts or training in time do not count."},
    {"F1", 3,
     "逾期：服务器收到首次提交（或规定了新期限的退回、重开之后的首次提交）的时间晚于当时有效的截止"
     "时间。等待上游逾期表的时间计入上游部门，等待协助部门逾期部分的时间计入协助部门（请求所给时间少"
     "于约定的除外），截止之后仍被未到期的上游表阻塞的时间和已登记的停机时间不计入任何人，均从总时长"
     "中扣除；扣除后为零的、上级退回重开的、账号或培训未及时给予的，不计。",
     "Late: the first submission, or the first after a return or reopening that set a new instant, "
     "was received after the due instant in force. Time spent waiting for upstream tables past "
     "their own due instant is charged to their departments, time spent waiting for a late part to "
     "the assisting department (unless it was asked with less notice than agreed); time in which "
     "the table was still blocked past its due instant by one that was in time, and logged "
     "outages, are charged to nobody. All of it is taken off. Net zero, reopenings on the receiver's order, "
     "and departments that were not given accounts or training in time do not count."},
    {"F2", 1, "未报：阶段关闭时从未提交。截止时间未到，或全部超时均应由他人负责的，不计。",
     "Not delivered: never submitted when the phase was closed. Does not count when the due "
     "instant "
     "had not passed or all of the overrun is charged to others."},
    {"F2", 2,
     "未报：阶段关闭时从未提交。截止时间未到、全部超时均应由他人负责或属于停机时间、账号或培训未及"
     "时给予的，不计。",
     "Not delivered: never submitted when the phase was closed. Does not count when the due "
     "instant had not passed, when all of the overrun is charged to others or fell into outages, "
     "or when accounts or training were not given in time."},
    {"F2", 3,
     "未报：阶段关闭时从未提交，每张表一项。截止时间未到、全部超时均用于等待他人、被阻塞或属于停机时"
     "间、账号或培训未及时给予的，不计。",
     "Not delivered: never submitted when the phase was closed, one for each table. Does not count "
     "when the due instant had not passed, when all of the overrun was spent waiting for others, "
     "blocked or in outages, or when accounts or training were not given in time."},
    {"F3", 1, "协助逾期：协助部门在请求的时间之后才交付所负责的部分。",
     "Late part: an assisting department delivered its part after the requested instant."},
    {"F3", 2,
     "协助逾期：协助部门在请求的时间之后才交付所负责的部分。请求之后该表仍被阻塞的时间和已登记的停机"
     "时间从总时长中扣除（声明无内容可报的，阻塞时间不扣除）；扣除后为零的、请求所给时间少于约定的，"
     "不计。",
     "Late part: an assisting department delivered its part after the requested instant. Time "
     "after the request in which the table was blocked (unless there was nothing to report), and "
     "logged outages, are taken off. Net zero does not count, nor a request that gave less notice "
     "than was agreed."},
    {"F4", 1, "退回：校级环节退回的次数，以及直至通过的轮数。",
     "Returned: returns by a school-wide level so far, and rounds until it passed."},
    {"F5", 1,
     "截止时仍有问题：首次提交逾期或阶段关闭时，按截止时间之前的最后一次校验，仍有未说明的强制性问"
     "题；每条规则一项。",
     "Open at due: at a late first submission, or when the phase closed, the last run before the "
     "due instant had blocking findings that nobody had explained; one for each rule."},
    {"F6", 1, "未经说明：首次通过时，某规则的问题没有被接受的说明；每条规则一项。",
     "Unexplained: at the first pass a rule had findings without an accepted explanation; one for "
     "each rule."},
    {"F7", 1,
     "缺少佐证：签署时没有规定在签署时必须具备的佐证材料；每项要求一项。签署之后才要求或撤回的，不"
     "计。",
     "No evidence: evidence that must be there at the signature was not; one for each requirement. "
     "What was asked for, or withdrawn, after the signature is no fact."},
    {"F8", 1,
     "数据不一致：首次通过时，两表之间或两年之间不一致，且没有被接受的说明。所比较的其他单位的表在"
     "其后被修改的，不计。",
     "Inconsistent: at the first pass two tables, or two years, disagreed without an accepted "
     "explanation. Does not count when another unit's table that it compares with was changed "
     "later."},
    {"F9", 1,
     "迟改：校级环节通过之后修改的单元格数。该次通过后的退回所要求的、或引用了重开依据的修改，不计"
     "。",
     "Late change: cells changed after the table had passed a school-wide level. Does not count "
     "when "
     "a return after that pass asked for it, or when it cites what reopened the table."},
    {"F9", 2,
     "迟改：校级环节通过之后修改的单元格数。该次通过后由校级退回或重开所要求的、或引用了重开依据的修"
     "改，不计；本部门自行退回的照计。",
     "Late change: cells changed after the table had passed a school-wide level. Does not count "
     "when a return by the school, or a reopening, after that pass asked for it, or when it cites what "
     "reopened the table; a return within the department excuses nothing."},
    {"F10", 1, "某次修改使指标越过其标准；仅供展示，不构成过失。",
     "An edit moved an indicator across its mark; shown, never a fault by itself."},
    {"F11", 1, "自填自审：同一人修改并通过了同一版本；经授权代办的不计。",
     "Self-review: one person edited and passed the same version. Does not count under a "
     "delegation."},
    {"F12", 1,
     "重复要数：请求协助时既未指明新增项目，也未指明已变动项目，而所要的数据已有。协助部门在交付前"
     "对这些单元格"
     "的修改表明确有变动的，不计。",
     "Needless request: help was asked for naming neither a new item nor a changed one, and what "
     "was "
     "asked for was held already. Does not count once the assisting department's own changes "
     "before "
     "it delivered show that there was something to change."},
    {"F13", 1,
     "导出：含个人信息的数据离开台账。经核准的渠道、以及向当事单位和审查人员提供的证据包，不计。",
     "Export: data about persons left the ledger. Does not count by a sanctioned channel, nor for "
     "a "
     "pack of evidence given to the unit concerned or to those who decide."},
    {"F14", 1,
     "主动更正（有利事实）：单位在退回、校验问题、更正申请、催报、意见、例外、上级退回或校级通过之"
     "前，说明理由更正了已提交的表。不抵消其他事实。",
     "Correction, to the unit's credit: it changed its submitted table, with a reason, before any "
     "return, finding, request, chase, opinion, exception, order or pass by the school. Offsets no "
     "other fact."},
    {"F15", 1, "助人（有利事实）：在截止时间之前通过，使等待它的表得以开始。不抵消其他事实。",
     "Helped others, to the unit's credit: passed before the due instant, so that tables that "
     "waited for it could begin. Offsets no other fact."},
});

}  // namespace

std::optional<ledger::BilingualText> fact_rule_text(std::string_view kind, std::uint32_t version) {
  const auto* found = std::find_if(kRuleTexts.begin(), kRuleTexts.end(), [&](const auto& one) {
    return one.kind == kind && one.version == version;
  });
  if (found == kRuleTexts.end()) return std::nullopt;
  return ledger::BilingualText{std::string(found->zh), std::string(found->en)};
}

}  // namespace countersign::projections
