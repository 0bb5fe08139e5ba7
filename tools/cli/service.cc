#include "tools/cli/service.h"

#include <cstdio>
#include <iostream>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

Result<void> with_service(const GlobalOptions& global,
                          const std::function<Result<void>(Caller&)>& use) {
  CS_TRY(const Session session, load_session());
  if (session.token.empty()) {
    return Error{Errc::unauthorized, "nobody is logged in; run: countersign login ACCOUNT"};
  }
  Caller caller(session, global);
  return use(caller);
}

std::string campaign_path(const GlobalOptions& global, const std::string& rest) {
  return "/v1/campaigns/" + percent_encode(global.campaign) + rest;
}

std::string table_path(const GlobalOptions& global, const std::string& table,
                       const std::string& rest) {
  return campaign_path(global, "/tables/" + percent_encode(table) + rest);
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string duration_text(const json& seconds) {
  if (!seconds.is_number()) return "-";
  const auto total = seconds.get<long long>();
  if (total == 0) return "0";
  char text[64];
  if (total >= 86400) {
    std::snprintf(text, sizeof text, "%lld d %02lld:%02lld", total / 86400, total / 3600 % 24,
                  total / 60 % 60);
  } else {
    std::snprintf(text, sizeof text, "%02lld:%02lld:%02lld", total / 3600, total / 60 % 60,
                  total % 60);
  }
  return text;
}

bool printed(const Caller& caller, const json& reply) {
  if (caller.json_output()) std::cout << reply.dump(2) << "\n";
  return caller.json_output();
}

Result<void> act(Caller& caller, const std::string& target, const json& body) {
  CS_TRY(const json reply, caller.write("POST", target, body));
  print_receipt(caller, reply);
  return {};
}

void print_receipt(const Caller& caller, const json& reply) {
  if (printed(caller, reply)) return;
  if (reply.value("unchanged", false)) {
    std::cout << "Nothing changed; nothing was appended.\n";
    return;
  }
  if (reply.contains("import")) {
    const auto& import = reply["import"];
    std::cout << import.value("rows", 0) << " rows: " << import.value("identical", 0)
              << " identical, " << import.value("added", 0) << " added, "
              << import.value("changed", 0) << " changed, " << import.value("removed", 0)
              << " removed\n";
  }
  if (reply.value("dry_run", false)) return;
  const auto first = reply.value("first_index", 0ULL);
  const auto count = reply.value("count", 0ULL);
  std::cout << (reply.value("repeated", false) ? "Already recorded" : "Recorded") << " as entry "
            << first;
  if (count > 1) std::cout << " to " << first + count - 1;
  std::cout << ", covered by the signed checkpoint of size " << reply.value("tree_size", 0ULL)
            << ".\n";
}

}  // namespace countersign::tools
