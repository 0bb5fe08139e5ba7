#include "projections/entries/apply.h"

#include "ledger/domain/erased_item_codec.h"

#include <string>

namespace countersign::projections {

using ledger::Result;

std::string reason_of(const ledger::Event& event) {
  return std::visit(Overloaded{[](const ledger::TableReturned& e) {
                                 std::string all;
                                 for (const auto& reason : e.reasons) {
                                   all += (all.empty() ? "" : "; ") + reason.text;
                                 }
                                 return all;
                               },
                               [](const ledger::AssistRequested& e) { return e.text; },
                               []<typename E>(const E& e) {
                                 if constexpr (requires { e.reason; }) {
                                   return e.reason;
                                 } else {
                                   return std::string();
                                 }
                               }},
                    event);
}

namespace {

std::uint32_t version_of(const ledger::Event& event) {
  return std::visit(
      []<typename E>(const E& e) -> std::uint32_t {
        if constexpr (requires { e.version.number; }) {
          return e.version.number;
        } else if constexpr (requires { e.version; }) {
          return e.version;
        } else {
          return 0;
        }
      },
      event);
}

Result<void> put_person(Database& store, const ledger::Person& person) {
  return store.execute("INSERT OR REPLACE INTO persons (id, name, department) VALUES (?, ?, ?)",
                       person.id, person.name, person.department);
}

Result<void> put_account(Database& store, const ledger::Account& account) {
  CS_CHECK(store.execute("INSERT OR REPLACE INTO accounts (id, closed) VALUES (?, 0)", account.id));
  CS_CHECK(store.execute("DELETE FROM account_hats WHERE account = ?", account.id));
  for (const auto& hat : account.hats) {
    CS_CHECK(store.execute(
        "INSERT OR IGNORE INTO account_hats (account, role, department) VALUES (?, ?, ?)",
        account.id, ledger::to_string(hat.role), hat.department));
  }
  return {};
}

}  // namespace

std::string review_state(const ledger::Task* task, const ledger::CampaignDefinition* definition) {
  if (task == nullptr) return {};
  std::string state(ledger::to_string(task->status));
  if (task->status == ledger::TaskStatus::approved && definition != nullptr &&
      task->approvals_in_force > 0 &&
      task->approvals_in_force <= definition->approval_chain.size()) {
    state += ":" + definition->approval_chain[task->approvals_in_force - 1].id.value;
  }
  return state;
}

Result<void> apply_entries(const Step& step) {
  const auto& event = step.event;
  CS_CHECK(step.store.execute(
      "INSERT INTO entries (idx, type, campaign, tbl, person, account, role, department,"
      " on_behalf_of, received_at, received_max, claimed_at, command, caused_by, version,"
      " review_state, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
      " max(?, coalesce((SELECT received_max FROM entries WHERE idx = ? - 1), 0)),"
      " ?, ?, ?, ?, ?, ?)",
      event.index, ledger::type_name(event.event), step.campaign, step.table, event.actor.person,
      event.actor.account, ledger::to_string(event.actor.hat.role), event.actor.hat.department,
      event.actor.on_behalf_of.value_or(ledger::PersonId()), event.received_at, event.received_at,
      event.index, event.claimed_at, event.command_id, event.caused_by, version_of(event.event),
      review_state(step.before, step.definition()), reason_of(event.event)));

  Database& store = step.store;
  return std::visit(
      Overloaded{
          [&](const ledger::LedgerCreated& e) -> Result<void> {
            CS_CHECK(put_person(store, e.administrator));
            return put_account(store, {.id = e.account,
                                       .person = e.administrator.id,
                                       .hats = {{ledger::Role::administrator, {}}},
                                       .valid_from = {},
                                       .valid_until = {}});
          },
          [&](const ledger::CampaignDefined& e) -> Result<void> {
            if (e.definition == nullptr) {
              return ledger::Error{ledger::Errc::malformed, "campaign definition is missing"};
            }
            for (const auto& person : e.definition->persons) CS_CHECK(put_person(store, person));
            for (const auto& account : e.definition->accounts) {
              CS_CHECK(put_account(store, account));
            }
            return {};
          },
          [&](const ledger::AccountOpened& e) -> Result<void> {
            if (e.person) CS_CHECK(put_person(store, *e.person));
            return put_account(store, e.account);
          },
          [&](const ledger::AccountClosed& e) -> Result<void> {
            return store.execute("UPDATE accounts SET closed = 1 WHERE id = ?", e.account);
          },
          [&](const ledger::PersonErased& e) -> Result<void> {
            return store.execute("UPDATE persons SET name = ? WHERE id = ?", ledger::kErasedText,
                                 e.person);
          },
          [](const auto&) -> Result<void> { return {}; }},
      event.event);
}

}  // namespace countersign::projections
