// Packs of evidence on their way out: as the document alone, and as a ZIP with pages for people.
#include "api/processes/evidence_pack.h"
#include "api/processes/pack_archive.h"
#include "api/routes/case_access.h"
#include "api/routes/export_record.h"
#include "api/routes/handlers.h"
#include "ledger/crypto/sha256.h"
#include "ledger/evidence/evidence_store.h"
#include "projections/views.h"

#include <algorithm>

namespace countersign::api {

using ledger::Errc;

namespace {

// What a pack was made of.
struct TakenPack {
  const ledger::CampaignDefinition* campaign = nullptr;
  EvidencePack pack;
  ledger::TableKey table;  // empty: of a unit or a case
  std::string name;        // of the file
};
using Taken = std::variant<TakenPack, Problem>;

Problem problem_of_pack(const ledger::Error& error) {
  if (error.code != Errc::overloaded) return problem_of(error);
  Problem problem = bad_request(
      "pack_too_large",
      {"证据包超出单个文件的上限", "The pack is larger than one file may be"},
      {"请按案件或数据表分别取得", "Ask for cases or tables one by one"});
  problem.status = 422;
  return problem;
}

// The unit gets what it was served; those who review, the newest.
Taken take_sealed(const Request& request, Services& services) {
  auto named = case_of(request);
  if (auto* problem = std::get_if<Problem>(&named)) return std::move(*problem);
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  auto record = record_of(std::get<NamedCase>(named), services);
  if (auto* problem = std::get_if<Problem>(&record)) return std::move(*problem);
  const auto& one = std::get<projections::CaseRecord>(record);
  std::string hash;
  if (follows_reviews(request)) {
    if (!one.packs.empty()) hash = one.packs.back().hash;
  } else if (of_department(request, one.department)) {
    if (!one.services.empty()) hash = one.services.back().pack;
  } else if (sees_case(request, one)) {
    return out_of_scope();
  }
  if (hash.empty() || services.evidence == nullptr) return not_found("pack", "该证据包");
  const auto wanted = ledger::hash_from_hex(hash);
  if (!wanted) return problem_of(wanted.error());
  auto text = services.evidence->read_bytes(*wanted);
  if (!text) return problem_of(text.error());
  const auto sealed = std::ranges::find(one.packs, hash, &projections::CasePack::hash);
  const std::uint64_t rows = rows_about_persons(*text);
  return TakenPack{std::get<NamedCase>(named).campaign,
                   {std::move(*text), sealed->as_of, rows},
                   {},
                   "case-" + std::to_string(one.id)};
}

Taken make(const Request& request, Services& services, const PackSubject& subject,
           const std::string& name) {
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  auto pack = make_evidence_pack(*request.directory, services, subject);
  if (!pack) return problem_of_pack(pack.error());
  return TakenPack{subject.campaign, std::move(*pack), subject.table, name};
}

Taken take_of_unit(const Request& request, Services& services) {
  Request of_campaign = request;
  of_campaign.params["campaign"] = request.query_or("campaign", "");
  auto campaign = campaign_of(of_campaign);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  const ledger::DepartmentId department(request.param("department"));
  if (std::get<0>(campaign)->department(department) == nullptr) {
    return not_found("department", "该单位");
  }
  if (!of_department(request, department.value) && !follows_reviews(request)) {
    return out_of_scope();
  }
  return make(request, services, {std::get<0>(campaign), department, nullptr, {}},
              department.value);
}

// It holds every row that the table ever had, and the facts about its owner.
Taken take_of_table(const Request& request, Services& services) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(opened);
  const auto& owner = access.table().owner;
  if (!of_department(request, owner.value) && !follows_reviews(request)) return out_of_scope();
  if (!access.sees_all()) return out_of_scope();
  if (!access.sees_past()) return past_withheld();
  return make(request, services, {&access.campaign(), owner, nullptr, access.table().key},
              access.table().key.value);
}

ledger::ExportData record_of_export(const Request& request, const TakenPack& taken) {
  ledger::ExportData record = export_record(request, taken.campaign->id, "pack");
  record.table = taken.table;
  record.as_of = taken.pack.as_of;
  record.rows = taken.pack.rows;
  record.personal = taken.pack.rows > 0;
  record.content = ledger::sha256(ledger::as_bytes(taken.pack.text));
  return record;
}

// The document, recorded before it goes out.
RecordedRead as_document(const Request& request, Taken taken) {
  if (auto* problem = std::get_if<Problem>(&taken)) return std::move(*problem);
  auto& pack = std::get<TakenPack>(taken);
  ledger::ExportData record = record_of_export(request, pack);
  Response response;
  response.body = std::move(pack.pack.text);
  return RecordedAnswer{std::move(record), std::move(response), {}};
}

// The same as a ZIP, made once the entry is known that stands in its pages and its manifest.
RecordedRead as_archive(const Request& request, Services& services, Taken taken) {
  if (auto* problem = std::get_if<Problem>(&taken)) return std::move(*problem);
  auto& pack = std::get<TakenPack>(taken);
  ledger::ExportData record = record_of_export(request, pack);
  auto archive = PackArchive::of(std::move(pack.pack.text), services);
  if (!archive) return problem_of_pack(archive.error());
  PackOccasion occasion{0,
                        request.account->account.id.value,
                        request.received_at,
                        record.channel,
                        record.receiver,
                        record.basis,
                        record.personal};
  Response response;
  response.content_type = "application/zip";
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"pack-" + pack.name + ".zip\"");
  // The request's directory holds the definition for as long as the answer needs it.
  auto complete = [held = request.directory, campaign = pack.campaign, &services, occasion,
                   made = std::move(*archive)](Response& out, ledger::LeafIndex index) mutable {
    occasion.entry = index;
    out.body = made.written(services, occasion, *campaign);
  };
  return RecordedAnswer{std::move(record), std::move(response), std::move(complete)};
}

}  // namespace

RecordedRead export_pack(const Request& request, Services& services) {
  return as_document(request, take_sealed(request, services));
}
RecordedRead export_unit_pack(const Request& request, Services& services) {
  return as_document(request, take_of_unit(request, services));
}
RecordedRead export_case_archive(const Request& request, Services& services) {
  return as_archive(request, services, take_sealed(request, services));
}
RecordedRead export_unit_archive(const Request& request, Services& services) {
  return as_archive(request, services, take_of_unit(request, services));
}
RecordedRead export_table_archive(const Request& request, Services& services) {
  return as_archive(request, services, take_of_table(request, services));
}

}  // namespace countersign::api
