#include "projections/proceedings/apply.h"

#include "ledger/base/bytes.h"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::projections {

using ledger::Hash;
using ledger::Result;
using ledger::TableKey;
using ledger::Timestamp;

namespace {

struct Act {
  std::string_view kind;
  std::string body;
  std::string_view outcome;
  std::string title;
  Hash document{};
  unsigned attended = 0;
  std::optional<Timestamp> due;
};

Result<void> record(const Step& step, const Act& act) {
  const auto& actor = step.event.actor;
  return step.store.execute(
      "INSERT INTO proceedings (idx, campaign, kind, body, outcome, title, document, attended, due,"
      " person, role, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      step.index(), step.campaign, act.kind, act.body, act.outcome, act.title,
      ledger::to_hex(act.document), act.attended, act.due, actor.person,
      ledger::to_string(actor.hat.role), step.event.received_at);
}

Result<void> name_table(const Step& step, std::size_t position, const TableKey& table,
                        const std::string& text) {
  return step.store.execute(
      "INSERT INTO proceeding_tables (idx, position, tbl, text) VALUES (?, ?, ?, ?)", step.index(),
      position, table, text);
}

// Also a move of the due instant, with the act as its reason.
Result<void> reopen(const Step& step, const TableKey& table, Timestamp due, bool charged,
                    const std::string& why) {
  CS_CHECK(step.store.execute(
      "INSERT INTO due_moves (campaign, tbl, idx, old_due, new_due, person, reason)"
      " SELECT ?1, ?2, ?3, due, ?4, ?5, ?6 FROM tasks WHERE campaign = ?1 AND tbl = ?2",
      step.campaign, table, step.index(), due, step.event.actor.person, why));
  return step.store.execute(
      "INSERT INTO reopenings (campaign, tbl, idx, at, due, charged) VALUES (?, ?, ?, ?, ?, ?)",
      step.campaign, table, step.index(), step.event.received_at, due, charged);
}

Result<void> decided(const Step& step, const ledger::CampaignDecided& event) {
  CS_CHECK(record(step, {"decided", event.body.value, ledger::to_string(event.outcome),
                         event.minutes.title, event.minutes.hash, event.attended, event.due}));
  for (std::size_t i = 0; i < event.opinions.size(); ++i) {
    CS_CHECK(name_table(step, i, event.opinions[i].table, event.opinions[i].text));
  }
  for (const TableKey& table : event.tables) {
    if (event.due) CS_CHECK(reopen(step, table, *event.due, true, event.minutes.title));
  }
  return {};
}

Result<void> granted(const Step& step, const ledger::ExceptionGranted& event) {
  CS_CHECK(record(step, {"exception", "", "", "", {}, 0, event.due}));
  CS_CHECK(name_table(step, 0, event.table, event.reason));
  return reopen(step, event.table, event.due, true, event.reason);
}

Result<void> frozen(const Step& step, const ledger::CampaignFrozen& event) {
  CS_CHECK(record(step, {"frozen", "", "", "", event.hash, 0, {}}));
  for (const auto& one : event.versions) {
    CS_CHECK(
        step.store.execute("INSERT INTO frozen_versions (idx, tbl, version, version_hash, rows)"
                           " VALUES (?, ?, ?, ?, ?)",
                           step.index(), one.table, one.version.number,
                           ledger::to_hex(one.version.hash), one.version.rows));
  }
  return {};
}

Result<void> reopened(const Step& step, const ledger::CampaignReopened& event) {
  CS_CHECK(record(step, {"reopened", "", "", event.order.title, event.order.hash, 0, event.due}));
  for (std::size_t i = 0; i < event.tables.size(); ++i) {
    CS_CHECK(name_table(step, i, event.tables[i], ""));
    CS_CHECK(reopen(step, event.tables[i], event.due, false, event.order.title));
  }
  return {};
}

}  // namespace

Result<void> apply_proceedings(const Step& step) {
  return std::visit(
      Overloaded{
          [&](const ledger::CampaignTabled& e) {
            return record(step, {"tabled", e.body.value, "", e.report.title, e.report.hash, 0, {}});
          },
          [&](const ledger::CampaignDecided& e) { return decided(step, e); },
          [&](const ledger::ExceptionGranted& e) { return granted(step, e); },
          [&](const ledger::CampaignFrozen& e) { return frozen(step, e); },
          [&](const ledger::CampaignSubmitted& e) {
            return record(step, {"submitted", "", "", e.receipt.title, e.receipt.hash, 0, e.due});
          },
          [&](const ledger::CampaignAccepted& e) {
            return record(step, {"accepted", "", "", e.notice.title, e.notice.hash, 0, {}});
          },
          [&](const ledger::CampaignReopened& e) { return reopened(step, e); },
          [](const auto&) -> Result<void> { return {}; }},
      step.event.event);
}

}  // namespace countersign::projections
