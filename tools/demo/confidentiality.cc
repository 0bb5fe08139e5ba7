// Incident 13: somebody who may read the students' table takes it out as a sheet; the sanctioned
// way out. Incident 16: a teacher has her degree corrected, and not every reader sees what was
// wrong.
#include "tools/demo/incidents.h"

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

Result<void> take_out(Stage& stage, const std::string& account, const std::string& table,
                      const std::string& query) {
  CS_TRY(const Reply reply, stage.send(account, "GET", stage.table_path(table, "/sheet" + query)));
  if (reply.status == 200) return {};
  return Error{Errc::conflict, "not exported: " + std::to_string(reply.status)};
}

}  // namespace

void exports(ActList& acts) {
  acts.add("10-30 16:40", "领导小组成员导出本科生表 / a reader exports the students' table",
           [](Stage& stage) { return take_out(stage, "lg.6", "undergraduates", ""); });
  acts.add("11-18 09:00", "经报送平台导出 / by the sanctioned channel", [](Stage& stage) {
    return take_out(stage, "admin2", "staff_basic", "?channel=national_platform");
  });
}

void degree_corrected(ActList& acts) {
  acts.add("10-13 15:00", "外聘教师申请更正学位 / a teacher has her degree corrected",
           [](Stage& stage) -> Result<void> {
             CS_TRY(const json rows,
                    stage.ask("hr.filler", stage.table_path("external_teachers", "/rows?limit=1")));
             const json& row = rows.at("rows").front();
             const bool master = row.at("cells").at("degree") == "硕士";
             return done(stage.act(
                 "hr.filler", "PATCH",
                 stage.table_path("external_teachers", "/rows/" + row.at("key").get<std::string>()),
                 {{"cells", {{"degree", master ? "博士" : "硕士"}}},
                  {"reason", "本人行使更正权：自2018年起学位登记有误，凭学位证书更正"}}));
           });
}

}  // namespace countersign::tools
