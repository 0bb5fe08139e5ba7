// Proof of a row: what it said and says, for whoever holds the log's key and nothing else; and the
// attestation of its table, by which nothing was left out of it.
#include "api/processes/row_proof.h"

#include "api/routes/handlers.h"
#include "api/wire/body.h"
#include "ledger/ledger.h"
#include "projections/trace/queries.h"
#include "projections/views.h"

#include <algorithm>

namespace countersign::api {

namespace {

// A proof shows items whole, so who reads a part of a row cannot be given one.
std::optional<Problem> refuse_unseen(const TableAccess& access, const RowProof& proof) {
  bool some = access.sees_all();
  bool whole = true;
  for (const ProvedChange& one : proof.changes()) {
    const auto& cells = one.change.cells;
    if (access.sees_all() || one.change.removed) continue;
    const bool row = access.sees_row(cells);
    some = some || row;
    whole = whole && row && access.shown(cells).size() == cells.size();
  }
  if (!some) return not_found("row", "数据行");
  if (!access.sees_past() && !proof.present_only()) return past_withheld();
  if (whole) return std::nullopt;
  Problem problem =
      forbidden({"证明须出示整行内容，而您只能读取其中一部分",
                 "A proof shows rows whole, and your hats may read a part of this one"},
                {"请由责任部门或评估中心出具", "The responsible department or the Centre may"});
  problem.code = "row_in_part";
  return problem;
}

Problem too_many_changes() {
  Problem problem =
      bad_request("too_many_changes",
                  {"该行的变更超出一份证明的上限", "The row has more changes than one proof holds"},
                  {"请用 index 逐条出具", "Ask for them one by one, with index"});
  problem.status = 422;
  return problem;
}

// What is known of the table at other times: its newest submission and its newest attestation.
ledger::Result<void> take_statements(RowProof& proof, const TableAccess& access,
                                     const Services& services) {
  const std::string& campaign = access.campaign().id.value;
  const std::string& table = access.table().key.value;
  const auto& trace = services.views.trace();
  const auto submitted = trace.size_at_statement(campaign, table, "submission", "", 0);
  if (submitted && *submitted > 0) CS_CHECK(proof.take_version(*submitted - 1));
  projections::EntryFilter attestations;
  attestations.campaign = campaign;
  attestations.table = table;
  attestations.type = "table.attested";
  projections::PageRequest newest;
  newest.limit = 1;
  const auto found = trace.acts(attestations, newest);
  if (!found || found->rows.empty()) return {};
  return proof.take_attestation(found->rows.front().by.index);
}

}  // namespace

WriteResult attest_table(const Request& request, Services&) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(opened);
  BodyReader body(request);
  if (auto problem = body.finish()) return std::move(*problem);
  return Wanted{ledger::Command(ledger::AttestTable{access.campaign().id, access.table().key}),
                201};
}

RecordedRead prove_row(const Request& request, Services& services) {
  auto opened = TableAccess::open(request);
  if (auto* problem = std::get_if<Problem>(&opened)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(opened);
  const std::string column = request.query_or("column", "");
  if (!column.empty() &&
      (access.table().column(column) == nullptr || !access.sees_column(column))) {
    return bad_request("unknown_column", {"column 不是可读的列", "column is not one you may read"},
                       {"请选用本表的列", "Choose a column of this table"});
  }
  auto index = number_of(request, "index");
  if (auto* problem = std::get_if<Problem>(&index)) return std::move(*problem);
  if (auto problem = wait_for_views(request, services)) return std::move(*problem);

  const auto& campaign = access.campaign().id;
  const auto& table = access.table().key;
  const ledger::RowKey row(request.param("key"));
  RowProof proof(services.ledger.reader(), campaign, table, row);
  const auto wanted = std::get<0>(index);
  const auto taken = wanted ? proof.take(*wanted) : proof.take_all();
  // Of a row that is not there and of one that is not the reader's, all hear the same.
  if (!taken && taken.error().code == ledger::Errc::not_found) return not_found("row", "数据行");
  if (!taken) return problem_of(taken.error());
  if (auto problem = refuse_unseen(access, proof)) return std::move(*problem);
  if (proof.changes().size() > RowProof::kChangesMax) return too_many_changes();
  if (!wanted) {
    const auto stated = take_statements(proof, access, services);
    if (!stated) return problem_of(stated.error());
  }
  auto text = proof.text(services.ledger.verifier_key(), column);
  if (!text) return problem_of(text.error());
  Response response;
  response.body = std::move(*text);
  return shown(std::move(response), access, "proof", proof.as_of(), proof.changes().size(), row);
}

}  // namespace countersign::api
