// What a reader may see of a table: the domain's read rights (ledger/domain/directory.h) applied
// to rows and columns. Deny by default.
#pragma once

#include "api/http/message.h"
#include "api/http/problem.h"
#include "api/routes/endpoint.h"
#include "ledger/domain/campaign.h"
#include "ledger/domain/directory.h"
#include "ledger/domain/row.h"
#include "projections/page.h"
#include "projections/trace/queries.h"

#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace countersign::api {

using ReadResult = std::variant<Response, Problem>;
using WriteResult = std::variant<Wanted, RecordedAnswer, Response, Problem>;
using RecordedRead = std::variant<RecordedAnswer, Response, Problem>;

// A table that the request's path names, as far as its account may read it.
class TableAccess {
 public:
  // The campaign and table must exist and the account must have a right to some of it.
  static std::variant<TableAccess, Problem> open(const Request& request);
  // The same without asking for a read right; for writes, which the domain judges.
  static std::variant<TableAccess, Problem> find(const Request& request);

  const ledger::CampaignDefinition& campaign() const { return *campaign_; }
  const ledger::TableDefinition& table() const { return *table_; }
  bool sees_all() const { return all_; }
  // What rows said before they were changed.
  bool sees_past() const { return past_; }
  bool sees_row(const ledger::Cells& cells) const;
  bool sees_column(const std::string& column) const;
  // A change of a cell is seen by who sees the row before or after it and the column.
  bool sees_change(const projections::CellChange& change) const;
  // Columns in the table's order.
  std::vector<const ledger::Column*> columns() const;
  // The cells of a row that may be shown. REQUIRES: sees_row(cells).
  ledger::Cells shown(const ledger::Cells& cells) const;

 private:
  struct Part {
    std::set<std::string> columns;  // empty: all
    std::string row_column;         // empty: all rows
    std::string unit_no;
  };
  const ledger::CampaignDefinition* campaign_ = nullptr;
  const ledger::TableDefinition* table_ = nullptr;
  bool all_ = false;
  bool past_ = false;
  std::vector<Part> parts_;
};

// The answer as it is; of a table with personal columns, once it is recorded that it was read.
// `what`: "rows", "row", "history", "blame", "diff", "entry", "findings", "proof", "dry_run"; `row`:
// the only one shown.
RecordedRead shown(Response response, const TableAccess& access, const std::string& what,
                   ledger::TreeSize as_of, std::uint64_t rows,
                   std::optional<ledger::RowKey> row = {});
// For those who may not see what personal rows said before.
Problem past_withheld();

// Waits until the views hold entry `min_index` of the query, if it names one.
std::optional<Problem> wait_for_views(const Request& request, Services& services);
// Waits until the views hold everything committed so far.
std::optional<Problem> wait_for_latest(Services& services);

// `limit` and `after` of the query.
std::variant<projections::PageRequest, Problem> page_of(const Request& request);

// A whole number of the query; nullopt if absent.
std::variant<std::optional<std::uint64_t>, Problem> number_of(const Request& request,
                                                              const std::string& name);

// Whether the names of a department's persons may be shown: to the department itself and to those
// who must decide. Dashboards count.
bool sees_persons(const Request& request, const std::string& department);
// What of facts, deadlines and acts the account may read.
ledger::DepartmentScope accountability_scope(const Request& request);
bool in_scope(const ledger::DepartmentScope& scope, const std::string& department);
Problem out_of_scope();

// Asked before a large body is read (HeadCheck): whether there is such a table, and a part of it
// that the account fills. What the body would change is judged later.
std::optional<Problem> may_fill_table(const Request& request, const Services& services);

// Whether the account itself wears a hat of this role, in any department.
bool wears(const Request& request, ledger::Role role);
// The campaign that the path names.
std::variant<const ledger::CampaignDefinition*, Problem> campaign_of(const Request& request);

}  // namespace countersign::api
