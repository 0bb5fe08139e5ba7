// Backups of the ledger, for its administrators.
#include "api/processes/backups.h"

#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "ledger/domain/campaign.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

std::optional<Problem> refuse(const Request& request, const Services& services) {
  if (!wears(request, ledger::Role::administrator)) {
    return forbidden(
        {"只有管理员可以查看和制作备份", "Only administrators may see and make backups"},
        {"请管理员操作", "Ask an administrator"});
  }
  if (services.backups == nullptr) {
    return not_found("backups: the service was started without --backup_dir",
                     "备份：服务启动时未设置 --backup_dir");
  }
  return std::nullopt;
}

json status_json(const Backups::Status& status) {
  return {{"running", status.running},
          {"bytes_copied", status.bytes_copied},
          {"last_made", status.last_made ? json(ledger::format_utc(*status.last_made)) : json()},
          {"last_failure", status.last_failure ? json(status.last_failure->detail) : json()}};
}

}  // namespace

ReadResult list_backups(const Request& request, Services& services) {
  if (auto problem = refuse(request, services)) return std::move(*problem);
  const auto found = services.backups->list();
  if (!found) return problem_of(found.error());
  json backups = json::array();
  for (const ledger::Backup& one : *found) {
    backups.push_back({{"number", one.number},
                       {"made_at", ledger::format_utc(one.made_at)},
                       {"bytes", one.bytes},
                       {"entries", one.entries},
                       {"checkpoint", one.checkpoint}});
  }
  Response response;
  response.body =
      json{{"backups", backups}, {"status", status_json(services.backups->status())}}.dump();
  return response;
}

WriteResult start_backup(const Request& request, Services& services) {
  BodyReader body(request);
  if (auto problem = body.finish()) return std::move(*problem);
  if (auto problem = refuse(request, services)) return std::move(*problem);
  if (!services.backups->makes_any()) {
    Problem problem = bad_request(
        "open_for_reading",
        {"本服务以只读方式打开，不制作备份",
         "This service is open for reading only and makes no backups"},
        {"请向写入此账本的服务请求备份", "Ask the service that writes the ledger for one"});
    problem.status = 409;
    return problem;
  }
  if (!services.backups->start()) {
    Problem problem =
        bad_request("backup_under_way", {"正在备份", "A backup is being made already"},
                    {"请等待其完成", "Wait until it is done"});
    problem.status = 409;
    return problem;
  }
  Response response;
  response.status = 202;
  response.headers.emplace_back("Location", "/v1/backups");
  response.body = status_json(services.backups->status()).dump();
  return response;
}

}  // namespace countersign::api
