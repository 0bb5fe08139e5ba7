#include "api/routes/export_record.h"

#include "api/wire/csv.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

ledger::ExportData export_record(const Request& request, const ledger::CampaignId& campaign,
                                 std::string what) {
  ledger::ExportData record;
  record.campaign = campaign;
  record.what = std::move(what);
  record.channel = request.query_or("channel", "");
  record.receiver = request.query_or("receiver", "");
  record.basis = request.query_or("basis", "");
  return record;
}

std::string watermark(SheetFormat format, const Request& request, const TableAccess& access,
                      const ledger::ExportData& record, ledger::LeafIndex index) {
  const auto& campaign = access.campaign();
  const std::string at =
      ledger::format_local(request.received_at, campaign.calendar.utc_offset_minutes);
  const std::string& account = request.account->account.id.value;
  const auto* channel = campaign.export_channel(record.channel);
  const std::string receiver = !record.receiver.empty() ? record.receiver
                               : channel != nullptr     ? channel->name.zh
                                                        : account;
  if (format == SheetFormat::ndjson) {
    return json{{std::string(kWatermark),
                 {{"institution", campaign.institution.zh},
                  {"table", access.table().key.value},
                  {"entry", index},
                  {"account", account},
                  {"at", at},
                  {"receiver", receiver},
                  {"basis", record.basis},
                  {"notice", "含个人信息，一律不得外传 / about persons, not to be passed on"}}}}
               .dump() +
           "\n";
  }
  std::string line;
  append_csv_record(line, {std::string(kWatermark) + " " + campaign.institution.zh + " · " +
                           access.table().name.zh + " · 台账条目 #" + std::to_string(index) +
                           " · " + account + " · " + at + " · 接收方 " + receiver +
                           " · 含个人信息，一律不得外传 / about persons, not to be passed on"});
  return line;
}

}  // namespace countersign::api
