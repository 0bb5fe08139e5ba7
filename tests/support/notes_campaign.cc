#include "tests/support/notes_campaign.h"

#include "ledger/crypto/sha256.h"
#include "ledger/domain/campaign_codec.h"

namespace countersign::testing {

using namespace ledger;

namespace {

constexpr const char* kDefinition = R"({"format":1,"id":"c","edition":"1",
 "name":{"zh":"名","en":"n"},"institution":{"zh":"名","en":"n"},"notice":"1",
 "calendar":{"utc_offset":"+08:00"},
 "phases":[{"id":"p","name":{"zh":"名","en":"n"},"opens":"2020-01-01T00:00:00Z","closes":"2040-01-01T00:00:00Z"}],
 "departments":[{"id":"D","name":{"zh":"名","en":"n"},"kind":"office"}],
 "persons":[{"id":"p-1","name":"甲"},{"id":"p-2","name":"乙"}],
 "accounts":[{"id":"office","person":"p-1","hats":[{"role":"centre_office"}]},
  {"id":"filler","person":"p-2","hats":[{"role":"filler","department":"D"}]}],
 "submission_meaning":{"zh":"名","en":"n"},
 "approval_chain":[{"id":"r","name":{"zh":"名","en":"n"},"meaning":{"zh":"名","en":"n"},"state":{"zh":"名","en":"n"},"verb":"pass","role":"reviewer"}],
 "tables":[{"key":"notes","printed_no":"1","name":{"zh":"名","en":"n"},"owner":"D","phase":"p",
  "due":"2040-01-01T00:00:00Z","columns":[{"key":"id","name":{"zh":"号","en":"id"},"type":"text"},
  {"key":"value","name":{"zh":"值","en":"value"},"type":"integer"}],"key_columns":["id"]}]})";

// The outcome of a step that cannot be refused.
Result<void> must_commit(const Outcome& outcome) {
  if (const auto* error = std::get_if<Error>(&outcome)) return *error;
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    return Error{Errc::conflict, std::string(to_string(refusal->code))};
  }
  return {};
}

}  // namespace

Founder notes_founder() {
  return {{PersonId("p-0"), "管理员", {}}, AccountId("admin"), "a long password"};
}

Envelope envelope(const Ledger& ledger, const std::string& account, const std::string& command_id) {
  Envelope made;
  made.account = AccountId(account);
  made.command_id = CommandId(command_id);
  made.correlation_id = "test";
  made.received_at = ledger.clock().now();
  return made;
}

Outcome propose_prepared(Ledger& ledger, Result<Prepared> prepared) {
  if (!prepared) return prepared.error();
  if (auto* verified = std::get_if<VerifiedCommand>(&*prepared)) {
    return ledger.propose_and_wait(std::move(*verified));
  }
  if (const auto* known = std::get_if<Committed>(&*prepared)) return *known;
  if (auto* refusal = std::get_if<Refusal>(&*prepared)) return std::move(*refusal);
  return Error{Errc::malformed, "not prepared"};
}

Outcome propose(Ledger& ledger, const std::string& account, Command command,
                const std::string& command_id) {
  return propose_prepared(
      ledger, ledger.preparer().prepare(*ledger.directory(), envelope(ledger, account, command_id),
                                        sha256(as_bytes(command_id)), std::move(command)));
}

Result<void> open_notes(Ledger& ledger) {
  CS_TRY(const auto definition, parse_campaign(kDefinition));
  CS_CHECK(must_commit(propose(ledger, "admin", DefineCampaign{definition, {}, 0}, "define")));
  CS_CHECK(must_commit(propose(ledger, "office", AssignTasks{CampaignId("c"), {}}, "assign")));
  return must_commit(propose(ledger, "office", OpenPhase{CampaignId("c"), PhaseId("p")}, "open"));
}

RowEdits notes_edits(const NotesRows& rows) {
  RowEdits edits;
  edits.campaign = CampaignId("c");
  edits.table = TableKey("notes");
  for (const auto& [id, value] : rows) {
    RowEdit edit;
    edit.cells = {{"id", id}, {"value", value}};
    edits.rows.push_back(std::move(edit));
  }
  return edits;
}

Result<Prepared> prepare_notes(const Ledger& ledger, const std::string& command_id,
                               RowEdits edits) {
  std::string body;
  for (const RowEdit& row : edits.rows) {
    for (const auto& [column, cell] : row.cells) body += column + "=" + cell.value_or("") + ";";
  }
  return ledger.preparer().prepare_rows(*ledger.directory(), envelope(ledger, "filler", command_id),
                                        sha256(as_bytes(body)), std::move(edits));
}

}  // namespace countersign::testing
