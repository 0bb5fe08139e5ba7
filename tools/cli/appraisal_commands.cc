// case: review for appraisal.
#include "tools/cli/command.h"
#include "tools/cli/language.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"

#include <fstream>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

struct AppraisalArguments {
  std::string id;
  std::string department;
  std::vector<std::string> facts;
  std::string title;
  std::string outcome;
  std::int64_t bulletin = -1;  // none
  std::string text;
  std::string reason;
  std::vector<std::string> to;
  std::string receiver;
  std::string file;
};

std::string case_path(const GlobalOptions& global, const AppraisalArguments& args,
                      const std::string& rest) {
  return campaign_path(global, "/cases/" + percent_encode(args.id) + rest);
}

std::string joined(const json& list) {
  std::string out;
  for (const auto& one : list) out += (out.empty() ? "" : " ") + one.get<std::string>();
  return out;
}

Result<void> list_cases(Caller& caller, const GlobalOptions& global, const AppraisalArguments&) {
  CS_TRY(const json found, caller.get(campaign_path(global, "/cases")));
  if (printed(caller, found)) return {};
  TextTable table({"case", "department", "state", when_heading(global, "opened"), "rests on",
                   "title"});
  for (const auto& one : found.at("cases")) {
    table.add({text_of(one, "id"), text_of(one, "department"), text_of(one, "state"),
               when(global, one["at"]), joined(one.at("facts")), text_of(one, "title")});
  }
  std::cout << table.text();
  return {};
}

// One line for everything that happened to it.
void add_acts(TextTable& table, const GlobalOptions& global, const json& one) {
  for (const auto& pack : one.at("packs")) {
    table.add({text_of(pack, "index"), when(global, pack["at"]), "pack sealed",
               text_of(pack, "person"),
               text_of(pack, "hash") + ", " + text_of(pack, "bytes") + " bytes, as of size " +
                   text_of(pack, "as_of")});
  }
  for (const auto& service : one.at("services")) {
    table.add({text_of(service, "index"), when(global, service["at"]), "served",
               text_of(service, "person"),
               "objections until " + instant_text(global, service["objections_until"])});
    const json& received = service.at("received");
    if (received.is_object()) {
      table.add({text_of(received, "index"), when(global, received["at"]), "received",
                 text_of(received, "person"), ""});
    }
  }
  for (const auto& text : one.at("texts")) {
    std::string said = text_of(text, "text");
    if (text["appeal_until"].is_string()) {
      said += "; appeal until " + instant_text(global, text["appeal_until"]);
    }
    if (!text.at("to").empty()) said += "; reached " + joined(text.at("to"));
    table.add({text_of(text, "index"), when(global, text["at"]),
               text_of(text, "kind") == "correction" ? "corrected" : text_of(text, "outcome"),
               text_of(text, "person"), said});
  }
}

Result<void> show_case(Caller& caller, const GlobalOptions& global,
                       const AppraisalArguments& args) {
  CS_TRY(const json one, caller.get(case_path(global, args, "")));
  if (printed(caller, one)) return {};
  std::cout << "case " << text_of(one, "id") << ": " << text_of(one, "department") << ", "
            << text_of(one, "state") << "; " << text_of(one, "title") << "\nrests on "
            << joined(one.at("facts"));
  if (!one.at("overturned").empty()) {
    std::cout << "\nto be corrected, overturned since: " << joined(one.at("overturned"));
  }
  std::cout << "\n";
  TextTable acts({"entry", when_heading(global, "when"), "act", "who", "what"});
  add_acts(acts, global, one);
  std::cout << acts.text();
  return {};
}

Result<void> open(Caller& caller, const GlobalOptions& global, const AppraisalArguments& args) {
  return act(caller, campaign_path(global, "/cases"),
             {{"department", args.department}, {"facts", args.facts}, {"title", args.title}});
}

Result<void> seal(Caller& caller, const GlobalOptions& global, const AppraisalArguments& args) {
  return act(caller, case_path(global, args, "/pack"), json::object());
}

Result<void> serve(Caller& caller, const GlobalOptions& global, const AppraisalArguments& args) {
  json body = json::object();
  if (!args.receiver.empty()) body["to"] = args.receiver;
  return act(caller, case_path(global, args, "/service"), body);
}

Result<void> acknowledge(Caller& caller, const GlobalOptions& global,
                         const AppraisalArguments& args) {
  return act(caller, case_path(global, args, "/acknowledgement"), json::object());
}

Result<void> conclude(Caller& caller, const GlobalOptions& global, const AppraisalArguments& args) {
  json body = {{"outcome", args.outcome}, {"text", args.text}, {"to", args.to}};
  if (args.bulletin >= 0) body["bulletin"] = args.bulletin;
  return act(caller, case_path(global, args, "/conclusion"), body);
}

Result<void> correct(Caller& caller, const GlobalOptions& global, const AppraisalArguments& args) {
  return act(caller, case_path(global, args, "/correction"),
             {{"text", args.text}, {"reason", args.reason}});
}

Result<void> fetch(Caller& caller, const std::string& target, const std::string& path) {
  CS_TRY(const Reply reply, caller.raw("GET", target, {}, {}));
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << reply.body;
  if (!file.flush()) return Error{Errc::io, "cannot write " + path};
  std::cerr << "Wrote " << path << ".\n";
  return {};
}

Result<void> fetch_sealed(Caller& caller, const GlobalOptions& global,
                          const AppraisalArguments& args) {
  return fetch(caller, case_path(global, args, "/pack"), args.file);
}

using Arguments = std::shared_ptr<AppraisalArguments>;
using On = std::function<void(
    CLI::App*, Result<void> (*)(Caller&, const GlobalOptions&, const AppraisalArguments&))>;

void add_case(CLI::App& app, const Arguments& args, const On& on) {
  auto* group = app.add_subcommand("case", "review for appraisal: cases against units");
  group->require_subcommand(1);
  const auto of_case = [&](const char* name, const char* help) {
    auto* command = group->add_subcommand(name, help);
    command->add_option("case", args->id, "the entry that opened it")->required();
    return command;
  };
  on(group->add_subcommand("list", "cases and where they stand"), list_cases);
  on(of_case("show", "one case with everything that happened to it"), show_case);
  auto* opening = group->add_subcommand("open", "open one on facts about a department");
  opening->add_option("--department", args->department, "the unit")->required();
  opening->add_option("--fact", args->facts, "facts it rests on")->required();
  opening->add_option("--title", args->title, "what it is about; names no person")->required();
  on(opening, open);
  on(of_case("seal", "make its pack of evidence as of now and seal it"), seal);
  auto* service = of_case("serve", "give the pack to the unit; its time to object begins");
  service->add_option("--to", args->receiver, "persons concerned besides the unit's head");
  on(service, serve);
  on(of_case("acknowledge", "as the unit's head: the pack was received"), acknowledge);
  auto* conclusion = of_case("conclude", "say what follows");
  conclusion->add_option("outcome", args->outcome, "reported, published or closed")->required();
  conclusion->add_option("--bulletin", args->bulletin, "published: the bulletin")
      ->check(CLI::NonNegativeNumber);
  conclusion->add_option("--text", args->text, "the report, or why nothing follows")->required();
  conclusion->add_option("--to", args->to, "reported: whom it reaches");
  on(conclusion, conclude);
  auto* correction = of_case("correct", "correct what was reported, for all whom it reached");
  correction->add_option("--text", args->text, "the report as it should be")->required();
  correction->add_option("--reason", args->reason, "why")->required();
  on(correction, correct);
  auto* sealed = of_case("pack", "write its sealed pack to a file");
  sealed->add_option("file", args->file, "file to write")->required();
  on(sealed, fetch_sealed);
}

}  // namespace

void add_appraisal_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<AppraisalArguments>();
  const On on = [&action, &global, args](CLI::App* command, auto use) {
    command->callback([&action, &global, args, use] {
      action = [&global, args, use] {
        return with_service(global, [&](Caller& caller) { return use(caller, global, *args); });
      };
    });
  };
  add_case(app, args, on);
}

}  // namespace countersign::tools
