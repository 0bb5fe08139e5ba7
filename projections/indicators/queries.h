// Indicators with their lineage, the edits that moved them across their marks, and rectification
// plans.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/result.h"
#include "ledger/domain/campaign.h"
#include "ledger/domain/indicators.h"
#include "ledger/domain/row.h"
#include "projections/indicators/evaluation.h"
#include "projections/page.h"
#include "projections/trace/queries.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace countersign::projections {

// One computation as it was recorded.
struct Computation {
  ledger::LeafIndex index = 0;
  ledger::TreeSize computed_at = 0;
  std::uint32_t revision = 0;
  ledger::Timestamp at;
  struct Input {
    std::string table;
    std::uint32_t version = 0;
    std::string hash;  // hex
    std::uint64_t rows = 0;
    std::uint32_t current_version = 0;  // of the table by now
    bool current = false;               // whether the table is as it was
  };
  std::vector<Input> inputs;                       // by table
  std::vector<ledger::QuantityValue> quantities;   // by id
  std::vector<ledger::IndicatorValue> indicators;  // by id
};

// An edit of an input table after a computation: one command.
struct IndicatorEdit {
  Circumstances by;             // of its last entry
  ledger::LeafIndex first = 0;  // its entries are first to by.index
  std::string table;
  std::uint64_t cells = 0;  // that it changed
  struct Cell {
    std::string row;
    std::string column;
    ledger::Cell from;
    ledger::Cell to;
  };
  std::vector<Cell> changes;  // the first kChangesMax of them
  static constexpr std::size_t kChangesMax = 100;
  struct Evidence {
    ledger::LeafIndex id = 0;  // the entry that registered it
    std::string state;         // standing, withdrawn, missing
    ledger::Timestamp at;
  };
  std::vector<Evidence> evidence;  // that covers any of `changes`, by id
  std::optional<double> before;
  std::string result_before;
  std::optional<double> after;  // none with `broken`: unknown
  std::string result_after;
  std::string broken;  // why it could not be evaluated
  bool crossed = false;
};

struct Crossing {
  IndicatorEdit edit;  // the one that crossed
  std::string indicator;
  ledger::LeafIndex computed_by = 0;  // the computation before
  // The table had passed this school-wide level, the campaign this body, and that one was next;
  // empty: none.
  std::string after_level;
  std::string after_body;
  std::string before_body;
  // All edits of the input tables since the computation, the crossing one last.
  std::vector<IndicatorEdit> contributing;
};

struct LastComputation {
  std::optional<Computation> computation;  // none: never computed
  ledger::TreeSize as_of = 0;
};
struct IndicatorHistory {
  std::vector<Computation> computations;  // newest first; of the one indicator alone
  std::vector<Crossing> crossings;        // newest first
  ledger::TreeSize as_of = 0;
};

// A cited cell with what it says and the entry that gave it that.
struct LineageCell {
  CitedCell cited;
  ledger::Cell text;  // as recorded; none: no value, or a row counted as a whole
  ledger::LeafIndex index = 0;
  ledger::Cells row;  // all of it; a reader's right to the cell is judged by that
};
struct Lineage {
  std::string table;  // all cells of a page are of one table; empty: no cells
  Page<LineageCell> page;
  std::uint64_t total = 0;  // cells the quantity cites, over all tables
  std::optional<std::string> broken;
};

struct PlanRecord {
  std::string indicator;
  std::string department;
  ledger::LeafIndex required_by = 0;
  std::string status;    // due, drafted, accepted
  bool settled = false;  // accepted, or due for an indicator that passes by now
  struct Decision {
    Circumstances by;
    unsigned attended = 0;
    bool accepted = false;
    std::vector<ledger::PlanItemDecision> items;
  };
  struct Draft {
    Circumstances by;
    std::uint32_t number = 0;
    std::vector<ledger::PlanItem> items;
    std::optional<Decision> decision;
  };
  std::vector<Draft> drafts;  // oldest first
  struct FollowedUp {
    Circumstances by;
    std::string campaign;
    std::string item;
    std::string outcome;
    std::string text;
  };
  std::vector<FollowedUp> follow_ups;  // oldest first
};
struct PlanList {
  std::vector<PlanRecord> plans;  // by indicator
  ledger::TreeSize as_of = 0;
};

class IndicatorQueries {
 public:
  virtual ~IndicatorQueries() = default;

  // All indicators over the tables as they are.
  struct Figures {
    Evaluation evaluation;
    ledger::TreeSize as_of = 0;
  };
  // Of these indicators alone; empty: of all.
  virtual ledger::Result<Figures> evaluate(const ledger::CampaignDefinition& definition,
                                           const std::set<std::string>& indicators) const = 0;

  virtual ledger::Result<LastComputation> last(const std::string& campaign) const = 0;
  virtual ledger::Result<IndicatorHistory> history(const std::string& campaign,
                                                   const ledger::Indicator& indicator) const = 0;
  // The cells of a quantity after `size` entries (none: as they are), by table, row and column.
  //   Errc::malformed   not a cursor of ours
  virtual ledger::Result<Lineage> cells(const ledger::CampaignDefinition& definition,
                                        const ledger::Quantity& quantity,
                                        std::optional<ledger::TreeSize> size,
                                        const PageRequest& page) const = 0;
  virtual ledger::Result<PlanList> plans(const std::string& campaign) const = 0;
};

}  // namespace countersign::projections
