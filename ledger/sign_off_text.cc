#include "ledger/verified_command.h"

namespace countersign::ledger {

std::string sign_off_text(const SignOffText& text) {
  const std::string role(to_string(text.hat.role));
  std::string out = "countersign sign-off v1\n";
  const auto line = [&out](const std::string& name, const std::string& value) {
    out += name + ": " + value + "\n";
  };
  line("ledger 台账", text.origin);
  line("institution 学校", text.institution.zh + " / " + text.institution.en);
  line("campaign 采集任务", text.campaign.value);
  line("table 数据表", text.table.value + " / " + text.table_name.zh + " / " + text.table_name.en);
  line("version 版本", std::to_string(text.version.number));
  line("content SHA-256 内容", to_hex(text.version.hash));
  line("rows 行数", std::to_string(text.version.rows));
  line("meaning 含义", text.meaning.zh + " / " + text.meaning.en);
  line("signed by 签署人", text.person_name + " (" + text.person.value + ")");
  line("as 身份", role + " / " + text.hat_department.zh + " / " + text.hat_department.en);
  line("at 时间", format_local(text.at, text.utc_offset_minutes) + " = " + format_utc(text.at));
  line("key 密钥", text.service_held
                       ? "held by the service, opened by password 由系统保管，经口令开启"
                       : "held by the signer 由签署人保管");
  return out;
}

}  // namespace countersign::ledger
