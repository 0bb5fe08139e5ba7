// What is recorded of data that leave the ledger, and the mark that a sheet about persons carries.
#pragma once

#include "api/routes/access.h"
#include "api/wire/sheet.h"

#include <string>

namespace countersign::api {

// Where the data go, from `channel`, `receiver` and `basis` of the query. Nobody named: to whoever
// exports them. The rest of the command is the caller's to fill in.
ledger::ExportData export_record(const Request& request, const ledger::CampaignId& campaign,
                                 std::string what);

// The mark as the first line of a sheet: who took what out when, under which entry, for whom, and
// that it may not be passed on. read_sheet() passes over it.
std::string watermark(SheetFormat format, const Request& request, const TableAccess& access,
                      const ledger::ExportData& record, ledger::LeafIndex index);

}  // namespace countersign::api
