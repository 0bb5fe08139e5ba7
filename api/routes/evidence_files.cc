// The files of evidence: taken in, kept by their hash, and shown, which is an act.
#include "api/http/tokens.h"
#include "api/routes/handlers.h"
#include "ledger/evidence/evidence_store.h"
#include "ledger/ledger.h"
#include "projections/evidence/queries.h"
#include "projections/views.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

constexpr std::size_t kPart = 64 << 10;

Problem bad_file(std::string code, ledger::BilingualText guard, ledger::BilingualText cure) {
  Problem problem = bad_request(std::move(code), std::move(guard), std::move(cure));
  problem.status = 422;
  return problem;
}

Problem not_here(const projections::EvidenceRecord& record) {
  Problem problem;
  problem.status = 409;
  problem.code = "kept_by_custodian";
  problem.guard = {"该材料只登记了哈希值，原件由保管部门保存",
                   "Only the hash was registered; the custodian keeps the file"};
  problem.cure = {"请向保管部门查阅", "Ask the custodian for it"};
  problem.facts["custodian"] = record.custodian;
  problem.facts["hash"] = record.hash;
  return problem;
}

Problem gone() {
  Problem problem;
  problem.status = 410;
  problem.code = "evidence_file_missing";
  problem.guard = {"所登记的文件缺失或已损坏，此情况已记录",
                   "The file that was registered is missing or damaged, which is on record"};
  problem.cure = {"请由登记部门重新提交同一文件", "The department that registered it may send it again"};
  return problem;
}

// How the name of a saved file ends. The name itself is payload and stands in no header.
std::string ending_of(const std::string& media_type) {
  static const std::map<std::string, std::string> endings{
      {"application/pdf", ".pdf"},
      {"image/png", ".png"},
      {"image/jpeg", ".jpg"},
      {"application/zip", ".zip"},
      {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"},
      {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"},
      {"text/csv", ".csv"},
      {"text/plain", ".txt"}};
  const auto found = endings.find(media_type);
  return found == endings.end() ? ".bin" : found->second;
}

// To be saved, never run or shown by a browser.
Response file_response(const projections::EvidenceRecord& record, ledger::StoredFile stored,
                       const ledger::Hash& hash) {
  Response response;
  response.content_type = stored.media_type.name;
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"evidence-" + std::to_string(record.id) +
                                    ending_of(stored.media_type.name) + "\"");
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
  // RFC 9530.
  response.headers.emplace_back("Repr-Digest", "sha-256=:" + ledger::to_base64(hash) + ":");
  const auto file = std::make_shared<ledger::StoredFile>(std::move(stored));
  response.stream = [file](std::string& part) {
    part.resize(kPart);
    const auto count = ledger::read_some(file->file, "evidence", part);
    // Cut off rather than ended well: the client must not take it for the whole file.
    if (!count) throw std::runtime_error("a file of evidence cannot be read");
    part.resize(*count);
    return *count > 0;
  };
  return response;
}

}  // namespace

std::optional<ledger::LeafIndex> evidence_id(const Request& request) {
  const std::string& text = request.param("evidence");
  ledger::LeafIndex id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

std::optional<Problem> may_upload_evidence(const Request& request, const Services&) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  const auto hats = ledger::usable_hats(*request.directory, *request.account,
                                        std::get<0>(campaign)->id, request.received_at);
  if (std::ranges::any_of(hats, [](const auto& usable) {
        return usable.hat.role == ledger::Role::filler;
      })) {
    return std::nullopt;
  }
  return forbidden({"您的身份不能登记佐证材料", "None of your hats registers evidence"},
                   {"请由填报账号上传", "A filler must send it"});
}

WriteResult upload_evidence(const Request& request, Services& services) {
  if (auto problem = may_upload_evidence(request, services)) return std::move(*problem);
  if (services.evidence == nullptr) {
    return problem_of(ledger::Error{ledger::Errc::unavailable, {}});
  }
  if (request.file == nullptr || request.file->size() == 0) {
    return bad_file("empty_file", {"文件为空", "The file is empty"},
                    {"请把文件内容作为请求体发送", "Send the file's bytes as the body"});
  }
  auto& file = *request.file;
  const auto kind = ledger::media_type_of(file.head(), file.size() == file.head().size());
  if (kind.refused) {
    auto problem = bad_file("file_kind_refused",
                            {"不接受程序文件和网页", "Programs and web pages are not taken"},
                            {"请转为 PDF、图片或表格", "Send it as PDF, image or sheet"});
    problem.facts["media_type"] = kind.name;
    return problem;
  }
  if (const auto kept = services.evidence->keep(file); !kept) return problem_of(kept.error());
  Response response;
  response.status = 201;
  response.body =
      json{{"hash", ledger::to_hex(file.hash())},
           {"bytes", file.size()},
           {"media_type", kind.name},
           {"upload", services.tokens.issue_upload(request.account->account.id, file.hash())}}
          .dump();
  return response;
}

RecordedRead show_evidence_file(const Request& request, Services& services) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  const auto& definition = *std::get<0>(campaign);
  const auto id = evidence_id(request);
  if (!id) return not_found("evidence", "该佐证材料");
  if (auto problem = wait_for_latest(services)) return std::move(*problem);
  auto found = services.views.evidence().piece(definition.id.value, *id);
  if (!found && found.error().code == ledger::Errc::not_found) {
    return not_found("evidence", "该佐证材料");
  }
  if (!found) return problem_of(found.error());
  const auto* table = definition.table(ledger::TableKey(found->table));
  const auto hats = ledger::usable_hats(*request.directory, *request.account, definition.id,
                                        request.received_at);
  const ledger::DepartmentId custodian(found->custodian);
  if (std::ranges::none_of(hats, [&](const auto& usable) {
        return ledger::may_see_evidence(usable.hat, table, custodian);
      })) {
    return forbidden({"您的身份无权查阅该材料", "None of your hats may see this evidence"},
                     {"请由责任部门或评估中心查阅", "Ask the department or the Centre"});
  }
  if (!found->stored) return not_here(*found);
  if (found->state == "missing") return gone();
  const auto hash = ledger::hash_from_hex(found->hash);
  if (!hash || services.evidence == nullptr) return gone();
  auto stored = services.evidence->read(*hash);
  if (stored) {
    return RecordedAnswer{ledger::ShowEvidence{definition.id, *id, {}},
                          file_response(*found, std::move(*stored), *hash),
                          {}};
  }
  const bool damaged = stored.error().code == ledger::Errc::corrupt;
  if (!damaged && stored.error().code != ledger::Errc::not_found) {
    return problem_of(stored.error());
  }
  // Nobody finds out twice: of withdrawn evidence nothing more is recorded.
  if (found->state != "standing") return gone();
  const std::string reason = damaged ? "存储的文件与登记的哈希值不符 / the stored bytes do not hash to "
                                       "what was registered"
                                     : "存储的文件不存在 / the stored file is not there";
  return RecordedAnswer{ledger::ReportEvidenceMissing{definition.id, *id, reason},
                        render(gone(), request),
                        {},
                        true};
}

}  // namespace countersign::api
