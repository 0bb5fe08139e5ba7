#include "tools/demo/story_figures.h"

#include <nlohmann/json.hpp>

namespace countersign::tools {

using nlohmann::json;

namespace {

std::string entry_of(const json& index) { return entries_text(json::array({index})); }

std::string name_of(const json& names) {
  return names.at("zh").get<std::string>() + " " + names.at("en").get<std::string>();
}

std::string value_of(const json& figure) {
  if (!figure.is_object() || !figure.at("value").is_string()) return "-";
  return figure.at("value").get<std::string>();
}

std::string tell_withdrawn(const StoryNames& names, const json& facts, const json& rules) {
  std::string out;
  for (const auto& rule : rules) {
    for (const auto& one : rule.at("withdrawn")) {
      const std::string cited = rule.at("id").get<std::string>() + "@" + one.at("version").dump();
      out += "  " + time_text(one.at("at")) + " 撤销 withdrawn: " + cited + " " +
             name_of(rule.at("name")) + ": " + one.at("reason").get<std::string>() +
             entry_of(one.at("index")) + "\n";
      for (const auto& fact : facts) {
        for (const auto& act : fact.at("acts")) {
          if (act.at("kind") != "withdrawal" || act.at("index") != one.at("index")) continue;
          out += "      " + fact.at("kind").get<std::string>() + " " +
                 names.department(fact.at("department")) + " · " + names.table(fact.at("table")) +
                 ": 已撤销 voided, still listed" + entries_text(fact.at("entries")) + "\n";
        }
      }
    }
  }
  return out;
}

std::string tell_crossings(const StoryNames& names, const std::vector<json>& indicators) {
  std::string out;
  for (const auto& one : indicators) {
    for (const auto& crossing : one.at("crossings")) {
      const json& edit = crossing.at("edit");
      out += "  " + name_of(one.at("indicator").at("name")) + ": " + value_of(edit.at("before")) +
             " → " + value_of(edit.at("after")) + ", " + time_text(edit.at("received_at")) + ", " +
             crossing.at("review").at("words").at("zh").get<std::string>() + " " +
             crossing.at("review").at("words").at("en").get<std::string>() +
             entry_of(edit.at("index")) + "\n";
      for (const auto& step : crossing.at("contributing")) {
        out += "      " + names.table(step.at("table")) + ", " + time_text(step.at("received_at")) +
               ", by " + step.at("person").get<std::string>() + ": " + value_of(step.at("before")) +
               " → " + value_of(step.at("after")) + entry_of(step.at("index")) + "\n";
      }
    }
  }
  return out;
}

std::string tell_plans(const StoryNames& names, const json& plans) {
  std::string out;
  for (const auto& plan : plans) {
    out += "  " + names.department(plan.at("department")) + " · " +
           plan.at("indicator").get<std::string>() + ": " + plan.at("status").get<std::string>() +
           entry_of(plan.at("required_by")) + "\n";
    for (const auto& draft : plan.at("drafts")) {
      out += "      草案 draft " + draft.at("number").dump() + ", " + time_text(draft.at("at")) +
             entry_of(draft.at("index")) + "\n";
      const json& decision = draft.at("decision");
      if (!decision.is_object()) continue;
      for (const auto& item : decision.at("items")) {
        const bool accepted = item.at("accepted").get<bool>();
        out += "        " + item.at("item").get<std::string>() +
               (accepted ? " 接受 accepted" : " 退回 sent back: ") +
               (item.at("reason").is_string() ? item.at("reason").get<std::string>() : "") +
               entry_of(decision.at("index")) + "\n";
      }
    }
  }
  return out;
}

}  // namespace

std::string tell_figures(const StoryNames& names, const json& facts, const json& rules,
                         const std::vector<json>& indicators, const json& plans) {
  std::string out;
  const auto section = [&](const char* heading, const std::string& text) {
    if (!text.empty()) out += std::string("\n") + heading + "\n" + text;
  };
  section("十七、撤销的规则 / Rules that were withdrawn", tell_withdrawn(names, facts, rules));
  section("十八、越过标准的改动 / Edits that moved an indicator across its mark",
          tell_crossings(names, indicators));
  section("十九、整改方案 / Rectification plans", tell_plans(names, plans));
  return out;
}

}  // namespace countersign::tools
