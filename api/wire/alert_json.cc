#include "api/wire/alert_json.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

std::string alerts_json(const std::vector<Alert>& alerts, ledger::Timestamp now,
                        ledger::Timestamp until) {
  json list = json::array();
  for (const Alert& alert : alerts) {
    list.push_back(json{{"labels", alert.labels},
                        {"annotations", alert.annotations},
                        {"startsAt", ledger::format_utc(now)},
                        {"endsAt", ledger::format_utc(until)}});
  }
  return list.dump();
}

}  // namespace countersign::api
