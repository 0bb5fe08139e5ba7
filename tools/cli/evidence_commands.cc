// evidence: files behind figures, sent or cited by hash, listed, fetched, withdrawn, missed; and
// the check of the files that a ledger keeps, without the service.
#include "ledger/crypto/key_file.h"
#include "ledger/domain/event_codec.h"
#include "ledger/evidence/evidence_store.h"
#include "ledger/key_directory.h"
#include "ledger/open_log.h"
#include "tools/cli/cited_file.h"
#include "tools/cli/command.h"
#include "tools/cli/language.h"
#include "tools/cli/service.h"
#include "tools/cli/terminal.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <set>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

struct EvidenceArguments {
  std::string file;
  std::string table;
  std::vector<std::string> covers;
  std::string title;
  std::string kind;
  std::string valid_for;
  std::string custodian;
  bool hash_only = false;
  std::string id;
  std::string reason;
  std::string to;
  std::string data;
};

std::string evidence_path(const GlobalOptions& global, const std::string& rest) {
  return campaign_path(global, "/evidence" + rest);
}

// "row=100001,column=title", "requirement=books_certificate", "indicator=…", "table".
Result<json> cover_of(const std::string& text) {
  json cover = json::object();
  if (text == "table") return cover;
  for (std::size_t from = 0; from <= text.size();) {
    const auto end = std::min(text.find(',', from), text.size());
    const std::string part = text.substr(from, end - from);
    const auto equals = part.find('=');
    const std::string name = part.substr(0, equals);
    if (equals == std::string::npos || equals + 1 == part.size() ||
        (name != "row" && name != "column" && name != "requirement" && name != "indicator")) {
      return Error{Errc::malformed,
                   "--covers takes table, or row=…, column=…, requirement=…, "
                   "indicator=… with commas between"};
    }
    cover[name] = part.substr(equals + 1);
    from = end + 1;
  }
  return cover;
}

Result<std::string> send_file(Caller& caller, const GlobalOptions& global,
                              const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) return Error{Errc::not_found, "cannot read " + name};
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  CS_TRY(const Reply reply, caller.raw("POST", evidence_path(global, "/files"), std::move(bytes),
                                       {{"Content-Type", "application/octet-stream"}}));
  return json::parse(reply.body).at("upload").get<std::string>();
}

Result<void> add(Caller& caller, const GlobalOptions& global, const EvidenceArguments& args) {
  const std::string name = std::filesystem::path(args.file).filename().string();
  json body = {{"title", args.title.empty() ? name : args.title},
               {"file_name", name},
               {"kind", args.kind},
               {"covers", json::array()}};
  for (const std::string& text : args.covers) {
    CS_TRY(json cover, cover_of(text));
    body["covers"].push_back(std::move(cover));
  }
  if (!args.valid_for.empty()) body["valid_for"] = args.valid_for;
  if (!args.custodian.empty()) body["custodian"] = args.custodian;
  if (args.hash_only) {
    CS_TRY(const ledger::Hash hash, hash_of_file(args.file));
    body["hash"] = ledger::to_hex(hash);
    body["bytes"] = std::filesystem::file_size(args.file);
  } else {
    CS_TRY(body["upload"], send_file(caller, global, args.file));
  }
  const std::string target =
      args.table.empty() ? evidence_path(global, "") : table_path(global, args.table, "/evidence");
  return act(caller, target, body);
}

std::string covers_text(const json& record) {
  std::string out;
  for (const auto& cover : record.at("covers")) {
    std::string one;
    for (const auto& [name, value] : cover.items()) {
      one += (one.empty() ? "" : ",") + name + "=" + value.get<std::string>();
    }
    out += (out.empty() ? "" : " ") + (one.empty() ? std::string("table") : one);
  }
  return out;
}

void print_coverage(const GlobalOptions& global, const json& coverage) {
  TextTable table({say(global, "requirement", "要求"), say(global, "table", "数据表"),
                   say(global, "required at", "何时须有"), say(global, "met", "是否满足"),
                   say(global, "rows", "行"), say(global, "without", "缺少")});
  for (const auto& one : coverage) {
    const bool per_row = one.at("per_row").get<bool>();
    std::string lacking;
    for (const auto& row : one.value("lacking", json::array())) {
      lacking += (lacking.empty() ? "" : " ") + row.get<std::string>();
    }
    table.add({text_of(one, "requirement"), text_of(one, "table"),
               one.at("required_at") == "submission" ? say(global, "submission", "提交")
                                                     : say(global, "signature", "签字"),
               one.at("met").get<bool>() ? say(global, "yes", "是") : say(global, "NO", "否"),
               per_row ? text_of(one, "covered") + "/" + text_of(one, "rows") : "-", lacking});
  }
  std::cout << table.text();
}

std::string state_text(const GlobalOptions& global, const json& record) {
  const std::string state = text_of(record, "state");
  std::string text = state == "standing"    ? say(global, "standing", "有效")
                     : state == "withdrawn" ? say(global, "withdrawn", "已撤回")
                                            : say(global, "missing", "缺失");
  if (record.at("after_signing").get<bool>()) {
    text += say(global, ", changed after signing", "，签署后变动");
  }
  return text;
}

Result<void> list(Caller& caller, const GlobalOptions& global, const EvidenceArguments& args) {
  CS_TRY(const json found,
         caller.get(args.table.empty() ? evidence_path(global, "")
                                       : table_path(global, args.table, "/evidence")));
  if (printed(caller, found)) return {};
  TextTable table({say(global, "evidence", "编号"), say(global, "title", "标题"),
                   say(global, "kind", "种类"), say(global, "state", "状态"),
                   say(global, "bytes", "字节"), say(global, "kept by", "保管"),
                   say(global, "covers", "佐证"), say(global, "shown", "查阅次数")});
  for (const auto& one : found.at("evidence")) {
    table.add({text_of(one, "id"), text_of(one, "title"), text_of(one, "kind"),
               state_text(global, one), text_of(one, "bytes"),
               one.at("stored").get<bool>() ? say(global, "the ledger", "台账")
                                            : text_of(one, "custodian"),
               covers_text(one), std::to_string(one.at("shown").size())});
  }
  std::cout << table.text();
  if (found.contains("coverage")) print_coverage(global, found.at("coverage"));
  return {};
}

Result<void> coverage(Caller& caller, const GlobalOptions& global, const EvidenceArguments&) {
  CS_TRY(const json found, caller.get(evidence_path(global, "/coverage")));
  if (caller.json_output()) {
    std::cout << found.dump(2) << "\n";
  } else {
    print_coverage(global, found.at("coverage"));
  }
  return {};
}

Result<void> get(Caller& caller, const GlobalOptions& global, const EvidenceArguments& args) {
  CS_TRY(const Reply reply,
         caller.raw("GET", evidence_path(global, "/" + percent_encode(args.id) + "/file"), {}, {}));
  std::ofstream file(args.file, std::ios::binary);
  if (!(file << reply.body) || !file.flush()) {
    return Error{Errc::io, "cannot write " + args.file};
  }
  const auto recorded = reply.headers.find("countersign-recorded-as");
  std::cerr << reply.body.size() << " bytes; recorded as entry #"
            << (recorded == reply.headers.end() ? "?" : recorded->second) << "\n";
  return {};
}

Result<void> act(Caller& caller, const GlobalOptions& global, const EvidenceArguments& args,
                 const std::string& what, const json& body) {
  return act(caller, evidence_path(global, "/" + percent_encode(args.id) + what), body);
}

Result<void> withdraw(Caller& caller, const GlobalOptions& global, const EvidenceArguments& args) {
  return act(caller, global, args, "/withdrawal", {{"reason", args.reason}});
}
Result<void> missing(Caller& caller, const GlobalOptions& global, const EvidenceArguments& args) {
  return act(caller, global, args, "/missing", {{"reason", args.reason}});
}
Result<void> show(Caller& caller, const GlobalOptions& global, const EvidenceArguments& args) {
  return act(caller, global, args, "/showing", {{"to", args.to}});
}

// The hashes of files that entries say are kept here: evidence and sealed packs.
Result<std::set<ledger::Hash>> registered_files(const std::filesystem::path& data) {
  CS_TRY(const std::string passphrase, ledger::read_key_passphrase({}));
  CS_TRY(const auto log, ledger::open_log(data, ledger::KeyDirectory(data, passphrase),
                                          {.read_only = true}));
  std::set<ledger::Hash> hashes;
  for (ledger::LeafIndex index = 0; index < log->size(); ++index) {
    CS_TRY(const std::string header, log->header(index));
    CS_TRY(const auto decoded, ledger::decode_header(header));
    const auto* registered = std::get_if<ledger::EvidenceRegistered>(&decoded.event.event);
    if (registered != nullptr && registered->what.stored) hashes.insert(registered->what.hash);
    const auto* sealed = std::get_if<ledger::PackSealed>(&decoded.event.event);
    if (sealed != nullptr) hashes.insert(sealed->hash);
  }
  return hashes;
}

Result<void> check(const GlobalOptions& global, const EvidenceArguments& args) {
  const std::filesystem::path data(args.data);
  CS_TRY(const auto registered, registered_files(data));
  ledger::EvidenceCheck found;
  if (std::filesystem::exists(data / "evidence")) {
    CS_TRY(found, ledger::check_evidence(data / "evidence", {}));
  }
  const std::set<ledger::Hash> sound(found.sound.begin(), found.sound.end());
  json lost = json::array();
  json unregistered = json::array();
  for (const auto& hash : registered) {
    if (!sound.contains(hash)) lost.push_back(ledger::to_hex(hash));
  }
  for (const auto& hash : sound) {
    if (!registered.contains(hash)) unregistered.push_back(ledger::to_hex(hash));
  }
  if (global.json) {
    std::cout << json{{"files", found.files},     {"bytes", found.bytes},
                      {"damaged", found.damaged}, {"foreign", found.foreign},
                      {"missing", lost},          {"unregistered", unregistered}}
                     .dump(2)
              << "\n";
  } else {
    std::cout << say(global, "files that hash to their names: ", "与名称相符的文件：")
              << found.files << " (" << found.bytes << " bytes)\n";
    for (const auto& name : found.damaged) {
      std::cout << say(global, "DAMAGED: ", "已损坏：") << name << "\n";
    }
    for (const auto& name : found.foreign) {
      std::cout << say(global, "no evidence: ", "不是佐证材料：") << name << "\n";
    }
    for (const auto& hash : lost) {
      std::cout << say(global, "REGISTERED, NOT HERE WHOLE: ", "已登记而缺失或损坏：")
                << hash.get<std::string>() << "\n";
    }
    for (const auto& hash : unregistered) {
      std::cout << say(global, "sent, not registered: ", "已上传未登记：")
                << hash.get<std::string>() << "\n";
    }
  }
  if (found.damaged.empty() && lost.empty()) return {};
  return Error{Errc::corrupt,
               say(global, "files of evidence are damaged or missing", "佐证材料文件损坏或缺失")};
}

}  // namespace

void add_evidence_commands(CLI::App& app, const GlobalOptions& global, Action& action) {
  auto args = std::make_shared<EvidenceArguments>();
  const auto on = [&action, &global, args](CLI::App* command, auto use) {
    command->callback([&action, &global, args, use] {
      action = [&global, args, use] {
        return with_service(global, [&](Caller& caller) { return use(caller, global, *args); });
      };
    });
  };
  auto* evidence = app.add_subcommand("evidence", "files behind figures (佐证材料)");
  evidence->require_subcommand(1);

  auto* adding = evidence->add_subcommand("add", "send a file, or cite its hash, and register it");
  adding->add_option("file", args->file, "the file")->required();
  adding->add_option("--table", args->table, "the table it stands behind; none: an indicator's");
  adding
      ->add_option("--covers", args->covers,
                   "table, or row=…,column=…,requirement=…,indicator=…; may be repeated")
      ->required();
  adding->add_option("--kind", args->kind, "e.g. library_report")->required();
  adding->add_option("--title", args->title, "else the file's name");
  adding->add_option("--valid-for", args->valid_for, "the period it speaks of, in words");
  adding->add_option("--custodian", args->custodian, "the department that keeps the original");
  adding->add_flag("--hash-only", args->hash_only, "the file stays where it is");
  on(adding, add);

  auto* listing = evidence->add_subcommand("list", "what is registered, and what it covers");
  listing->add_option("table", args->table, "none: what stands behind indicators");
  on(listing, list);
  on(evidence->add_subcommand("coverage", "what the definition requires, and what is there"),
     coverage);

  const auto of_piece = [&](const char* name, const char* help) {
    auto* command = evidence->add_subcommand(name, help);
    command->add_option("evidence", args->id, "the entry that registered it")->required();
    return command;
  };
  auto* fetching = of_piece("get", "fetch the file; that it was shown to you is recorded");
  fetching->add_option("file", args->file, "where to write it")->required();
  on(fetching, get);
  auto* showing = of_piece("show", "record that the original was shown to somebody");
  showing->add_option("--to", args->to, "whom")->required();
  on(showing, show);
  auto* withdrawing = of_piece("withdraw", "withdraw it; it stays on record");
  withdrawing->add_option("--reason", args->reason, "why")->required();
  on(withdrawing, withdraw);
  auto* reporting = of_piece("missing", "report that it was asked for and is not there");
  reporting->add_option("--reason", args->reason, "what was found")->required();
  on(reporting, missing);

  auto* checking = evidence->add_subcommand(
      "check", "check every file that a ledger keeps, without the service; changes nothing");
  checking->add_option("--data", args->data, "directory of the ledger")->required();
  checking->callback(
      [&action, &global, args] { action = [&global, args] { return check(global, *args); }; });
}

}  // namespace countersign::tools
