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
    {"F2", 1, "未报：阶段关闭时从未提交。截止时间未到，或全部超时均应由他人负责的，不计。",
     "Not delivered: never submitted when the phase was closed. Does not count when the due "
     "instant "
     "had not passed or all of the overrun is charged to others."},
    {"F3", 1, "协助逾期：协助部门在请求的时间之后才交付所负责的部分。",
     "Late part: an assisting department delivered its part after the requested instant."},
    {"F4", 1, "退回：校级环节退回的次数，以及直至通过的轮数。",
     "Returned: returns by a school-wide level so far, and rounds until it passed."},
    {"F5", 1, "截止时仍有未解决的强制性校验问题。",
     "Blocking findings were open at the due instant."},
    {"F6", 1, "校验问题未经接受的说明即已通过。",
     "A finding was passed without an accepted explanation."},
    {"F7", 1, "签署时缺少必需的佐证材料。",
     "Required evidence was missing when the table was signed."},
    {"F8", 1, "两表或两年数据不一致，且无说明。",
     "Two tables, or two years, disagree and nobody explained it."},
    {"F9", 1,
     "迟改：校级环节通过之后修改的单元格数。该次通过后的退回所要求的、或引用了重开依据的修改，不计"
     "。",
     "Late change: cells changed after the table had passed a school-wide level. Does not count "
     "when "
     "a return after that pass asked for it, or when it cites what reopened the table."},
    {"F10", 1, "某次修改使指标越过其标准；仅供展示，不构成过失。",
     "An edit moved an indicator across its mark; shown, never a fault by itself."},
    {"F11", 1, "自填自审：同一人修改并通过了同一版本；经授权代办的不计。",
     "Self-review: one person edited and passed the same version. Does not count under a "
     "delegation."},
    {"F12", 1, "重复填报：要求提供学校已经掌握且未发生变动的数据。",
     "Needless re-entry: data were asked for that the school held unchanged."},
    {"F13", 1,
     "导出：含个人信息的数据离开台账。经核准的渠道、以及向当事单位和审查人员提供的证据包，不计。",
     "Export: data about persons left the ledger. Does not count by a sanctioned channel, nor for "
     "a "
     "pack of evidence given to the unit concerned or to those who decide."},
    {"F14", 1, "主动更正：单位在他人指出之前发现并改正了自己的错误。",
     "Correction: a unit found and fixed its own error before anyone asked."},
    {"F15", 1, "助人：提前完成，使其他任务得以提前开始。",
     "Helped others: delivered early and let other tasks begin sooner."},
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
