// What a campaign definition says about the content of its tables: rules, the quantities and
// indicators computed from cells, and the evidence that must stand behind figures. All of it is
// data with versions; the SQL is run by the views (projections/rules), read-only and bounded.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/domain/bilingual_text.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

// The six kinds of campaign-2020.md section 6.1.
enum class RuleKind : std::uint8_t {
  existence,      // a value exists in another table or list
  within_record,  // sums and comparisons inside one record
  uniqueness,
  date,       // against the campaign's year
  exclusion,  // a value must not exist in another table
  external,   // a number against another table's, or last year's
};
std::string_view to_string(RuleKind kind);
std::optional<RuleKind> rule_kind_from(std::string_view text);

enum class Severity : std::uint8_t {
  blocking,  // a table with an open finding is not submitted
  warning,   // a finding that nobody explained is a fact once the table is passed
};
std::string_view to_string(Severity severity);
std::optional<Severity> severity_from(std::string_view text);

// A SELECT whose rows are findings in one table: `row` (its key; NULL: the table as a whole),
// `column`, and optionally `note`.
struct RuleCheck {
  TableKey table;
  std::vector<TableKey> reads;           // other tables the SQL may read
  std::vector<TableKey> reads_previous;  // tables of the previous edition, as "previous_<key>"
  std::string sql;
  bool operator==(const RuleCheck&) const = default;
};

struct Rule {
  std::string id;
  std::uint32_t version = 1;  // grows with every change; findings and facts cite it
  RuleKind kind = RuleKind::within_record;
  Severity severity = Severity::blocking;
  BilingualText name;  // what it says
  DepartmentId author;
  bool needs_evidence = false;  // an explanation must cite some
  std::vector<RuleCheck> checks;

  const RuleCheck* check_of(const TableKey& table) const;
  // "X02@1": how facts and void findings name it.
  std::string cited() const { return id + "@" + std::to_string(version); }
};

// A number as the sum of the cells it cites: a SELECT of `value`, `table`, `row` and `column`.
struct Quantity {
  std::string id;
  std::uint32_t version = 1;
  BilingualText name;
  BilingualText unit;
  std::vector<TableKey> reads;
  std::string sql;
};

// What a school of one type must reach.
struct Mark {
  std::string school_type;
  double pass = 0;
  std::optional<double> restricted;  // beyond it enrolment is restricted
  bool operator==(const Mark&) const = default;
};

// Passes although the mark is missed.
struct AlternativePass {
  BilingualText name;
  std::string condition;  // an SQL condition over the quantities' ids
};

struct Indicator {
  std::string id;
  std::uint32_t version = 1;  // of formula, marks and alternative together
  BilingualText name;
  BilingualText unit;
  unsigned decimals = 2;                // of the value as shown; comparison uses all of it
  std::vector<std::string> quantities;  // ids
  std::string formula;                  // an SQL expression over them
  bool lower_is_better = false;         // value <= mark passes; otherwise value >= mark
  std::vector<Mark> marks;
  std::optional<AlternativePass> alternative;
  DepartmentId department;  // writes the plan when the mark is missed

  const Mark* mark_for(const std::string& school_type) const;
};

// Evidence that a table must have (佐证材料).
struct EvidenceRequirement {
  std::string id;
  BilingualText name;
  TableKey table;
  std::vector<std::string> columns;  // empty: the table as a whole
  std::vector<std::string> kinds;    // that satisfy it; empty: any
  bool per_row = false;              // one for each row
  enum class At : std::uint8_t {
    submission,  // the table is not submitted without it
    signature,   // a head's signature without it is a fact
  } required_at = At::submission;
};

// The edition that rows are carried forward from, and how its columns became this one's.
struct PreviousEdition {
  struct ColumnSource {
    std::string column;  // of this edition
    std::string from;    // of the previous one
  };
  struct Table {
    TableKey table;
    TableKey from;
    std::vector<ColumnSource> columns;  // those of another key; the rest map to themselves
  };
  CampaignId campaign;
  std::vector<Table> tables;

  const Table* table(const TableKey& key) const;
};

}  // namespace countersign::ledger
