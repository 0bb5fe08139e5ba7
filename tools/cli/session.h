// Where the command line talks to and as whom: the service's address and a bearer token, kept in
// a file only its owner can read. COUNTERSIGN_URL, COUNTERSIGN_TOKEN and
// COUNTERSIGN_CA come first when set. A kept token is sent to the address that gave it, and to no
// other.
#pragma once

#include "ledger/base/result.h"
#include "tools/client/client.h"

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

struct Session {
  std::string url = "http://127.0.0.1:8080";
  std::string token;
  std::string account;
  std::string authorities;  // PEM file of those who may issue the service's certificate
};

// $XDG_CONFIG_HOME/countersign/session.json, or ~/.config/countersign/session.json.
std::string session_path();
// No file is an empty session.
ledger::Result<Session> load_session();
// Mode 0600.
ledger::Result<void> save_session(const Session& session);

struct GlobalOptions;

// What the subcommands share: the session, output style, and requests with proper error reports, in
// the language that was asked for.
// Thread safety: one thread.
class Caller {
 public:
  // `global` outlives it.
  Caller(Session session, const GlobalOptions& global);

  // Sends and parses; problem documents become an Error whose detail is what a person needs:
  // the guard, the cure, and the lines of rejected input.
  ledger::Result<nlohmann::json> get(const std::string& target);
  ledger::Result<nlohmann::json> write(const std::string& method, const std::string& target,
                                       const nlohmann::json& body,
                                       const std::string& idempotency_key = {});
  ledger::Result<Reply> raw(const std::string& method, const std::string& target, std::string body,
                            const Headers& headers);

  // As Client::stream; a refusal becomes an Error as with get().
  ledger::Result<void> stream(const std::string& target, const Headers& headers,
                              std::chrono::seconds quiet,
                              const std::function<bool(std::string_view piece)>& more);

  bool json_output() const;
  const GlobalOptions& global() const { return global_; }
  const Session& session() const { return session_; }

 private:
  ledger::Result<nlohmann::json> parsed(ledger::Result<Reply> reply);
  Session session_;
  Client client_;
  const GlobalOptions& global_;
};

}  // namespace countersign::tools
