#include "tools/demo/story_final_weeks.h"

#include <map>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using nlohmann::json;

namespace {

std::string what_of(const json& act) {
  static const std::map<std::string, std::string> kWords = {
      {"tabled", "提交审议 tabled"},
      {"decided", "决定 decided"},
      {"exception", "登记例外 exception"},
      {"frozen", "冻结 frozen"},
      {"submitted", "报送 submitted"},
      {"accepted", "上级接收 accepted"},
      {"reopened", "上级退回 sent back by the ministry"}};
  return kWords.at(act.at("kind"));
}

std::string entries_of(const json& act) { return entries_text(json::array({act.at("index")})); }

}  // namespace

std::string tell_final_weeks(const StoryNames& names, const json& proceedings, const json& facts) {
  if (proceedings.at("history").empty()) return {};
  std::string out = "\n十四、审议、审定与报送 / Before the bodies, and to the ministry\n";
  for (const auto& act : proceedings.at("history")) {
    out += "  " + time_text(act.at("at")) + " " + what_of(act);
    if (act.at("body").is_string()) out += ", " + act.at("body").get<std::string>();
    if (act.at("outcome").is_string()) {
      out += ": " + act.at("outcome").get<std::string>() + ", " + act.at("attended").dump() +
             " attended";
    }
    if (act.at("title").is_string()) out += " 《" + act.at("title").get<std::string>() + "》";
    if (act.at("due").is_string()) out += ", due " + time_text(act.at("due"));
    out += entries_of(act) + "\n";
    for (const auto& named : act.at("tables")) {
      out += "      " + names.table(named.at("table")) +
             (named.at("text").is_string() ? ": " + named.at("text").get<std::string>() : "") +
             entries_of(act) + "\n";
    }
  }
  out += "\n十五、审定之后的更正 / Corrections after the decision\n";
  for (const auto& fact : facts) {
    if (fact.at("kind") != "F9" || !fact.at("after").is_string() ||
        !fact.at("after").get<std::string>().starts_with("body:")) {
      continue;
    }
    out += "  " + names.department(fact.at("department")) + " · " + names.table(fact.at("table")) +
           ": " + fact.at("count").dump() + " cell(s), " + time_text(fact.at("happened")) +
           (fact.at("counts").get<bool>() ? "" : ", 引用意见或通知 citing what asked for it") +
           entries_text(fact.at("entries")) + "\n";
  }
  return out;
}

}  // namespace countersign::tools
