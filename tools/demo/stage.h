// Stage: the running service as the demonstration's people use it: accounts that sign in when they
// first act, at instants of the simulated clock, through the public HTTP interface only.
#pragma once

#include "ledger/base/result.h"
#include "tools/client/client.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

// A demonstration account's password; they are published, and the data are fictional.
std::string demo_password(const std::string& account);
// An account's password as first issued: demo_password, but for the one that the printed list of
// incident 12 gave away and that is replaced in mid-campaign.
std::string first_password(const std::string& account);

// Who is signed in, shared by the stages of one demonstration: signing in costs the service tens
// of milliseconds by design. Thread safety: all functions may be called from any thread.
class Sessions {
 public:
  // The password in use; demo_password unless another one was set.
  std::string password(const std::string& account) const;
  void set_password(const std::string& account, std::string password);

  // Empty: not signed in.
  std::string token(const std::string& account) const;
  void set_token(const std::string& account, std::string token);

 private:
  mutable std::mutex mutex_;  // guards everything below
  std::map<std::string, std::string> passwords_;
  std::map<std::string, std::string> tokens_;
};

// One connection; one thread at a time.
class Stage {
 public:
  Stage(std::string url, std::string campaign, std::shared_ptr<Sessions> sessions);
  ~Stage();

  const std::string& campaign() const { return campaign_; }
  std::string password(const std::string& account) const { return sessions_->password(account); }
  // "/v1/campaigns/<campaign>/tables/<table>" and what follows.
  std::string table_path(const std::string& table, const std::string& rest = {}) const;
  std::string campaign_path(const std::string& rest) const;

  // Moves the simulated clock forward; an instant already passed leaves it as it is.
  ledger::Result<void> set_clock(const std::string& instant);

  // Any answer is a Reply; a failed connection is an error.
  ledger::Result<Reply> send(const std::string& account, const std::string& method,
                             const std::string& target, std::string body = {},
                             const Headers& headers = {});
  // Requires a status below 400.
  //   Errc::conflict   with the problem's guard
  ledger::Result<nlohmann::json> ask(const std::string& account, const std::string& target);
  ledger::Result<nlohmann::json> act(const std::string& account, const std::string& method,
                                     const std::string& target, const nlohmann::json& body,
                                     const Headers& headers = {});

  // The next act of the account signs in anew.
  void forget(const std::string& account);
  // `administrator` sets the password of `account`, which is the one in use from then on; its
  // session is not forgotten.
  ledger::Result<void> replace_password(const std::string& administrator,
                                        const std::string& account, const std::string& password);

  // The steps of the workflow, on the content as it is at that moment.
  ledger::Result<nlohmann::json> import(const std::string& account, const std::string& table,
                                        const std::string& sheet, const std::string& reason = {});
  ledger::Result<nlohmann::json> submit(const std::string& account, const std::string& table,
                                        const Headers& headers = {});
  ledger::Result<nlohmann::json> approve(const std::string& account, const std::string& table,
                                         const std::string& level);

 private:
  ledger::Result<void> sign_in(const std::string& account);
  ledger::Result<nlohmann::json> version_of(const std::string& account, const std::string& table);

  const std::string url_;
  const std::string campaign_;
  const std::shared_ptr<Sessions> sessions_;
  Client client_;
};

}  // namespace countersign::tools
