// Alerts as Alertmanager reads them: API v2, POST /api/v2/alerts
// (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml).
#pragma once

#include "ledger/base/time.h"

#include <map>
#include <string>
#include <vector>

namespace countersign::api {

// Neither labels nor annotations hold a personal value: they travel by e-mail.
struct Alert {
  std::map<std::string, std::string> labels;  // alertname among them; equal labels: the same alert
  std::map<std::string, std::string> annotations;
};

// All as of `now`, over at `until`.
std::string alerts_json(const std::vector<Alert>& alerts, ledger::Timestamp now,
                        ledger::Timestamp until);

}  // namespace countersign::api
