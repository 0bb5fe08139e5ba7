// The views as a whole: how far they are, and building them anew; for administrators.
#include "projections/views.h"

#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "ledger/domain/campaign.h"
#include "ledger/ledger.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

std::optional<Problem> refuse(const Request& request) {
  if (wears(request, ledger::Role::administrator)) return std::nullopt;
  return forbidden(
      {"只有管理员可以查看和重建视图", "Only administrators may see and rebuild the views"},
      {"请管理员操作", "Ask an administrator"});
}

std::string text_of(const Services& services) {
  const auto parked = services.views.parked();
  const auto rebuild = services.views.rebuilding();
  return json{{"applied", services.views.applied()},
              {"size", services.ledger.reader().size()},
              {"parked_at", parked ? json(parked->index) : json()},
              {"rebuild",
               {{"running", rebuild.running},
                {"applied", rebuild.applied},
                {"last_failure", rebuild.last_failure ? json(*rebuild.last_failure) : json()}}}}
      .dump();
}

}  // namespace

ReadResult show_views(const Request& request, Services& services) {
  if (auto problem = refuse(request)) return std::move(*problem);
  Response response;
  response.body = text_of(services);
  return response;
}

WriteResult rebuild_views(const Request& request, Services& services) {
  BodyReader body(request);
  if (auto problem = body.finish()) return std::move(*problem);
  if (auto problem = refuse(request)) return std::move(*problem);
  if (const auto begun = services.views.rebuild(); !begun) return problem_of(begun.error());
  Response response;
  response.status = 202;
  response.headers.emplace_back("Location", "/v1/views");
  response.body = text_of(services);
  return response;
}

}  // namespace countersign::api
