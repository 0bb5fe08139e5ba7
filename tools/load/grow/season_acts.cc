// What departments, the office and the bodies do in a season.
#include "ledger/crypto/sha256.h"
#include "ledger/domain/event_codec.h"
#include "ledger/merkle/compact_range.h"
#include "ledger/merkle/tree_hash.h"
#include "tools/demo/plausible_values.h"
#include "tools/load/grow/campus_time.h"
#include "tools/load/grow/season.h"

#include <algorithm>
#include <utility>

namespace countersign::tools {

using ledger::AccountId;
using ledger::Cells;
using ledger::Command;
using ledger::DepartmentId;
using ledger::Result;
using ledger::Role;
using ledger::RowEdits;
using ledger::Timestamp;
using ledger::VersionRef;

namespace {

// Of a thousand tables handed in.
constexpr unsigned kReviewReturns = 100;
constexpr unsigned kOfficeReturns = 60;
constexpr unsigned kRunsWithWarnings = 40;
constexpr unsigned kRunsWithExplained = 15;
// Of a thousand requests for help.
constexpr unsigned kHelpLate = 150;
constexpr unsigned kHelpDeclined = 100;
// Sheets up to this size are sent again as a whole.
constexpr std::size_t kSentAgainRowsMax = 2000;
constexpr std::size_t kEntriesOfRound = 5;

ledger::DocumentRef document(const std::string& title) {
  return {ledger::sha256(ledger::as_bytes(title)), title};
}

void take_from(std::size_t& from, std::size_t count) { from -= std::min(from, count); }

}  // namespace

AccountId Season::filler(const Sheet& sheet) const {
  return crew_.wearing(Role::filler, sheet.table->owner).front();
}

Order Season::order(AccountId account, Command command) const {
  return {std::move(account), now_, std::move(command)};
}

Result<void> Season::prepare_campaign() {
  const AccountId office = crew_.any(Role::centre_office, {}, random_);
  std::vector<DepartmentId> departments;
  for (const auto& one : campaign_.departments) {
    if (one.kind == "office" || one.kind == "college") departments.push_back(one.id);
  }
  std::vector<Order> orders;
  for (const auto what : {ledger::ReadinessKind::accounts, ledger::ReadinessKind::training}) {
    orders.push_back(order(
        office, ledger::RecordReadiness{campaign_.id, departments, what, "各单位均已办理"}));
  }
  orders.push_back(order(office, ledger::AssignTasks{campaign_.id, {}}));
  CS_CHECK(writer_.commit(orders, now_));
  return {};
}

Result<void> Season::open_or_close(const char* phase, bool open) {
  const ledger::PhaseId id(phase);
  const AccountId office = crew_.any(Role::centre_office, {}, random_);
  CS_CHECK(writer_.commit({open ? order(office, ledger::OpenPhase{campaign_.id, id})
                                : order(office, ledger::ClosePhase{campaign_.id, id})},
                          now_));
  if (open) {
    open_.insert(id);
  } else {
    open_.erase(id);
  }
  return {};
}

Result<void> Season::bring_in(const Sheets& sheets) {
  for (const std::size_t i : sheets) {
    Sheet& sheet = sheets_[i];
    const auto& waits_for = sheet.table->depends_on;
    if (!std::all_of(waits_for.begin(), waits_for.end(),
                     [&](const auto& key) { return sheets_[positions_.at(key)].released; })) {
      at(day_after(now_, 1, 9), Act::bring_in, i);
      continue;
    }
    take_from(entries_ahead_, 4);
    auto rows = school_.rows(sheet.table->key.value);
    if (!sheet.table->single_row && !rows.empty()) {
      const auto wanted = static_cast<double>(rows.size()) * plan_.rows_share;
      rows.resize(std::min(rows.size(), static_cast<std::size_t>(wanted) + 1));
    }
    sheet.model = std::make_unique<SheetModel>(*sheet.table, rows);
    if (rows.empty()) continue;
    RowEdits edits;
    edits.campaign = campaign_.id;
    edits.table = sheet.table->key;
    edits.import = ledger::ImportSummary{
        "csv", ledger::sha256(ledger::as_bytes(SyntheticSchool::sheet(*sheet.table, rows))), 0, 0,
        false};
    edits.rows.resize(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      edits.rows[row].cells = std::move(rows[row]);
      edits.rows[row].line = row + 2;
    }
    // One at a time: a sheet may be most of what there is to hold in memory.
    CS_CHECK(writer_.commit({{filler(sheet), now_, std::move(edits)}}, now_));
  }
  return {};
}

// The whole sheet again, with some rows changed.
Result<void> Season::bring_in_again(const Sheets& sheets) {
  CS_CHECK(writer_.drain());
  for (const std::size_t i : sheets) {
    Sheet& sheet = sheets_[i];
    if (sheet.model == nullptr || sheet.finished || sheet.under_way ||
        !open_.contains(sheet.table->phase) || sheet.model->rows() > kSentAgainRowsMax) {
      continue;
    }
    RowEdits edits;
    edits.campaign = campaign_.id;
    edits.table = sheet.table->key;
    edits.import = ledger::ImportSummary{"csv", {}, 0, 0, false};
    std::string text;
    std::optional<ledger::Error> failed;
    const auto view = ledger_.reader().log().row_view();
    CS_CHECK(view->scan(campaign_.id.value, sheet.table->key.value,
                        [&](std::string_view, const ledger::RowHead& head) {
                          if (head.removed) return true;
                          auto cells = ledger::decode_cells(head.cells);
                          if (!cells) {
                            failed = cells.error();
                            return false;
                          }
                          if (draw(10)) sheet.model->change(*cells, 1, random_);
                          text += head.cells;
                          ledger::RowEdit edit;
                          edit.cells = std::move(*cells);
                          edit.line = edits.rows.size() + 2;
                          edits.rows.push_back(std::move(edit));
                          return true;
                        }));
    if (failed) return *failed;
    if (edits.rows.empty()) continue;
    edits.import->sheet_hash = ledger::sha256(ledger::as_bytes(text));
    CS_CHECK(writer_.commit({{filler(sheet), now_, std::move(edits)}}, now_));
  }
  return {};
}

// The run of the rules over each, some with findings, and explanations where these would stop it.
Result<void> Season::validate(const Sheets& sheets) {
  std::vector<Order> runs;
  std::vector<std::pair<std::size_t, ledger::ExplainFinding>> explained;
  for (const std::size_t i : sheets) {
    const Sheet& sheet = sheets_[i];
    ledger::RecordValidation run;
    run.campaign = campaign_.id;
    run.table = sheet.table->key;
    run.version = sheet.submitted;
    run.computed_at = ledger_.reader().size();
    run.definition_revision = 1;
    bool explains = draw(kRunsWithExplained) && sheet.model->rows() > 0;
    for (const auto& rule : campaign_.rules) {
      if (rule.check_of(sheet.table->key) == nullptr) continue;
      ledger::RuleOutcome outcome{rule.id, rule.version, rule.severity, 0, 0, false, {}};
      const bool warns = rule.severity == ledger::Severity::warning && draw(kRunsWithWarnings) &&
                         sheet.model->rows() > 0;
      const bool stops = rule.severity == ledger::Severity::blocking && explains;
      if (warns || stops) {
        outcome.count = outcome.open = warns ? 1 + below(random_, 4) : 1;
        for (std::uint64_t k = 0; k < outcome.count; ++k) {
          run.findings.push_back({rule.id, sheet.model->any_row(random_),
                                  sheet.table->columns.back().key, "与上年相差较大"});
        }
      }
      if (stops) {
        explains = false;
        ledger::ExplainFinding said{campaign_.id, sheet.table->key, rule.id, {}, {}, 1,
                                    "经核对原始材料，数据无误", {}};
        if (rule.needs_evidence) said.evidence.push_back(document("核对记录 " + rule.id));
        explained.emplace_back(i, std::move(said));
      }
      run.outcomes.push_back(std::move(outcome));
    }
    if (run.outcomes.empty()) continue;
    Order one = order(filler(sheet), Command(std::move(run)));
    one.by_process = true;
    runs.push_back(std::move(one));
  }
  CS_CHECK(writer_.commit(runs, now_));
  std::vector<Order> orders;
  for (auto& said : explained) {
    orders.push_back(order(filler(sheets_[said.first]), Command(std::move(said.second))));
  }
  CS_TRY(const auto answers, writer_.commit(orders, now_));
  for (std::size_t k = 0; k < answers.size(); ++k) {
    sheets_[explained[k].first].explanations.push_back(answers[k]->first);
  }
  return {};
}

Result<void> Season::submit(const Sheets& sheets) {
  CS_CHECK(writer_.drain());
  Sheets ready;
  for (const std::size_t i : sheets) {
    Sheet& sheet = sheets_[i];
    if (!sheet.rounds.empty() && sheet.rounds.front() <= now_) {
      sheet.rounds.erase(sheet.rounds.begin());
    }
    if (sheet.model == nullptr) {  // waited for longer than planned
      at(day_after(now_, 1, 15), Act::submit, i);
      continue;
    }
    take_from(entries_ahead_, kEntriesOfRound);
    CS_TRY(const auto content,
           ledger_.reader().table_content(campaign_.id.value, sheet.table->key.value));
    const bool changed = sheet.submitted.number == 0 || content.hash != sheet.submitted.hash;
    if (!changed && !sheet.returned) {
      if (sheet.rounds.empty()) {
        sheet.finished = true;
      } else {
        at(std::max(sheet.rounds.front(), day_after(now_, 1, 15)), Act::submit, i);
      }
      continue;
    }
    // A version that was handed in is not changed: what follows it has the next number.
    sheet.submitted = {sheet.submitted.number + (changed ? 1 : 0), content.hash, content.rows};
    ready.push_back(i);
  }
  CS_CHECK(validate(ready));
  std::vector<Order> orders;
  for (const std::size_t i : ready) {
    Sheet& sheet = sheets_[i];
    const AccountId account = filler(sheet);
    orders.push_back(order(
        account,
        ledger::SubmitTable{
            campaign_.id, sheet.table->key, sheet.submitted, ledger_.reader().size(),
            crew_.sign(account, {campaign_, *sheet.table, nullptr, sheet.submitted, now_})}));
    sheet.under_way = true;
    sheet.returned = false;
    sheet.levels = 0;
    at(hours_after(now_, 1), Act::review, i);
  }
  CS_CHECK(writer_.commit(orders, now_));
  return {};
}

Result<void> Season::answer_explanations(const Sheets& sheets) {
  std::vector<Order> orders;
  for (const std::size_t i : sheets) {
    Sheet& sheet = sheets_[i];
    const AccountId reviewer = crew_.any(Role::reviewer, sheet.table->owner, random_);
    for (const auto index : std::exchange(sheet.explanations, {})) {
      orders.push_back(order(reviewer, ledger::DecideExplanation{campaign_.id, sheet.table->key,
                                                                 index, true, {}}));
    }
  }
  CS_CHECK(writer_.commit(orders, now_));
  return {};
}

// Near the end of its window nothing is sent back, so that all is done when it closes.
bool Season::may_return(const Sheet& sheet, std::size_t level) {
  const unsigned often = level == 0 ? kReviewReturns : level == 2 ? kOfficeReturns : 0;
  return draw(often) && hours_after(now_, 72) < window_end(sheet) && sheet.model->rows() > 0;
}

Result<void> Season::approve(const Sheets& sheets, std::size_t position) {
  if (position == 0) CS_CHECK(answer_explanations(sheets));
  const auto& level = campaign_.approval_chain[position];
  std::vector<Order> orders;
  for (const std::size_t i : sheets) {
    Sheet& sheet = sheets_[i];
    const AccountId account = crew_.any(
        level.role, level.school_wide ? DepartmentId() : sheet.table->owner, random_);
    if (may_return(sheet, position)) {
      ledger::ReturnTable back{campaign_.id, sheet.table->key, level.id, sheet.submitted, {}, {}};
      back.reasons.push_back({sheet.model->any_row(random_), sheet.table->columns.back().key, {},
                              "该单元格与原始材料不符，请核对"});
      if (level.return_needs_due) {
        back.due = day_after(now_, 2, 18);
        sheet.due = *back.due;
      }
      orders.push_back(order(account, Command(std::move(back))));
      sheet.under_way = false;
      sheet.returned = true;
      entries_ahead_ += kEntriesOfRound;
      at(day_after(now_, 1, 15), Act::submit, i);
      continue;
    }
    orders.push_back(order(
        account, ledger::ApproveTable{
                     campaign_.id, sheet.table->key, level.id, sheet.submitted,
                     crew_.sign(account, {campaign_, *sheet.table, &level, sheet.submitted, now_})}));
    ++sheet.levels;
    sheet.released = true;
    if (position == 0) at(hours_after(now_, 1), Act::sign, i);
    if (position == 1) at(day_after(now_, 1, 10), Act::first_review, i);
    if (position < 2) continue;
    sheet.under_way = false;
    if (sheet.rounds.empty()) {
      sheet.finished = true;
    } else {
      at(std::max(sheet.rounds.front(), day_after(now_, 0, 15)), Act::submit, i);
    }
  }
  CS_CHECK(writer_.commit(orders, now_));
  return {};
}

Result<void> Season::extend(const Sheets& sheets) {
  std::vector<Order> orders;
  for (const std::size_t i : sheets) {
    Sheet& sheet = sheets_[i];
    if (sheet.due <= now_) continue;
    sheet.due = hours_after(sheet.due, 24);
    orders.push_back(
        order(crew_.any(Role::centre_office, {}, random_),
              ledger::MoveDue{campaign_.id, {sheet.table->key}, sheet.due, "系统停机，顺延一天"}));
  }
  CS_CHECK(writer_.commit(orders, now_));
  return {};
}

Result<void> Season::ask_help(const Sheets& sheets) {
  std::vector<Order> orders;
  for (const std::size_t i : sheets) {
    Sheet& sheet = sheets_[i];
    if (sheet.table->assisting.empty() || std::exchange(sheet.help_asked, true)) continue;
    const auto& part = sheet.table->assisting.front();
    orders.push_back(order(
        filler(sheet), ledger::RequestAssist{campaign_.id, sheet.table->key, part.id,
                                             part.departments.front(), day_after(now_, 4, 18),
                                             "请提供本单位部分数据", {}, {}}));
    at(day_after(now_, draw(kHelpLate) ? 5 : 3, 16), Act::answer_help, i);
  }
  CS_CHECK(writer_.commit(orders, now_));
  return {};
}

Result<void> Season::answer_help(const Sheets& sheets) {
  std::vector<Order> orders;
  for (const std::size_t i : sheets) {
    const Sheet& sheet = sheets_[i];
    const auto& part = sheet.table->assisting.front();
    const AccountId account =
        crew_.wearing(Role::filler, part.departments.front()).front();
    if (draw(kHelpDeclined)) {
      orders.push_back(order(account, ledger::DeclineAssist{campaign_.id, sheet.table->key,
                                                            part.id, "已于上次提供"}));
    } else {
      orders.push_back(order(
          account, ledger::DeliverAssist{campaign_.id, sheet.table->key, part.id, draw(100)}));
    }
  }
  CS_CHECK(writer_.commit(orders, now_));
  return {};
}

// Whoever has not handed in when it was due is asked, and says when.
Result<void> Season::chase(const Sheets& sheets) {
  std::vector<Order> chases;
  Sheets late;
  for (const std::size_t i : sheets) {
    const Sheet& sheet = sheets_[i];
    if (sheet.finished || sheet.levels == campaign_.approval_chain.size()) continue;
    late.push_back(i);
    chases.push_back(order(crew_.any(Role::centre_office, {}, random_),
                           ledger::ChaseUnit{campaign_.id, sheet.table->owner,
                                             {sheet.table->key}, "已到截止时间，请尽快完成"}));
  }
  CS_TRY(const auto asked, writer_.commit(chases, now_));
  std::vector<Order> answers;
  for (std::size_t k = 0; k < late.size(); ++k) {
    answers.push_back(order(filler(sheets_[late[k]]),
                            ledger::AnswerChase{campaign_.id, asked[k]->first,
                                                hours_after(now_, 24), "明日完成"}));
  }
  CS_CHECK(writer_.commit(answers, now_));
  return {};
}

// The original stays with its custodian.
Result<void> Season::show_evidence(const Sheets& sheets) {
  std::vector<Order> orders;
  for (const std::size_t i : sheets) {
    const Sheet& sheet = sheets_[i];
    const std::string title = sheet.table->name.zh + "原始材料 " + campaign_.id.value + "-" +
                              std::to_string(random_() % 1'000'000);
    ledger::EvidenceDescription what;
    what.hash = ledger::sha256(ledger::as_bytes(title));
    what.custodian = sheet.table->owner;
    what.kind = "certificate";
    what.title = title;
    orders.push_back(
        order(filler(sheet), ledger::RegisterEvidence{
                                 campaign_.id, sheet.table->key, what, {{sheet.table->key, {}, {}, {}, {}}}}));
  }
  CS_CHECK(writer_.commit(orders, now_));
  return {};
}

// The bodies decide, the data are frozen and handed over.
Result<void> Season::conclude() {
  const auto on = [&](const char* when) { now_ = on_campus(plan_.year, when); };
  const char* const days[] = {"11-12", "11-16"};
  for (std::size_t i = 0; i < campaign_.bodies.size(); ++i) {
    const auto& body = campaign_.bodies[i];
    const auto report = document("情况报告 " + body.id.value + " " + campaign_.id.value);
    on((std::string(days[i]) + " 09:00").c_str());
    CS_CHECK(writer_.commit({order(crew_.any(Role::centre_office, {}, random_),
                                   ledger::TableCampaign{campaign_.id, body.id, report})},
                            now_));
    on((std::string(days[i]) + " 16:00").c_str());
    CS_CHECK(writer_.commit(
        {order(crew_.wearing(body.role).front(),
               ledger::DecideCampaign{campaign_.id, body.id, report.hash,
                                      ledger::Resolution::approved, body.quorum + 1,
                                      document("会议纪要 " + body.id.value), {}, {}})},
        now_));
  }
  on("11-18 09:00");
  std::map<ledger::TableKey, VersionRef> versions;
  for (const Sheet& sheet : sheets_) versions[sheet.table->key] = sheet.submitted;
  ledger::FreezeCampaign freeze{campaign_.id, {}, {}};
  for (const auto& [table, version] : versions) freeze.versions.push_back({table, version});
  ledger::CompactRange range;
  std::vector<ledger::CompactRange::Completed> completed;
  for (const std::string& item : ledger::version_items(freeze.versions)) {
    range.append(ledger::hash_leaf(ledger::as_bytes(item)), completed);
    completed.clear();
  }
  freeze.hash = range.root();
  const AccountId administrator = crew_.wearing(Role::administrator).front();
  CS_CHECK(writer_.commit({order(administrator, Command(std::move(freeze)))}, now_));
  on("11-18 15:00");
  CS_CHECK(writer_.commit({order(administrator, ledger::SubmitCampaign{
                                                    campaign_.id, document("报送回执")})},
                          now_));
  on("11-24 10:00");
  CS_CHECK(writer_.commit({order(administrator, ledger::AcceptCampaign{
                                                    campaign_.id, document("接收通知")})},
                          now_));
  return {};
}

}  // namespace countersign::tools
