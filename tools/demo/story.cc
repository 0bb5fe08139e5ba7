#include "tools/demo/story.h"

#include "tools/demo/stage.h"
#include "tools/demo/story_bulletins.h"
#include "tools/demo/story_figures.h"
#include "tools/demo/story_final_weeks.h"
#include "tools/demo/story_incidents.h"
#include "tools/demo/story_lines.h"

#include <map>
#include <memory>
#include <sstream>
#include <vector>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Result;
using nlohmann::json;

namespace {

constexpr const char* kReader = "centre.1";
constexpr const char* kLogReader = "audit.1";
class Story {
 public:
  explicit Story(const StoryNames& names) : names_(names) {}

  void heading(const std::string& text) { out_ += "\n" + text + "\n"; }

  void lateness(const json& facts) {
    heading("一、逾期：名义与净 / Late: raw, and net of waiting for others");
    bool any = false;
    for (const auto& fact : facts) {
      if (fact.at("kind") != "F1" && fact.at("kind") != "F3") continue;
      any = true;
      out_ += "  " + department(fact) + " · " + table(fact) + ": due " + time_text(fact["due"]) +
              ", received " + time_text(fact["happened"]) + "; raw " +
              hours_text(fact["raw_seconds"]) + ", net " + hours_text(fact["net_seconds"]) +
              (fact.at("counts").get<bool>() ? "" : " → 不计责 excused") +
              (fact.at("kind") == "F3" ? " (assisting part)" : "") + entries_text(fact["entries"]) +
              "\n";
      for (const auto& charge : fact.at("charges")) {
        if (charge.at("kind") == "outage") {
          out_ += "      " + hours_text(charge["seconds"]) + " 平台停机 the platform stood still" +
                  entries_text(charge["entries"]) + "\n";
          continue;
        }
        if (charge.at("kind") == "blocked") {
          out_ += "      " + hours_text(charge["seconds"]) + " 仍被阻塞 still blocked by " +
                  names_.table(charge["table"]) + entries_text(charge["entries"]) + "\n";
          continue;
        }
        out_ += "      " + hours_text(charge["seconds"]) + " 归于 charged to " +
                names_.department(charge["department"]) + " (" + names_.table(charge["table"]) +
                ", released " + time_text(charge["to"]) + ")" + entries_text(charge["entries"]) +
                "\n";
      }
    }
    if (!any) out_ += "  无 none\n";
    credits(facts);
  }

  // What units did well unasked; it offsets nothing.
  void credits(const json& facts) {
    for (const auto& fact : facts) {
      if (!fact.at("credit").get<bool>()) continue;
      out_ += "  记功 credit: " + department(fact) + " · " + table(fact);
      if (fact.at("kind") == "F15") {
        out_ += ": passed " + hours_text(fact["early_seconds"]) + " early, " +
                fact["count"].dump() + " table(s) no longer waited";
      } else {
        out_ += ": corrected " + fact["count"].dump() + " cell(s) of its own before anybody asked";
      }
      out_ += entries_text(fact["entries"]) + "\n";
    }
  }

  void overdue(const json& tasks) {
    heading("二、尚未提交 / Not delivered yet");
    for (const auto& task : tasks) {
      if (!task.at("submitted_at").is_null() || !task.at("raw_late_seconds").is_number() ||
          task.at("raw_late_seconds") == 0) {
        continue;
      }
      out_ += "  " + department(task) + " · " + table(task) + ": " +
              task.at("status").get<std::string>() + ", due " + time_text(task["due"]) +
              ", overdue " + hours_text(task["raw_late_seconds"]) + "\n";
    }
  }

  void returns(const json& tasks) {
    heading("三、退回与理由 / Returned, and why");
    for (const auto& task : tasks) {
      for (const auto& one : task.at("returns")) {
        out_ += "  " + department(task) + " · " + table(task) + ", v" + one["version"].dump() +
                ", " + one.value("level", "") + ", " + time_text(one["at"]) +
                entries_text(json::array({one["index"]})) + "\n";
        for (const auto& reason : one.at("reasons")) {
          const std::string where = reason["rule"].is_string() ? reason["rule"].get<std::string>()
                                                               : reason.value("column", "");
          out_ += "      " + where + ": " + reason.value("text", "") + "\n";
        }
      }
    }
  }

  void signatures(const json& tasks) {
    heading("四、签字是否仍然有效 / Which signatures still stand");
    std::size_t standing = 0;
    for (const auto& task : tasks) {
      for (const auto& statement : task.at("statements")) {
        if (statement.at("stands").get<bool>()) {
          ++standing;
          continue;
        }
        out_ += "  " + department(task) + " · " + table(task) + ": " +
                statement.value("level", "") + " by " + statement.value("person_name", "") +
                ", signed v" + statement["version"].dump() + ", current v" +
                statement["current_version"].dump() +
                entries_text(json::array({statement["index"]})) + "\n";
      }
    }
    out_ += "  其余 " + std::to_string(standing) + " 个签字对应当前版本 / the other " +
            std::to_string(standing) + " statements stand for the current version\n";
  }

  void late_changes(const json& facts) {
    heading("五、初审之后的改动 / Changes after the first review");
    for (const auto& fact : facts) {
      if (fact.at("kind") != "F9") continue;
      out_ += "  " + department(fact) + " · " + table(fact) + ": " + fact["count"].dump() +
              " cell(s), " + time_text(fact["happened"]) +
              (fact.at("counts").get<bool>() ? "" : ", asked for") + entries_text(fact["entries"]) +
              "\n";
    }
  }

  void imports(const json& entries) {
    heading("六、人事处再次导入 / HR's second import");
    for (const auto& entry : entries) out_ += entry.get<std::string>();
  }

  void claimed(const json& entries) {
    heading("七、以接收时间为准 / Received time decides");
    for (const auto& entry : entries) {
      if (entry.at("claimed_at").is_null() || entry.at("type") != "table.submitted") continue;
      out_ += "  major_transfers: client said " + time_text(entry["claimed_at"]) + ", received " +
              time_text(entry["received_at"]) + entries_text(json::array({entry["index"]})) + "\n";
    }
  }

  std::string text() && { return std::move(out_); }

 private:
  std::string department(const json& one) const { return names_.department(one["department"]); }
  std::string table(const json& one) const { return names_.table(one["table"]); }

  const StoryNames& names_;
  std::string out_;
};

// Row changes between an import and the entries it became, told by their headers' counts.
Result<json> second_imports(Stage& stage) {
  json lines = json::array();
  CS_TRY(const json entries,
         stage.ask(kReader, stage.table_path("staff_basic", "/entries?limit=100")));
  for (const auto& entry : entries.at("entries")) {
    if (entry.at("type") != "sheet.imported") continue;
    CS_TRY(const json shown, stage.ask(kReader, "/v1/entries/" + entry.at("index").dump()));
    const json data = json::parse(shown.at("header").get<std::string>()).at("data");
    lines.push_back("  " + time_text(entry["received_at"]) + ": " + data["rows"].dump() +
                    " rows, " + data["identical"].dump() + " identical, " +
                    data["counts"]["added"].dump() + " added, " + data["counts"]["changed"].dump() +
                    " changed" + entries_text(json::array({entry["index"]})) + "\n");
  }
  return lines;
}

// The headers of all entries, in order: who did what when, and no content.
Result<json> log_headers(Stage& stage) {
  CS_TRY(const Reply exported, stage.send(kLogReader, "GET", "/v1/log/export"));
  json headers = json::array();
  std::istringstream lines(exported.body);
  for (std::string line; std::getline(lines, line);) {
    const json entry = json::parse(line, nullptr, false);
    if (!entry.is_object() || !entry.contains("header")) continue;
    headers.push_back(json::parse(entry.at("header").get<std::string>()));
  }
  return headers;
}

}  // namespace

Result<std::string> tell_story(const std::string& url, const std::string& campaign) {
  Stage stage(url, campaign, std::make_shared<Sessions>());
  CS_TRY(const json ledger_now, stage.ask(kReader, "/v1/ledger"));
  const std::string fresh =
      "min_index=" + std::to_string(ledger_now.at("size").get<std::uint64_t>() - 1);
  CS_TRY(const json definition, stage.ask(kReader, stage.campaign_path("")));
  CS_TRY(const json tasks, stage.ask(kReader, stage.campaign_path("/tasks?" + fresh)));
  CS_TRY(const json facts, stage.ask(kReader, stage.campaign_path("/facts?limit=1000&" + fresh)));
  CS_TRY(const json entries,
         stage.ask(kReader, stage.table_path("major_transfers", "/entries?limit=100")));
  CS_TRY(const json imports, second_imports(stage));

  CS_TRY(const json proceedings, stage.ask(kReader, stage.campaign_path("/proceedings?" + fresh)));
  CS_TRY(const json bulletins, stage.ask(kReader, stage.campaign_path("/bulletins?" + fresh)));
  CS_TRY(const json rules, stage.ask(kReader, stage.campaign_path("/rules?" + fresh)));
  CS_TRY(const json plans, stage.ask(kReader, stage.campaign_path("/plans?" + fresh)));
  std::vector<json> indicators;
  if (definition.contains("indicators")) {
    for (const auto& one : definition.at("indicators")) {
      const std::string id = one.at("id");
      CS_TRY(json shown, stage.ask(kReader, stage.campaign_path("/indicators/" + id)));
      indicators.push_back(std::move(shown));
    }
  }
  CS_TRY(const json headers, log_headers(stage));
  StoryNames names;
  for (const auto& one : definition.at("tables")) {
    names.tables[one.at("key")] = one.at("printed_no").get<std::string>() + " " +
                                  one.at("name").at("zh").get<std::string>() + " (" +
                                  one.at("key").get<std::string>() + ")";
  }
  for (const auto& one : definition.at("departments")) {
    names.departments[one.at("id")] = one.at("name").at("zh").get<std::string>() + " " +
                                      one.at("name").at("en").get<std::string>();
  }
  Story story(names);
  story.heading(definition.at("name").at("zh").get<std::string>() + " · " +
                ledger_now.at("origin").get<std::string>() + " · " + ledger_now.at("size").dump() +
                " entries · " + time_text(ledger_now["now"]));
  story.lateness(facts.at("facts"));
  story.overdue(tasks.at("tasks"));
  story.returns(tasks.at("tasks"));
  story.signatures(tasks.at("tasks"));
  story.late_changes(facts.at("facts"));
  story.imports(imports);
  story.claimed(entries.at("entries"));
  return std::move(story).text() +
         tell_incidents(names, {tasks.at("tasks"), facts.at("facts"), headers}) +
         tell_final_weeks(names, proceedings, facts.at("facts")) +
         tell_bulletins(names, facts.at("facts"), bulletins.at("bulletins")) +
         tell_figures(names, facts.at("facts"), rules.at("rules"), indicators, plans.at("plans"));
}

}  // namespace countersign::tools
