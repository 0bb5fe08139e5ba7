// Incident 14: a draft bulletin names Academic Affairs for a lateness that the upstream table
// caused (incident 1). It objects, the fact is voided, the bulletin is corrected; the draft stays.
#include "ledger/base/bytes.h"
#include "ledger/crypto/sha256.h"
#include "tools/demo/incidents.h"

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

// The id that the views gave to what was computed about a table.
Result<std::string> fact_about(Stage& stage, const std::string& kind, const std::string& table) {
  CS_TRY(const json found,
         stage.ask("centre.3", stage.campaign_path("/facts?kind=" + kind + "&table=" + table)));
  if (found.at("facts").empty()) return Error{Errc::not_found, "no " + kind + " about " + table};
  return found.at("facts").front().at("id").get<std::string>();
}

// There is one bulletin.
Result<std::string> bulletin_path(Stage& stage, const std::string& rest) {
  CS_TRY(const json found, stage.ask("centre.3", stage.campaign_path("/bulletins")));
  if (found.at("bulletins").empty()) return Error{Errc::not_found, "no bulletin"};
  return stage.campaign_path("/bulletins/" + found.at("bulletins").back().at("id").dump() + rest);
}

}  // namespace

void named_in_bulletin(ActList& acts) {
  acts.add("10-19 10:00", "通报稿点名教务处 / a draft bulletin names Academic Affairs",
           [](Stage& stage) -> Result<void> {
             CS_TRY(const auto fact, fact_about(stage, "F1", "majors"));
             return done(stage.act(
                 "centre.3", "POST", stage.campaign_path("/bulletins"),
                 {{"departments", {"AA"}},
                  {"facts", {fact}},
                  {"text",
                   "关于2020年数据采集基础表报送情况的通报：教务处未按期报送专业基本情况表。"}}));
           });
  acts.add(
      "10-20 09:30", "教务处提出异议 / Academic Affairs objects", [](Stage& stage) -> Result<void> {
        CS_TRY(const auto fact, fact_about(stage, "F1", "majors"));
        const std::string title = "教学科研单位表审核通过时间截图";
        return done(
            stage.act("aa.head", "POST", stage.campaign_path("/facts/" + fact + "/objection"),
                      {{"ground", "上游的教学科研单位表10月12日9时10分方审核通过，此前无法填报"},
                       {"evidence",
                        {{{"title", title},
                          {"hash", ledger::to_hex(ledger::sha256(ledger::as_bytes(title)))}}}}}));
      });
  acts.add("10-21 10:00", "裁决：撤销 / decided: voided", [](Stage& stage) -> Result<void> {
    CS_TRY(const auto fact, fact_about(stage, "F1", "majors"));
    return done(
        stage.act("appraisal.1", "POST", stage.campaign_path("/facts/" + fact + "/decision"),
                  {{"verdict", "voided"}, {"reason", "迟报时间全部用于等待上游表，异议成立"}}));
  });
  acts.add("10-21 15:00", "更正通报稿 / the draft is corrected", [](Stage& stage) -> Result<void> {
    CS_TRY(const auto fact, fact_about(stage, "F1", "academic_units"));
    CS_TRY(const auto path, bulletin_path(stage, "/correction"));
    return done(stage.act("centre.3", "POST", path,
                          {{"departments", {"PO"}},
                           {"facts", {fact}},
                           {"text",
                            "关于2020年数据采集基础表报送情况的通报：党政办未按期报送教学科研单位表"
                            "，致下游各表等待。"},
                           {"reason", "关于教务处的事实经异议已撤销"}}));
  });
  acts.add("10-29 09:00", "发布更正后的通报 / the corrected text is published",
           [](Stage& stage) -> Result<void> {
             CS_TRY(const auto path, bulletin_path(stage, "/publication"));
             return done(stage.act("appraisal.1", "POST", path, {{"to", {"全校各单位"}}}));
           });
}

}  // namespace countersign::tools
