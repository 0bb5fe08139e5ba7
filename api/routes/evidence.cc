// Evidence: what stands behind figures, registered, listed, withdrawn, missed. The files themselves
// are evidence_files.cc's.
#include "api/http/tokens.h"
#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "api/wire/evidence_json.h"
#include "ledger/evidence/evidence_store.h"
#include "ledger/ledger.h"
#include "projections/evidence/queries.h"
#include "projections/tables/queries.h"
#include "projections/views.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::CampaignDefinition;
using ledger::Role;
using nlohmann::json;

namespace {

std::vector<ledger::UsableHat> hats_of(const Request& request, const CampaignDefinition& campaign) {
  return ledger::usable_hats(*request.directory, *request.account, campaign.id,
                             request.received_at);
}

// Who judges and who checks sees what is said of evidence, without the rows and the files.
bool sees_metadata(const Request& request) {
  return wears(request, Role::accountability_reviewer) || wears(request, Role::auditor);
}

bool sees_piece(const Request& request, const CampaignDefinition& campaign,
                const projections::EvidenceRecord& record) {
  const auto* table = campaign.table(ledger::TableKey(record.table));
  const ledger::DepartmentId custodian(record.custodian);
  return std::ranges::any_of(hats_of(request, campaign), [&](const auto& usable) {
    return ledger::may_see_evidence(usable.hat, table, custodian) ||
           (!record.department.empty() && usable.hat.department.value == record.department);
  });
}

// The department a filler registers for, where the body names none: the table's, or the one by
// which it assists.
ledger::DepartmentId default_custodian(const Request& request, const TableAccess& access) {
  ledger::DepartmentId custodian = access.table().owner;
  const auto hats = hats_of(request, access.campaign());
  const auto fills_for = [&](const ledger::DepartmentId& department) {
    return std::ranges::any_of(hats, [&](const auto& usable) {
      return usable.hat.role == Role::filler && usable.hat.department == department;
    });
  };
  if (fills_for(custodian)) return custodian;
  for (const auto& part : access.table().assisting) {
    for (const auto& department : part.departments) {
      if (fills_for(department)) return department;
    }
  }
  return custodian;
}

// The bytes: sent before (`upload`), or with the custodian alone (`hash`, `bytes`).
std::optional<Problem> read_bytes(const Request& request, Services& services, BodyReader& body,
                                  ledger::EvidenceDescription& what) {
  const auto upload = body.optional_text("upload");
  if (upload.has_value() == body.has("hash")) {
    body.reject("upload", "or hash is required, not both", "与 hash 须且只须提供其一");
    return body.finish();
  }
  if (!upload) {
    what.hash = body.hash("hash");
    if (body.has("bytes")) what.bytes = body.number("bytes");
    return std::nullopt;
  }
  const auto hash = services.tokens.verify_upload(*upload, request.account->account.id);
  if (!hash || services.evidence == nullptr) {
    body.reject("upload", "is not of a file that this account sent lately",
                "不是本账号近期上传的文件");
    return body.finish();
  }
  const auto file = services.evidence->read(*hash);
  if (!file) return problem_of(file.error());
  what.hash = *hash;
  what.stored = true;
  what.bytes = file->size;
  what.media_type = file->media_type.name;
  return std::nullopt;
}

std::vector<ledger::EvidenceCover> covers_of(BodyReader& body, const ledger::TableKey& table) {
  std::vector<ledger::EvidenceCover> covers;
  for (BodyReader& one : body.objects("covers")) {
    ledger::EvidenceCover cover;
    cover.indicator = one.optional_text("indicator").value_or("");
    if (!table.empty()) {
      cover.table = table;
      if (auto row = one.optional_text("row")) cover.row = ledger::RowKey(*row);
      cover.column = one.optional_text("column").value_or("");
      cover.requirement = one.optional_text("requirement").value_or("");
    }
    if (auto problem = one.finish()) {
      body.reject("covers", table.empty() ? "name an indicator each"
                                          : "name row, column, requirement or indicator",
                  table.empty() ? "每项须指明 indicator"
                                : "每项可指明 row、column、requirement 或 indicator");
    }
    covers.push_back(std::move(cover));
  }
  if (covers.empty()) {
    body.reject("covers", "must name at least one; {} is the whole table",
                "至少一项；{} 表示整张表");
  }
  return covers;
}

// Covers of rows that are not there would count for nothing. Told to those only who read the table.
void check_rows(const Request& request, Services& services, BodyReader& body,
                const ledger::RegisterEvidence& command) {
  auto opened = TableAccess::open(request);
  const auto* access = std::get_if<TableAccess>(&opened);
  if (access == nullptr || !access->sees_all()) return;
  const auto& tables = services.views.tables();
  for (std::size_t i = 0; i < command.covers.size(); ++i) {
    const auto& row = command.covers[i].row;
    if (row && !tables.row(command.campaign.value, command.table.value, row->value)) {
      body.reject("covers[" + std::to_string(i) + "].row", "is not a row of the table",
                  "不是该表的数据行");
      return;
    }
  }
}

WriteResult registration(const Request& request, Services& services, BodyReader& body,
                         ledger::RegisterEvidence command) {
  command.what.title = body.text("title");
  command.what.kind = body.text("kind");
  command.what.file_name = body.optional_text("file_name").value_or("");
  command.what.valid_for = body.optional_text("valid_for").value_or("");
  if (const auto custodian = body.optional_text("custodian")) {
    command.what.custodian = ledger::DepartmentId(*custodian);
  }
  command.covers = covers_of(body, command.table);
  if (auto problem = read_bytes(request, services, body, command.what)) return std::move(*problem);
  if (!command.table.empty()) check_rows(request, services, body, command);
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{ledger::Command(std::move(command)), 201};
}

template <typename MakeCommand>
WriteResult act_on_piece(const Request& request, MakeCommand make) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  auto id = evidence_id(request);
  if (!id) return not_found("evidence", "该佐证材料");
  BodyReader body(request);
  ledger::Command command = make(std::get<0>(campaign)->id, *id, body);
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{std::move(command), 201};
}

}  // namespace

RecordedRead list_evidence(const Request& request, Services& services) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  auto opened = TableAccess::open(request);
  const bool reads = std::holds_alternative<TableAccess>(opened);
  if (!reads && !sees_metadata(request)) return std::move(std::get<Problem>(opened));
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto& access = reads ? std::get<TableAccess>(opened) : std::get<TableAccess>(found);
  const auto& campaign = access.campaign();
  const std::string& table = access.table().key.value;
  auto list = services.views.evidence().evidence(campaign.id.value, table);
  if (!list) return problem_of(list.error());
  auto coverage = services.views.evidence().coverage(campaign, table);
  if (!coverage) return problem_of(coverage.error());

  EvidenceTold tells;
  tells.rows = reads && access.sees_all();
  tells.persons = sees_persons(request, access.table().owner.value);
  json out = {{"evidence", json::array()}, {"coverage", json::array()}, {"as_of", list->as_of}};
  std::uint64_t rows = 0;
  for (const auto& record : list->records) {
    if (!sees_metadata(request) && !sees_piece(request, campaign, record)) continue;
    out["evidence"].push_back(to_json(record, tells));
    rows += record.rows;
  }
  for (const auto& one : coverage->coverage) {
    out["coverage"].push_back(to_json(one, tells));
    rows += one.lacking.size();
  }
  Response response;
  response.body = out.dump();
  // Without row keys nothing of the rows is shown.
  if (!tells.rows || rows == 0) return response;
  return shown(std::move(response), access, "evidence", list->as_of, rows);
}

ReadResult list_indicator_evidence(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto& definition = *std::get<0>(campaign);
  auto list = services.views.evidence().evidence(definition.id.value, "");
  if (!list) return problem_of(list.error());
  json out = {{"evidence", json::array()}, {"as_of", list->as_of}};
  for (const auto& record : list->records) {
    if (!sees_metadata(request) && !sees_piece(request, definition, record)) continue;
    out["evidence"].push_back(
        to_json(record, {true, sees_persons(request, record.department)}));
  }
  Response response;
  response.body = out.dump();
  return response;
}

ReadResult show_evidence_coverage(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);
  const auto& definition = *std::get<0>(campaign);
  auto coverage = services.views.evidence().coverage(definition, "");
  if (!coverage) return problem_of(coverage.error());
  json out = {{"coverage", json::array()}, {"as_of", coverage->as_of}};
  for (const auto& one : coverage->coverage) {
    const bool reads = ledger::may_read_table(*request.directory, *request.account, definition.id,
                                              one.requirement.table,
                                              request.received_at) != ledger::ReadScope::none;
    if (reads || sees_metadata(request)) out["coverage"].push_back(to_json(one, {false, false}));
  }
  Response response;
  response.body = out.dump();
  return response;
}

WriteResult register_evidence(const Request& request, Services& services) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  ledger::RegisterEvidence command;
  command.campaign = access.campaign().id;
  command.table = access.table().key;
  command.what.custodian = default_custodian(request, access);
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  BodyReader body(request);
  return registration(request, services, body, std::move(command));
}

WriteResult register_indicator_evidence(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  ledger::RegisterEvidence command;
  command.campaign = std::get<0>(campaign)->id;
  for (const auto& usable : hats_of(request, *std::get<0>(campaign))) {
    if (usable.hat.role == Role::filler && command.what.custodian.empty()) {
      command.what.custodian = usable.hat.department;
    }
  }
  BodyReader body(request);
  return registration(request, services, body, std::move(command));
}

WriteResult record_evidence_showing(const Request& request, Services&) {
  return act_on_piece(request, [](const auto& campaign, ledger::LeafIndex id, BodyReader& body) {
    return ledger::ShowEvidence{campaign, id, body.text("to")};
  });
}

WriteResult withdraw_evidence(const Request& request, Services&) {
  return act_on_piece(request, [](const auto& campaign, ledger::LeafIndex id, BodyReader& body) {
    return ledger::WithdrawEvidence{campaign, id, body.text("reason")};
  });
}

WriteResult report_evidence_missing(const Request& request, Services&) {
  return act_on_piece(request, [](const auto& campaign, ledger::LeafIndex id, BodyReader& body) {
    return ledger::ReportEvidenceMissing{campaign, id, body.text("reason")};
  });
}

}  // namespace countersign::api
