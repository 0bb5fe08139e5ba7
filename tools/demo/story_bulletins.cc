#include "tools/demo/story_bulletins.h"

#include <nlohmann/json.hpp>

namespace countersign::tools {

using nlohmann::json;

namespace {

std::string entry_of(const json& one) { return entries_text(json::array({one.at("index")})); }

}  // namespace

std::string tell_bulletins(const StoryNames& names, const json& facts, const json& bulletins) {
  std::string out;
  for (const auto& fact : facts) {
    for (const auto& act : fact.at("acts")) {
      out += "  " + time_text(act.at("at")) + " " + fact.at("id").get<std::string>() + ", " +
             names.department(fact.at("department")) + " · " + names.table(fact.at("table")) +
             ": " +
             (act.at("kind") == "objection" ? "异议 objection"
                                            : "裁决 " + act.at("verdict").get<std::string>()) +
             (act.at("text").is_string() ? ", " + act.at("text").get<std::string>() : "") +
             entry_of(act) + "\n";
    }
  }
  for (const auto& bulletin : bulletins) {
    for (const auto& text : bulletin.at("texts")) {
      out += "  " + time_text(text.at("at")) +
             (text.at("reason").is_string() ? " 更正通报 corrected: " : " 起草通报 drafted: ") +
             text.at("text").get<std::string>() + entry_of(text) + "\n";
      if (!text.at("published").is_object()) continue;
      const json& published = text.at("published");
      out += "  " + time_text(published.at("at")) + " 发布 published to";
      for (const auto& receiver : published.at("to")) out += " " + receiver.get<std::string>();
      out += entry_of(published) + "\n";
    }
  }
  return out.empty() ? out : "\n十六、异议与通报 / Objections and bulletins\n" + out;
}

}  // namespace countersign::tools
