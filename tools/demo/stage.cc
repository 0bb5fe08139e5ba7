#include "tools/demo/stage.h"

#include "ledger/base/canonical_json.h"
#include "ledger/base/time.h"

#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;
using nlohmann::json;

std::string demo_password(const std::string& account) { return "jiangpan-" + account + "-2020"; }

std::string first_password(const std::string& account) {
  return account == "gs.filler" ? "jiangpan-annex-2-2020" : demo_password(account);
}

std::string Sessions::password(const std::string& account) const {
  const std::lock_guard lock(mutex_);
  const auto found = passwords_.find(account);
  return found == passwords_.end() ? demo_password(account) : found->second;
}
void Sessions::set_password(const std::string& account, std::string password) {
  const std::lock_guard lock(mutex_);
  passwords_[account] = std::move(password);
}
std::string Sessions::token(const std::string& account) const {
  const std::lock_guard lock(mutex_);
  const auto found = tokens_.find(account);
  return found == tokens_.end() ? std::string() : found->second;
}
void Sessions::set_token(const std::string& account, std::string token) {
  const std::lock_guard lock(mutex_);
  tokens_[account] = std::move(token);
}

Stage::Stage(std::string url, std::string campaign, std::shared_ptr<Sessions> sessions)
    : url_(std::move(url)),
      campaign_(std::move(campaign)),
      sessions_(std::move(sessions)),
      client_(url_) {}
Stage::~Stage() = default;

std::string Stage::campaign_path(const std::string& rest) const {
  return "/v1/campaigns/" + campaign_ + rest;
}
std::string Stage::table_path(const std::string& table, const std::string& rest) const {
  return campaign_path("/tables/" + table + rest);
}

Result<void> Stage::sign_in(const std::string& account) {
  client_.set_token({});
  CS_TRY(const Reply reply,
         client_.send("POST", "/v1/login",
                      json{{"account", account}, {"password", password(account)}}.dump()));
  if (reply.status != 200) {
    return Error{Errc::unauthorized, account + " cannot log in: " + reply.body};
  }
  sessions_->set_token(account, json::parse(reply.body).at("token").get<std::string>());
  return {};
}

Result<Reply> Stage::send(const std::string& account, const std::string& method,
                          const std::string& target, std::string body, const Headers& headers) {
  if (sessions_->token(account).empty()) CS_CHECK(sign_in(account));
  client_.set_token(sessions_->token(account));
  // A busy service says so and when to come back; the people of the demonstration do.
  constexpr int kAttempts = 60;
  for (int attempt = 1;; ++attempt) {
    auto reply = client_.send(method, target, body, headers);
    if (!reply || reply->status != 503 || attempt == kAttempts) return reply;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

void Stage::forget(const std::string& account) { sessions_->set_token(account, {}); }

Result<void> Stage::replace_password(const std::string& administrator, const std::string& account,
                                     const std::string& password) {
  CS_TRY(const json reply, act(administrator, "POST", "/v1/accounts/" + account + "/password",
                               {{"password", password}}));
  sessions_->set_password(account, password);
  return {};
}

namespace {

Result<json> expect_success(const std::string& what, const Result<Reply>& reply) {
  if (!reply) return reply.error();
  CS_TRY(json body, ledger::parse_json(reply->body));
  if (reply->status < 400) return body;
  return Error{Errc::conflict, what + ": " + std::to_string(reply->status) + " " +
                                   body.value("code", "") + ": " +
                                   (body.contains("guard") ? body["guard"].value("en", "") : "") +
                                   (body.contains("rows") ? " " + body["rows"].dump() : "")};
}

}  // namespace

Result<json> Stage::ask(const std::string& account, const std::string& target) {
  return expect_success("GET " + target, send(account, "GET", target));
}

Result<json> Stage::act(const std::string& account, const std::string& method,
                        const std::string& target, const json& body, const Headers& headers) {
  return expect_success(account + " " + method + " " + target,
                        send(account, method, target, body.dump(), headers));
}

Result<void> Stage::set_clock(const std::string& instant) {
  CS_TRY(const auto wanted, ledger::parse_rfc3339(instant));
  CS_TRY(const json ledger_now, ask("admin", "/v1/ledger"));
  CS_TRY(const auto now, ledger::parse_rfc3339(ledger_now.at("now").get<std::string>()));
  if (now >= wanted) return {};
  CS_TRY(const json reply, act("admin", "POST", "/v1/simulation/clock", {{"to", instant}}));
  return {};
}

Result<json> Stage::import(const std::string& account, const std::string& table,
                           const std::string& sheet, const std::string& reason) {
  const std::string target =
      table_path(table, "/sheet" + (reason.empty() ? "" : "?reason=" + percent_encode(reason)));
  return expect_success(account + " imports " + table,
                        send(account, "PUT", target, sheet, {{"Content-Type", "text/csv"}}));
}

Result<json> Stage::version_of(const std::string& account, const std::string& table) {
  CS_TRY(const json version, ask(account, table_path(table, "/version")));
  return json{{"number", version.at("number")}, {"hash", version.at("hash")}};
}

Result<json> Stage::submit(const std::string& account, const std::string& table,
                           const Headers& headers) {
  CS_TRY(const json version, version_of(account, table));
  return act(account, "POST", table_path(table, "/submit"),
             {{"version", version}, {"password", password(account)}}, headers);
}

Result<json> Stage::approve(const std::string& account, const std::string& table,
                            const std::string& level) {
  CS_TRY(const json version, version_of(account, table));
  return act(account, "POST", table_path(table, "/approvals"),
             {{"level", level}, {"version", version}, {"password", password(account)}});
}

}  // namespace countersign::tools
