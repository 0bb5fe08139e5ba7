// acts, late, changes, follow: what happened over a whole campaign, in the past and as it comes.
#include "tools/cli/command.h"
#include "tools/cli/language.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"
#include "tools/cli/who.h"

#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

// The service says at least this often that a feed is alive.
constexpr std::chrono::seconds kQuiet{45};
constexpr std::chrono::seconds kComeBack{2};

struct ActivityArguments {
  std::string table;
  std::string person;
  std::string department;
  std::string type;
  std::string from;
  std::string until;
  std::string row;
  std::string column;
  std::string milestone = "due";
  std::string format = "csv";
  std::string file;
  std::string after;
  std::uint64_t limit = 100;
};

std::string with(const std::string& name, const std::string& value) {
  return value.empty() ? std::string() : "&" + name + "=" + percent_encode(value);
}

std::string filter(const ActivityArguments& args) {
  return with("table", args.table) + with("person", args.person) +
         with("department", args.department) + with("from", args.from) + with("until", args.until);
}

Result<void> acts(Caller& caller, const GlobalOptions& global, const ActivityArguments& args) {
  CS_TRY(const json reply,
         caller.get(campaign_path(global, "/acts?limit=" + std::to_string(args.limit)) +
                    filter(args) + with("type", args.type)));
  if (printed(caller, reply)) return {};
  TextTable table({say(global, "entry", "条目"), when_heading(global, "received", "接收时间"),
                   say(global, "who", "人员"), say(global, "what", "事项"),
                   say(global, "table", "数据表"), say(global, "rows", "行数"),
                   say(global, "version", "版本"), say(global, "why", "原因")});
  for (const auto& act : reply.at("acts")) {
    table.add({text_of(act, "index"), when(global, act["received_at"]), who(global, act),
               word(global, text_of(act, "type")), text_of(act, "table"), text_of(act, "rows"),
               text_of(act, "version"), text_of(act, "reason")});
  }
  std::cout << table.text();
  return {};
}

Result<void> late(Caller& caller, const GlobalOptions& global, const ActivityArguments& args) {
  CS_TRY(const json reply,
         caller.get(campaign_path(global, "/late-changes?limit=" + std::to_string(args.limit)) +
                    filter(args) + with("milestone", args.milestone)));
  if (printed(caller, reply)) return {};
  TextTable table({say(global, "entry", "条目"), when_heading(global, "received", "接收时间"),
                   say(global, "table", "数据表"), say(global, "rows", "行数"),
                   when_heading(global, "milestone", "节点"), say(global, "after it", "超出"),
                   say(global, "who", "人员"), say(global, "why", "原因")});
  for (const auto& change : reply.at("changes")) {
    table.add({text_of(change, "index"), when(global, change["received_at"]),
               text_of(change, "table"), text_of(change, "rows"), when(global, change["milestone"]),
               duration_text(change["late_seconds"]), who(global, change),
               text_of(change, "reason")});
  }
  std::cout << table.text();
  return {};
}

Result<void> changes(Caller& caller, const GlobalOptions& global, const ActivityArguments& args) {
  const std::string language = language_of(global) == api::Language::zh ? "zh" : "en";
  const std::string target = campaign_path(global, "/changes?lang=") + language +
                             with("zone", global.zone) + filter(args) + with("row", args.row) +
                             with("column", args.column);
  const std::string format = caller.json_output() ? "json" : args.format;
  const std::string type = format == "csv"      ? "text/csv"
                           : format == "ndjson" ? "application/x-ndjson"
                                                : "application/json";
  CS_TRY(const Reply reply, caller.raw("GET", target, {}, {{"Accept", type}}));
  if (args.file.empty() || args.file == "-") {
    std::cout << reply.body << (format == "json" ? "\n" : "");
    return {};
  }
  std::ofstream file(args.file, std::ios::binary | std::ios::trunc);
  file << reply.body;
  if (!file.flush()) return Error{Errc::io, "cannot write " + args.file};
  std::cerr << say(global, "Wrote ", "已写入 ") << args.file << "\n";
  return {};
}

// Takes Server-Sent Events apart; keeps the id to come back with.
class EventReader {
 public:
  EventReader(const GlobalOptions& global, std::string last) : global_(global), last_(last) {}

  const std::string& last() const { return last_; }

  void add(std::string_view piece) {
    text_ += piece;
    for (auto end = text_.find('\n'); end != std::string::npos; end = text_.find('\n')) {
      line(text_.substr(0, end));
      text_.erase(0, end + 1);
    }
  }

 private:
  void line(const std::string& line) {
    if (line.starts_with("id: ")) last_ = line.substr(4);
    if (!line.starts_with("data: ")) return;
    const std::string data = line.substr(6);
    if (global_.json) {
      std::cout << data << std::endl;
      return;
    }
    const json event = json::parse(data, nullptr, false);
    if (event.is_discarded()) return;
    const json& header = event.at("data");
    std::cout << text_of(event, "id") << "  " << instant_text(global_, event.at("time")) << "  "
              << word(global_, text_of(header, "type")) << "  " << text_of(event, "subject") << "  "
              << who(global_, header.at("actor")) << std::endl;
  }

  const GlobalOptions& global_;
  std::string last_;
  std::string text_;
};

// Until interrupted. A connection that breaks is made again after the last event that came.
Result<void> follow(Caller& caller, const GlobalOptions& global, const ActivityArguments& args) {
  // A table and a department are of a campaign; without them, everything of the ledger.
  const bool narrowed = !args.table.empty() || !args.department.empty();
  const std::string target = "/v1/events?type=" + percent_encode(args.type) +
                             with("campaign", narrowed ? global.campaign : std::string()) +
                             with("table", args.table) + with("department", args.department);
  EventReader events(global, args.after);
  bool heard = false;
  while (true) {
    Headers headers{{"Accept", "text/event-stream"}};
    if (!events.last().empty()) headers.emplace_back("Last-Event-ID", events.last());
    const auto done = caller.stream(target, headers, kQuiet, [&](std::string_view piece) {
      heard = true;
      events.add(piece);
      return true;
    });
    if (!done &&
        (!heard || (done.error().code != Errc::io && done.error().code != Errc::unavailable))) {
      return done;
    }
    std::this_thread::sleep_for(kComeBack);
  }
}

}  // namespace

void add_activity_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<ActivityArguments>();
  const auto filters = [&](CLI::App* command) {
    command->add_option("--table", args->table, "only this table");
    command->add_option("--person", args->person, "only what this person did, or had done");
    command->add_option("--department", args->department, "only what this department did");
    command->add_option("--from", args->from, "received at or after this instant, with offset");
    command->add_option("--until", args->until, "received before this instant, with offset");
  };
  const auto run = [&global, &action, args](CLI::App* command,
                                            Result<void> (*what)(Caller&, const GlobalOptions&,
                                                                 const ActivityArguments&)) {
    command->callback([&global, &action, args, what] {
      action = [&global, args, what] {
        return with_service(global, [&](Caller& caller) { return what(caller, global, *args); });
      };
    });
  };

  auto* acts_command =
      app.add_subcommand("acts", "everything a person or a department did in a period");
  filters(acts_command);
  acts_command->add_option("--type", args->type, "only this type, such as table.returned");
  acts_command->add_option("--limit", args->limit, "entries looked at")->capture_default_str();
  run(acts_command, &acts);

  auto* late_command = app.add_subcommand("late", "changes received after a milestone");
  filters(late_command);
  late_command
      ->add_option("--milestone", args->milestone,
                   "due, due_first, submission, level:<id>, or an instant with offset")
      ->capture_default_str();
  late_command->add_option("--limit", args->limit, "changes shown")->capture_default_str();
  run(late_command, &late);

  auto* changes_command = app.add_subcommand(
      "changes", "every change as what, from, to, when, who, why, for a spreadsheet or a script");
  filters(changes_command);
  changes_command->add_option("--row", args->row, "only this row of the table");
  changes_command->add_option("--column", args->column, "only this column");
  changes_command->add_option("--format", args->format, "csv, json or ndjson")
      ->check(CLI::IsMember({"csv", "json", "ndjson"}))
      ->capture_default_str();
  changes_command->add_option("--file", args->file, "written there; else to standard output");
  run(changes_command, &changes);

  auto* follow_command = app.add_subcommand("follow", "entries as they come, until interrupted");
  follow_command->add_option("--table", args->table, "only this table");
  follow_command->add_option("--department", args->department, "only what this department does");
  follow_command->add_option("--type", args->type, "only this type, such as table.submitted");
  follow_command->add_option("--after", args->after,
                             "from just after this entry; -1: from the first");
  run(follow_command, &follow);
}

}  // namespace countersign::tools
