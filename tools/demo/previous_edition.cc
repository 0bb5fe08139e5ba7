#include "tools/demo/previous_edition.h"

#include "ledger/domain/campaign_codec.h"
#include "tools/demo/in_parallel.h"
#include "tools/demo/last_year.h"
#include "tools/demo/script.h"

#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::Result;
using nlohmann::json;

namespace {

std::string filler_of(const ledger::TableDefinition& table) {
  std::string owner = table.owner.value;
  std::transform(owner.begin(), owner.end(), owner.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return owner + ".filler";
}

}  // namespace

Result<void> play_previous_edition(const std::string& url, const SyntheticSchool& school,
                                   const std::shared_ptr<Sessions>& sessions) {
  CS_TRY(const auto campaign, ledger::parse_campaign(last_campaign_json()));
  const std::string& id = campaign->id.value;
  Stage stage(url, id, sessions);
  CS_CHECK(
      done(stage.act("admin", "PUT", "/v1/campaigns/" + id, json::parse(last_campaign_json()))));
  CS_CHECK(issue_credentials(url, *campaign, sessions, {}));
  CS_CHECK(
      done(stage.act("centre.2", "POST", stage.campaign_path("/assignments"), json::object())));
  const std::string phase = campaign->phases.front().id.value;
  CS_CHECK(done(stage.act("centre.2", "POST", stage.campaign_path("/phases/" + phase + "/open"),
                          json::object())));

  const auto for_each_table = [&](const char* when, auto step) -> Result<void> {
    CS_CHECK(stage.set_clock(when));
    return in_parallel(url, id, sessions, campaign->tables.size(),
                       [&](Stage& own, std::size_t i) { return step(own, campaign->tables[i]); });
  };
  CS_CHECK(for_each_table("2019-10-15T10:00:00+08:00", [&](Stage& own,
                                                           const ledger::TableDefinition& table) {
    const auto rows = last_year_rows(school, table.key.value);
    return done(own.import(filler_of(table), table.key.value, SyntheticSchool::sheet(table, rows)));
  }));
  CS_CHECK(for_each_table("2019-10-18T10:00:00+08:00",
                          [](Stage& own, const ledger::TableDefinition& table) {
                            return done(own.submit(filler_of(table), table.key.value));
                          }));
  CS_CHECK(for_each_table(
      "2019-10-25T10:00:00+08:00", [&](Stage& own, const ledger::TableDefinition& table) {
        return done(
            own.approve("centre.4", table.key.value, campaign->approval_chain.front().id.value));
      }));
  CS_CHECK(stage.set_clock("2019-11-06T09:00:00+08:00"));
  return done(stage.act("centre.2", "POST", stage.campaign_path("/phases/" + phase + "/close"),
                        json::object()));
}

}  // namespace countersign::tools
