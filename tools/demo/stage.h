// Stage: the running service as the demonstration's people use it: each account with a connection
// of its own, acting at instants of the simulated clock, through the public HTTP interface only.
#pragma once

#include "ledger/base/result.h"
#include "tools/client/client.h"

#include <map>
#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace countersign::tools {

// A demonstration account's password; they are published, and the data are fictional.
std::string demo_password(const std::string& account);

class Stage {
 public:
  Stage(std::string url, std::string campaign);
  ~Stage();

  const std::string& campaign() const { return campaign_; }
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

  // The steps of the workflow, on the content as it is at that moment.
  ledger::Result<nlohmann::json> import(const std::string& account, const std::string& table,
                                        const std::string& sheet, const std::string& reason = {});
  ledger::Result<nlohmann::json> submit(const std::string& account, const std::string& table,
                                        const Headers& headers = {});
  ledger::Result<nlohmann::json> approve(const std::string& account, const std::string& table,
                                         const std::string& level);

 private:
  ledger::Result<Client*> client_of(const std::string& account);
  ledger::Result<nlohmann::json> version_of(const std::string& account, const std::string& table);

  const std::string url_;
  const std::string campaign_;
  std::map<std::string, std::unique_ptr<Client>> clients_;
};

}  // namespace countersign::tools
