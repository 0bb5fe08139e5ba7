#include "projections/entries/apply.h"

#include "ledger/base/bytes.h"
#include "ledger/domain/erased_item_codec.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

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

// Of circumstances whose ids are held; a campaign has fewer.
constexpr std::size_t kKnownMax = 20'000;

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

std::string review_state(const std::optional<TaskBefore>& task,
                         const ledger::CampaignDefinition* definition) {
  if (!task) return {};
  std::string state(ledger::to_string(task->status));
  if (task->status == ledger::TaskStatus::approved && definition != nullptr &&
      task->approvals_in_force > 0 &&
      task->approvals_in_force <= definition->approval_chain.size()) {
    state += ":" + definition->approval_chain[task->approvals_in_force - 1].id.value;
  }
  return state;
}

EntryWriter::EntryWriter(Database& store)
    : store_(store),
      insert_(store.own_query(
          "INSERT INTO entries (idx, under, place, received_at, behind, claimed_at, caused_by,"
          " reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {}

Result<void> EntryWriter::resume(const ledger::CommandId& command) {
  auto last = store_.query(
      "SELECT place, received_at + behind FROM entries ORDER BY idx DESC LIMIT 1");
  CS_TRY(const bool found, last.step());
  if (found) memory_ = {command, last.index(0), last.instant(1)};
  return {};
}

void EntryWriter::put_back(Memory memory) {
  memory_ = std::move(memory);
  known_.clear();
}

Result<std::int64_t> EntryWriter::circumstances_of(const Step& step) {
  const auto& actor = step.event.actor;
  const std::string_view type = ledger::type_name(step.event.event);
  const std::string_view role = ledger::to_string(actor.hat.role);
  const std::string_view on_behalf_of =
      actor.on_behalf_of ? std::string_view(actor.on_behalf_of->value) : std::string_view();
  const std::uint32_t version = version_of(step.event.event);
  const std::string state = review_state(step.before, step.definition());
  wanted_.clear();
  for (const std::string_view part :
       {std::string_view(step.campaign), std::string_view(step.table), type,
        std::string_view(actor.person.value), std::string_view(actor.account.value), role,
        std::string_view(actor.hat.department.value), on_behalf_of, std::string_view(state)}) {
    ledger::append_u32(wanted_, static_cast<std::uint32_t>(part.size()));
    wanted_.append(part);
  }
  wanted_ += std::to_string(version);
  if (const auto known = known_.find(wanted_); known != known_.end()) return known->second;

  auto select = store_.query(
      "SELECT id FROM circumstances WHERE campaign = ? AND tbl = ? AND type = ? AND person = ?"
      " AND account = ? AND role = ? AND department = ? AND on_behalf_of = ? AND version = ?"
      " AND review_state = ?");
  select.borrow(step.campaign, step.table, type, actor.person, actor.account, role,
                actor.hat.department, on_behalf_of, version, state);
  CS_TRY(bool found, select.step());
  if (!found) {
    CS_CHECK(store_.execute(
        "INSERT INTO circumstances (campaign, tbl, type, person, account, role, department,"
        " on_behalf_of, version, review_state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        step.campaign, step.table, type, actor.person, actor.account, role, actor.hat.department,
        on_behalf_of, version, state));
    select.restart();
    select.borrow(step.campaign, step.table, type, actor.person, actor.account, role,
                  actor.hat.department, on_behalf_of, version, state);
    CS_TRY(found, select.step());
    if (!found) return ledger::Error{ledger::Errc::io, "view store: circumstances were not recorded"};
  }
  if (known_.size() >= kKnownMax) known_.clear();
  return known_[wanted_] = select.integer(0);
}

Result<void> EntryWriter::apply(const Step& step) {
  const auto& event = step.event;
  const bool same_command = memory_.command == event.command_id;
  memory_.place = same_command ? memory_.place + 1 : 0;
  if (!same_command) memory_.command = event.command_id;
  memory_.latest = std::max(memory_.latest, event.received_at);
  CS_TRY(const std::int64_t circumstances, circumstances_of(step));
  const std::string reason = reason_of(event.event);
  insert_.restart();
  CS_CHECK(insert_
               .borrow(event.index, circumstances, memory_.place, event.received_at,
                       memory_.latest - event.received_at, event.claimed_at, event.caused_by,
                       reason)
               .run());
  return apply_persons(step);
}

Result<void> EntryWriter::apply_persons(const Step& step) {
  Database& store = store_;
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
      step.event.event);
}

}  // namespace countersign::projections
