#include "tools/cli/session.h"

#include "ledger/base/canonical_json.h"
#include "tools/cli/language.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

namespace {

// "guard. cure", then one line for each rejected cell.
std::string describe(const json& problem, const GlobalOptions& global) {
  const std::string language = say(global, "en", "zh");
  std::ostringstream out;
  const auto text = [&](const char* name) {
    const bool both = problem.contains(name) && problem[name].is_object();
    return both ? problem[name].value(language, std::string()) : std::string();
  };
  out << text("guard");
  if (const auto cure = text("cure"); !cure.empty()) out << ". " << cure;
  if (out.str().empty()) out << problem.value("title", "the service refused");
  if (problem.contains("rows")) {
    for (const auto& row : problem["rows"]) {
      out << "\n  line " << row.value("line", 0) << ", " << row.value("column", "") << ": "
          << row["problem"].value(language, std::string());
    }
  }
  out << " [" << problem.value("code", "") << ", " << problem.value("correlation_id", "") << "]";
  return out.str();
}

}  // namespace

std::string session_path() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  const std::filesystem::path base =
      config != nullptr && *config != '\0'
          ? std::filesystem::path(config)
          : std::filesystem::path(home != nullptr ? home : ".") / ".config";
  return base / "countersign" / "session.json";
}

Result<Session> load_session() {
  Session session;
  if (std::ifstream file(session_path()); file) {
    std::stringstream text;
    text << file.rdbuf();
    CS_TRY(const json stored, ledger::parse_json(text.str()));
    session.url = stored.value("url", session.url);
    session.token = stored.value("token", "");
    session.account = stored.value("account", "");
    session.authorities = stored.value("authorities", "");
  }
  if (const char* url = std::getenv("COUNTERSIGN_URL"); url != nullptr && session.url != url) {
    // What was given out there is not for this service to see.
    session.url = url;
    session.token.clear();
    session.account.clear();
  }
  if (const char* token = std::getenv("COUNTERSIGN_TOKEN")) session.token = token;
  if (const char* file = std::getenv("COUNTERSIGN_CA")) session.authorities = file;
  return session;
}

Result<void> save_session(const Session& session) {
  const std::filesystem::path path = session_path();
  std::error_code failed;
  std::filesystem::create_directories(path.parent_path(), failed);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return Error{Errc::io, "cannot write " + path.string()};
  ::fchmod(file, 0600);
  const std::string text = json{
      {"url", session.url},
      {"token", session.token},
      {"account", session.account},
      {"authorities",
       session.authorities}}.dump(2);
  const auto written = ::write(file, text.data(), text.size());
  ::close(file);
  if (written != static_cast<ssize_t>(text.size())) {
    return Error{Errc::io, "cannot write " + path.string()};
  }
  return {};
}

Caller::Caller(Session session, const GlobalOptions& global)
    : session_(std::move(session)),
      client_(session_.url, session_.authorities),
      global_(global) {
  client_.set_token(session_.token);
}

bool Caller::json_output() const { return global_.json; }

Result<json> Caller::parsed(Result<Reply> reply) {
  if (!reply) return std::move(reply).error();
  auto body = ledger::parse_json(reply->body);
  if (reply->status >= 400) {
    return Error{reply->status == 404 ? Errc::not_found : Errc::conflict,
                 body ? describe(*body, global_)
                      : "the service answered " + std::to_string(reply->status)};
  }
  return body;
}

Result<json> Caller::get(const std::string& target) { return parsed(client_.send("GET", target)); }

Result<json> Caller::write(const std::string& method, const std::string& target, const json& body,
                           const std::string& idempotency_key) {
  Headers headers;
  if (!idempotency_key.empty()) headers.emplace_back("Idempotency-Key", idempotency_key);
  return parsed(client_.send(method, target, body.dump(), headers));
}

Result<Reply> Caller::raw(const std::string& method, const std::string& target, std::string body,
                          const Headers& headers) {
  auto reply = client_.send(method, target, std::move(body), headers);
  if (reply && reply->status >= 400) return parsed(std::move(reply)).error();
  return reply;
}

Result<void> Caller::stream(const std::string& target, const Headers& headers,
                            std::chrono::seconds quiet,
                            const std::function<bool(std::string_view piece)>& more) {
  auto reply = client_.stream(target, headers, quiet, more);
  if (!reply) return reply.error();
  if (reply->status >= 400) return parsed(std::move(reply)).error();
  return {};
}

}  // namespace countersign::tools
