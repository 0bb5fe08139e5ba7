// Incident 7: a rule taken over from elsewhere wants students to have entered before the campaign's
// year, and finds fault with every new student. It is withdrawn; its findings and the facts built
// on them are void and stay listed.
#include "tools/demo/incidents.h"

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Error;
using ledger::Result;
using nlohmann::json;

void wrong_rule(ActList& acts) {
  acts.add("10-20 09:30", "初审按该规则退回 / the first review returns a table for it",
           [](Stage& stage) -> Result<void> {
             CS_TRY(const json version,
                    stage.ask("centre.4", stage.table_path("double_degrees", "/version")));
             return done(stage.act(
                 "centre.4", "POST", stage.table_path("double_degrees", "/returns"),
                 {{"level", "first_review"},
                  {"version", {{"number", version.at("number")}, {"hash", version.at("hash")}}},
                  {"reasons", {{{"rule", "T02s"}, {"text", "部分学生入学年份不早于采集年度"}}}},
                  {"due", on("10-23 18:00")}}));
           });
  acts.add("10-20 15:00", "撤销规则 T02s / the rule is withdrawn", [](Stage& stage) {
    return done(
        stage.act("centre.3", "POST", stage.campaign_path("/rules/T02s/withdrawal"),
                  {{"version", 1},
                   {"reason", "统计时点为九月三十日，当年新生理应在册；该规则误报新生 4,900 人"}}));
  });
  acts.submission("10-21 09:30", "aa.filler", "double_degrees");
  acts.approval("10-21 11:30", "aa.reviewer", "double_degrees", "department_review");
  acts.approval("10-21 15:30", "aa.head", "double_degrees", "head_signature");
  acts.approval("10-22 10:30", "centre.4", "double_degrees", "first_review");
}

}  // namespace countersign::tools
