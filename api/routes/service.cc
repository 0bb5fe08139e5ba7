// The service itself: identity, simulated clock, health, metrics, published documents.
#include "api/routes/documents.h"
#include "api/routes/handlers.h"
#include "api/telemetry/metrics.h"
#include "api/wire/body.h"
#include "ledger/ledger.h"
#include "projections/views.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

// A view this far behind would answer questions about a past that matters.
constexpr ledger::TreeSize kReadyLagMax = 10000;

Response document(std::string_view text) {
  Response response;
  response.headers.emplace_back("Cache-Control", "public, max-age=300");
  response.body = text;
  return response;
}

}  // namespace

ReadResult show_ledger(const Request& request, Services& services) {
  const auto& reader = services.ledger.reader();
  Response response;
  response.body = json{{"origin", reader.origin()},
                       {"verifier_key", services.ledger.verifier_key()},
                       {"simulated", request.directory->simulated},
                       {"now", ledger::format_utc(services.ledger.clock().now())},
                       {"size", reader.size()},
                       {"applied", services.views.applied()}}
                      .dump();
  return response;
}

WriteResult advance_clock(const Request& request, Services&) {
  BodyReader body(request);
  ledger::AdvanceClock command{body.instant("to")};
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{ledger::Command(command)};
}

ReadResult show_health(const Request&, Services&) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = "ok\n";
  return response;
}

ReadResult show_readiness(const Request&, Services& services) {
  const auto failure = services.ledger.failure();
  const auto parked = services.views.parked();
  const auto size = services.ledger.reader().size();
  const auto applied = services.views.applied();
  const bool ready = !failure && !parked && size - std::min(size, applied) <= kReadyLagMax;
  Response response;
  response.status = ready ? 200 : 503;
  response.body = json{{"ready", ready},
                       {"writing", services.ledger.writable()},
                       {"size", size},
                       {"applied", applied},
                       {"parked_at", parked ? json(parked->index) : json()}}
                      .dump();
  return response;
}

ReadResult show_metrics(const Request&, Services& services) {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = services.metrics.text();
  return response;
}

ReadResult show_openapi(const Request&, Services&) { return document(openapi_document()); }
ReadResult show_campaign_schema(const Request&, Services&) { return document(campaign_schema()); }

}  // namespace countersign::api
