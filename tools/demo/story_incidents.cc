#include "tools/demo/story_incidents.h"

#include <map>
#include <set>
#include <vector>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using nlohmann::json;

namespace {

// Statements between these hours of the campus are worth a look.
constexpr const char* kNightBegins = "22:00";
constexpr const char* kNightEnds = "06:00";

bool is(const json& header, const char* type) { return header.at("type") == type; }

std::string text(const json& object, const char* key) {
  return object.contains(key) && object.at(key).is_string() ? object.at(key).get<std::string>()
                                                            : std::string();
}

bool at_night(const json& header) {
  const std::string clock = time_text(header.at("received_at")).substr(6);
  return clock >= kNightBegins || clock < kNightEnds;
}

json one(const json& index) { return json::array({index}); }

class Incidents {
 public:
  Incidents(const StoryNames& names, const StoryMaterial& material)
      : names_(names), tasks_(material.tasks), facts_(material.facts), headers_(material.headers) {}

  std::string tell() && {
    returned_again();
    hats();
    days_granted();
    declined();
    nights();
    successions();
    return std::move(out_);
  }

 private:
  void heading(const std::string& heading) { out_ += "\n" + heading + "\n"; }

  std::string where(const json& task) const {
    return names_.department(task.at("department")) + " · " + names_.table(task.at("table"));
  }
  static std::string account(const json& header) { return text(header.at("actor"), "account"); }

  // Returned more than once, and what made it pass: the changes since the last return.
  void returned_again() {
    heading("八、退回两次，第三次通过 / Returned twice, passed the third time");
    for (const auto& task : tasks_) {
      const auto& returns = task.at("returns");
      if (returns.size() < 2) continue;
      std::uint64_t last = 0;
      json entries = json::array();
      for (const auto& returned : returns) {
        entries.push_back(returned.at("index"));
        last = std::max(last, returned.at("index").get<std::uint64_t>());
      }
      json since = json::array();
      for (const auto& header : headers_) {
        if (text(header, "table") != task.at("table") || header.at("index") < last) continue;
        if (is(header, "rows.changed")) since.push_back(header.at("index"));
        if (!is(header, "table.approved")) continue;
        since.push_back(header.at("index"));
        out_ += "  " + where(task) + ": " + std::to_string(returns.size()) + " returns" +
                entries_text(entries) + ", note and pass " + time_text(header.at("received_at")) +
                entries_text(since) + "\n";
        break;
      }
    }
  }

  // A lent hat, and per version who entered and who passed under it.
  void hats() {
    heading("九、书面委托与两人原则 / Hats lent in writing, and two persons");
    for (const auto& granted : headers_) {
      if (!is(granted, "delegation.granted")) continue;
      const auto& data = granted.at("data");
      out_ += "  " + names_.department(data.at("hat").at("department")) + ", " +
              text(data.at("hat"), "role") + ": " + text(data, "from") + " → " + text(data, "to") +
              ", " + time_text(granted.at("received_at")) + " – " + time_text(data.at("until")) +
              entries_text(one(granted.at("index"))) + "\n";
      for (const auto& header : headers_) {
        const auto& actor = header.at("actor");
        if (header.at("index") > granted.at("index") &&
            text(actor, "on_behalf_of") == text(data, "from") &&
            text(actor, "person") == text(data, "to") && !is(header, "sheet.imported")) {
          out_ += "      " + account(header) + " " + text(header, "type") + " " +
                  text(header, "table") + ", " + time_text(header.at("received_at")) +
                  entries_text(one(header.at("index"))) + "\n";
        }
      }
    }
    for (const auto& [table, who] : own_entries_not_passed()) {
      out_ += "  " + names_.table(table) + ": " + who + "\n";
    }
  }

  // Tables where the one who passed a version had entered an earlier one herself.
  std::vector<std::pair<std::string, std::string>> own_entries_not_passed() const {
    std::vector<std::pair<std::string, std::string>> found;
    std::map<std::string, json> edits;     // table and person -> the entry
    std::map<std::string, json> last_one;  // table -> the last change
    for (const auto& header : headers_) {
      const std::string table = text(header, "table");
      const std::string person = text(header.at("actor"), "person");
      if (is(header, "rows.changed")) {
        edits[table + "/" + person] = header;
        last_one[table] = header;
      }
      const auto own = edits.find(table + "/" + person);
      if (!is(header, "table.approved") || own == edits.end()) continue;
      const json& last = last_one[table];
      found.emplace_back(table, "v" + own->second.at("data").at("version").dump() + " entered by " +
                                    account(own->second) + ", who may not pass it" +
                                    entries_text(one(own->second.at("index"))) + "; v" +
                                    last.at("data").at("version").dump() + " entered by " +
                                    account(last) + entries_text(one(last.at("index"))) +
                                    ", passed by " + account(header) +
                                    entries_text(one(header.at("index"))));
    }
    return found;
  }

  void days_granted() {
    heading("十、批准的延期 / Days granted");
    for (const auto& task : tasks_) {
      for (const auto& move : task.at("due_moves")) {
        out_ += "  " + where(task) + ": " + time_text(move.at("from")) + " → " +
                time_text(move.at("to")) + ", " +
                (text(move, "reason").empty() ? "随退回 by a return" : text(move, "reason")) +
                "; submitted " + time_text(task.at("submitted_at")) +
                entries_text(one(move.at("index"))) + "\n";
      }
    }
    out_ +=
        "  其余逾期见第一部分；事后的申请不被接受 / whoever asked afterwards is in part one: "
        "only a day granted before it is over excuses\n";
  }

  // What the owner held already when it asked.
  void declined() {
    heading("十一、被拒绝的重复填报 / Re-entry asked for, and declined");
    for (const auto& task : tasks_) {
      for (const auto& assist : task.at("assists")) {
        if (assist.at("status") != "declined") continue;
        json held = json::array();
        std::string rows = "0";
        for (const auto& header : headers_) {
          if (is(header, "sheet.imported") && text(header, "table") == task.at("table") &&
              header.at("index") < assist.at("entries").front()) {
            held = one(header.at("index"));
            rows = header.at("data").at("rows").dump();
          }
        }
        out_ += "  " + where(task) + " → " + names_.department(assist.at("department")) +
                ": declined " + time_text(assist.at("answered_at")) +
                entries_text(assist.at("entries")) + "; the owner held " + rows + " rows" +
                entries_text(held) + "\n";
      }
    }
  }

  // A statement made at night, and what followed for its account and its table.
  void nights() {
    heading("十二、夜间的签字 / Statements made at night");
    for (const auto& header : headers_) {
      if ((!is(header, "table.submitted") && !is(header, "table.approved")) || !at_night(header)) {
        continue;
      }
      out_ += "  " + account(header) + " " + text(header, "type") + " " +
              names_.table(header.at("table")) + ", " + time_text(header.at("received_at")) +
              entries_text(one(header.at("index"))) + "\n";
      for (const auto& later : headers_) {
        if (later.at("index") <= header.at("index")) continue;
        const bool replaced =
            is(later, "credential.set") && text(later.at("data"), "account") == account(header);
        const bool about_it = text(later, "table") == text(header, "table") &&
                              (is(later, "table.returned") || is(later, "table.submitted"));
        if (!replaced && !about_it) continue;
        out_ += "      " + account(later) + " " + text(later, "type") + ", " +
                time_text(later.at("received_at")) + entries_text(one(later.at("index"))) + "\n";
        if (is(later, "table.submitted")) break;
      }
    }
  }

  // An account closed, the one opened for the same department, and whose facts are whose.
  void successions() {
    heading("十三、人员更替 / One department, two persons");
    std::string department;
    for (const auto& header : headers_) {
      if (!is(header, "account.closed") && !is(header, "account.opened")) continue;
      const auto& data = header.at("data");
      if (is(header, "account.opened")) {
        for (const auto& hat : data.at("account").at("hats")) department = text(hat, "department");
      }
      const bool closed = is(header, "account.closed");
      out_ += "  " + (closed ? text(data, "account") : text(data.at("account"), "id")) +
              (closed ? " 关闭 closed " : " 开立 opened ") + time_text(header.at("received_at")) +
              entries_text(one(header.at("index"))) + "\n";
    }
    for (const auto& fact : facts_) {
      if (department.empty() || fact.at("department") != department) continue;
      out_ += "      " + text(fact, "kind") + " " + names_.table(fact.at("table")) + ", " +
              time_text(fact.at("happened")) + ": " + names_.department(fact.at("department")) +
              ", " + text(fact, "person") + entries_text(fact.at("entries")) + "\n";
    }
  }

  const StoryNames& names_;
  const json& tasks_;
  const json& facts_;
  const json& headers_;
  std::string out_;
};

}  // namespace

std::string tell_incidents(const StoryNames& names, const StoryMaterial& material) {
  return Incidents(names, material).tell();
}

}  // namespace countersign::tools
