// Rules: what they find in the tables as they are, what runs over versions found, how findings were
// explained, and which rule versions were withdrawn.
//
// Thread safety: all functions may be called from any thread.
#pragma once

#include "ledger/base/result.h"
#include "ledger/base/time.h"
#include "ledger/domain/campaign.h"
#include "ledger/domain/validation.h"
#include "projections/page.h"

#include <optional>
#include <string>
#include <vector>

namespace countersign::projections {

// What the rules find now; nothing of it is recorded.
struct TableFindings {
  std::vector<ledger::RuleOutcome> outcomes;  // of every rule of the table not withdrawn, by id
  std::vector<ledger::RuleFinding> findings;  // at most kFindingsOfRuleMax of each rule
  ledger::TreeSize as_of = 0;
};

// A run over a version, as recorded.
struct RuleRun {
  ledger::LeafIndex index = 0;
  std::uint32_t number = 0;  // of the table's version
  std::string hash;          // hex
  std::uint64_t rows = 0;
  std::uint32_t definition_revision = 0;
  ledger::Timestamp at;
  std::vector<ledger::RuleOutcome> outcomes;  // `open`: by now
  std::vector<std::string> withdrawn;         // rules of it that were withdrawn since: their ids
};

// What a rule came to in the last run over one of its tables.
struct LastOutcome {
  std::string table;
  ledger::LeafIndex run = 0;
  ledger::RuleOutcome outcome;
};

struct RecordedFinding {
  std::string rule;
  std::uint32_t rule_version = 0;
  std::string severity;
  std::optional<std::string> row;
  std::string column;
  std::string note;
  std::string state;  // open, explained, accepted, rejected, void
  std::optional<ledger::LeafIndex> explanation;
};

struct RecordedExplanation {
  ledger::LeafIndex index = 0;
  std::string rule;
  std::uint32_t rule_version = 0;
  std::optional<std::string> row;
  std::string column;
  std::uint64_t covers = 0;
  std::string reason;
  std::vector<ledger::DocumentRef> evidence;
  std::string person;
  ledger::Timestamp at;
  std::string state;  // proposed, accepted, rejected, void
  std::optional<ledger::LeafIndex> decided_by;
  std::string decision_reason;
  std::string decision_person;
};

struct WithdrawnRule {
  std::string rule;
  std::uint32_t version = 0;
  ledger::LeafIndex index = 0;
  std::string reason;
  std::string person;
  ledger::Timestamp at;
};

class RuleQueries {
 public:
  virtual ~RuleQueries() = default;

  // Runs the rules over the table as it is. `previous`: the edition before it, or null.
  virtual ledger::Result<TableFindings> evaluate(const ledger::CampaignDefinition& definition,
                                                 const ledger::CampaignDefinition* previous,
                                                 const ledger::TableKey& table) const = 0;
  // The last run of a table, or the one recorded by entry `index`.
  //   Errc::not_found   there is none
  virtual ledger::Result<RuleRun> run(const std::string& campaign, const std::string& table,
                                      std::optional<ledger::LeafIndex> index) const = 0;
  // Findings of a run, in their order.
  virtual ledger::Result<Page<RecordedFinding>> findings(ledger::LeafIndex run,
                                                         const std::string& rule,
                                                         const PageRequest& page) const = 0;
  // Of the last run: findings of the rule, at the row and column where these are given, that no
  // explanation stands for.
  virtual ledger::Result<std::uint64_t> unexplained(const std::string& campaign,
                                                    const std::string& table,
                                                    const std::string& rule,
                                                    const std::optional<std::string>& row,
                                                    const std::string& column) const = 0;
  virtual ledger::Result<std::vector<RecordedExplanation>> explanations(
      const std::string& campaign, const std::string& table) const = 0;
  virtual ledger::Result<std::vector<WithdrawnRule>> withdrawn(
      const std::string& campaign) const = 0;
  // Of all tables' last runs.
  virtual ledger::Result<std::vector<LastOutcome>> last_outcomes(
      const std::string& campaign) const = 0;
  // How many rules are broken in the last run of some table, over all campaigns;
  // withdrawn ones are none.
  virtual ledger::Result<std::uint64_t> broken() const = 0;
};

}  // namespace countersign::projections
