#include "api/routes/access.h"

#include "ledger/domain/edit_rights.h"
#include "ledger/ledger.h"
#include "projections/views.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace countersign::api {

using ledger::CampaignDefinition;
using ledger::Cells;
using ledger::Column;
using ledger::ReadScope;
using ledger::Role;

namespace {

constexpr std::chrono::milliseconds kViewWait{2000};

Problem views_behind() {
  Problem problem = problem_of(ledger::Error{ledger::Errc::timeout, "views are behind"});
  problem.status = 503;
  problem.code = "views_behind";
  problem.guard = {"视图尚未处理到所要求的条目", "The views have not reached the entry asked for"};
  problem.cure = {"请稍后重试", "Try again shortly"};
  problem.headers.emplace_back("Retry-After", "1");
  return problem;
}

Problem bad_number(const std::string& name) {
  return bad_request("malformed_query",
                     {"查询参数 " + name + " 必须是非负整数",
                      "Query parameter " + name + " must be a whole number"},
                     {"请更正该参数", "Correct the parameter"});
}

}  // namespace

std::variant<const CampaignDefinition*, Problem> campaign_of(const Request& request) {
  const auto* campaign = request.directory->campaign(ledger::CampaignId(request.param("campaign")));
  if (campaign == nullptr) return not_found("campaign", "采集任务");
  return campaign;
}

std::variant<TableAccess, Problem> TableAccess::find(const Request& request) {
  auto campaign = campaign_of(request);
  if (auto* problem = std::get_if<Problem>(&campaign)) return std::move(*problem);
  TableAccess access;
  access.campaign_ = std::get<0>(campaign);
  access.table_ = access.campaign_->table(ledger::TableKey(request.param("table")));
  if (access.table_ == nullptr) return not_found("table", "数据表");
  return access;
}

std::variant<TableAccess, Problem> TableAccess::open(const Request& request) {
  auto found = find(request);
  auto* access = std::get_if<TableAccess>(&found);
  if (access == nullptr) return found;
  const auto scope =
      ledger::may_read_table(*request.directory, *request.account, access->campaign_->id,
                             access->table_->key, request.received_at);
  if (scope == ReadScope::none) {
    return forbidden(
        {"您的身份无权读取该表", "None of your hats may read this table"},
        {"请由责任部门或评估中心处理", "Ask the responsible department or the Centre"});
  }
  const auto hats = ledger::usable_hats(*request.directory, *request.account, access->campaign_->id,
                                        request.received_at);
  access->past_ = std::ranges::any_of(hats, [&](const auto& usable) {
    return ledger::may_read_past_of(usable.hat, *access->table_);
  });
  access->all_ = scope == ReadScope::all;
  if (access->all_) return found;

  for (const auto& part : access->table_->assisting) {
    for (const auto& department : part.departments) {
      for (const auto& usable : hats) {
        if (usable.hat.department != department) continue;
        Part seen;
        if (!part.columns.empty()) {
          seen.columns.insert(part.columns.begin(), part.columns.end());
          seen.columns.insert(access->table_->key_columns.begin(),
                              access->table_->key_columns.end());
        }
        seen.row_column = part.row_column;
        if (const auto* known = access->campaign_->department(department)) {
          seen.unit_no = known->unit_no;
        }
        access->parts_.push_back(std::move(seen));
        break;
      }
    }
  }
  return found;
}

RecordedRead shown(Response response, const TableAccess& access, const std::string& what,
                   ledger::TreeSize as_of, std::uint64_t rows, std::optional<ledger::RowKey> row) {
  if (!access.table().personal()) return response;
  return RecordedAnswer{ledger::ReadTable{access.campaign().id, access.table().key, what, as_of,
                                          rows, std::move(row)},
                        std::move(response),
                        {}};
}

Problem past_withheld() {
  Problem problem =
      forbidden({"该表含个人信息，您的身份无权查看其历史内容",
                 "The table is about persons; none of your hats may see what its rows said before"},
                {"请由责任部门或评估中心查询", "The responsible department or the Centre may"});
  problem.code = "past_withheld";
  return problem;
}

bool TableAccess::sees_row(const Cells& cells) const {
  if (all_) return true;
  for (const Part& part : parts_) {
    if (part.row_column.empty()) return true;
    auto cell = cells.find(part.row_column);
    if (cell != cells.end() && cell->second == part.unit_no) return true;
  }
  return false;
}

bool TableAccess::sees_column(const std::string& column) const {
  if (all_) return true;
  for (const Part& part : parts_) {
    if (part.columns.empty() || part.columns.contains(column)) return true;
  }
  return false;
}

bool TableAccess::sees_change(const projections::CellChange& change) const {
  return sees_column(change.column) && ((!change.row_added && sees_row(*change.row_before)) ||
                                        (!change.row_removed && sees_row(*change.row_after)));
}

std::vector<const Column*> TableAccess::columns() const {
  std::vector<const Column*> out;
  for (const Column& column : table_->columns) {
    if (sees_column(column.key)) out.push_back(&column);
  }
  return out;
}

Cells TableAccess::shown(const Cells& cells) const {
  if (all_) return cells;
  Cells out;
  for (const auto& [column, cell] : cells) {
    for (const Part& part : parts_) {
      auto own = cells.find(part.row_column);
      const bool row =
          part.row_column.empty() || (own != cells.end() && own->second == part.unit_no);
      if (row && (part.columns.empty() || part.columns.contains(column))) {
        out.emplace(column, cell);
        break;
      }
    }
  }
  return out;
}

std::variant<std::optional<std::uint64_t>, Problem> number_of(const Request& request,
                                                              const std::string& name) {
  auto found = request.query.find(name);
  if (found == request.query.end()) return std::optional<std::uint64_t>();
  const std::string& text = found->second;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return bad_number(name);
  return std::optional<std::uint64_t>(value);
}

std::optional<Problem> wait_for_views(const Request& request, Services& services) {
  auto index = number_of(request, "min_index");
  if (auto* problem = std::get_if<Problem>(&index)) return std::move(*problem);
  const auto wanted = std::get<0>(index);
  if (!wanted) return std::nullopt;
  // Nobody was told of an entry that is not in the log, so nobody needs to wait for one, least of
  // all on a worker thread.
  if (*wanted >= services.ledger.reader().size()) {
    return bad_request("malformed_query",
                       {"min_index 超出日志范围", "min_index is beyond the end of the log"},
                       {"请使用凭条中的条目序号", "Give the index of a receipt"});
  }
  if (services.views.wait_for(*wanted + 1, kViewWait)) return std::nullopt;
  return views_behind();
}

std::optional<Problem> wait_for_latest(Services& services) {
  if (services.views.wait_for(services.ledger.reader().size(), kViewWait)) return std::nullopt;
  return views_behind();
}

std::variant<projections::PageRequest, Problem> page_of(const Request& request) {
  projections::PageRequest page;
  page.after = request.query_or("after", "");
  auto limit = number_of(request, "limit");
  if (auto* problem = std::get_if<Problem>(&limit)) return std::move(*problem);
  if (auto wanted = std::get<0>(limit)) {
    if (*wanted == 0 || *wanted > projections::PageRequest::kPageRowsMax) {
      return bad_request("malformed_query",
                         {"limit 应在 1 至 1000 之间", "limit must be 1 to 1000"},
                         {"请更正该参数", "Correct the parameter"});
    }
    page.limit = *wanted;
  }
  return page;
}

bool sees_persons(const Request& request, const std::string& department) {
  if (wears(request, Role::accountability_reviewer) || wears(request, Role::centre_office) ||
      wears(request, Role::administrator)) {
    return true;
  }
  return std::ranges::any_of(request.account->account.hats, [&](const auto& hat) {
    return !department.empty() && hat.department.value == department;
  });
}

ledger::DepartmentScope accountability_scope(const Request& request) {
  return ledger::may_read_accountability(*request.directory, *request.account, request.received_at);
}

bool in_scope(const ledger::DepartmentScope& scope, const std::string& department) {
  return scope.all || std::ranges::any_of(scope.departments,
                                          [&](const auto& own) { return own.value == department; });
}

Problem out_of_scope() {
  return forbidden(
      {"您的身份无权读取该部门的记录", "None of your hats may read this department's record"},
      {"请由本部门或评估中心查询", "The department itself or the Centre may"});
}

std::optional<Problem> may_fill_table(const Request& request, const Services&) {
  auto found = TableAccess::find(request);
  if (auto* problem = std::get_if<Problem>(&found)) return std::move(*problem);
  const auto& access = std::get<TableAccess>(found);
  const ledger::EditRights rights(*request.directory, request.account->account.id,
                                  access.campaign().id, access.table(), request.received_at);
  if (rights.any()) return std::nullopt;
  return problem_of(ledger::Refusal{ledger::RefusalCode::right_missing, {}});
}

bool wears(const Request& request, Role role) {
  for (const auto& hat : request.account->account.hats) {
    if (hat.role == role) return true;
  }
  return false;
}

}  // namespace countersign::api
