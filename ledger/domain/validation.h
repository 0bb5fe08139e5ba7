// Validation: what a run of the rules over one version found, how findings are explained, and the
// withdrawal of a rule that was wrong. Commands first, then their events.
#pragma once

#include "ledger/domain/references.h"
#include "ledger/domain/rulebook.h"

#include <optional>
#include <string>
#include <vector>

namespace countersign::ledger {

struct RuleFinding {
  std::string rule;
  std::optional<RowKey> row;  // none: the table as a whole
  std::string column;         // may be empty
  std::string note;           // may hold values
};

// What one rule came to in one run.
struct RuleOutcome {
  std::string rule;
  std::uint32_t version = 0;  // of the rule
  Severity severity = Severity::blocking;
  std::uint64_t count = 0;  // findings; more than are recorded one by one when they are very many
  std::uint64_t open = 0;   // of these, without an explanation that stands
  bool broken = false;      // an error, or it ran too long: it found nothing out
  std::string why;          // when broken; never with values
};

// Of one rule, this many findings are recorded one by one.
inline constexpr std::size_t kFindingsOfRuleMax = 5000;

// The run of all rules over a table's content, by the service itself.
struct RecordValidation {
  CampaignId campaign;
  TableKey table;
  VersionRef version;
  TreeSize computed_at = 0;
  std::uint32_t definition_revision = 0;
  std::vector<RuleOutcome> outcomes;  // of every rule that was run, by id
  std::vector<RuleFinding> findings;
};
struct ValidationRun {
  CampaignId campaign;
  TableKey table;
  VersionRef version;
  TreeSize computed_at = 0;
  std::uint32_t definition_revision = 0;
  std::vector<RuleOutcome> outcomes;
  std::vector<RuleFinding> findings;  // payload
};

// The filler says why a finding is right as it stands.
struct ExplainFinding {
  CampaignId campaign;
  TableKey table;
  std::string rule;
  std::optional<RowKey> row;  // none: every finding of the rule in the last run
  std::string column;
  std::uint64_t covers = 0;  // findings without explanation that it speaks of, as the views tell
  std::string reason;
  std::vector<DocumentRef> evidence;
};
struct FindingExplained {
  CampaignId campaign;
  TableKey table;
  std::string rule;
  std::uint32_t rule_version = 0;
  LeafIndex run = 0;  // the entry whose findings it speaks of
  std::string column;
  std::uint64_t covers = 0;
  std::optional<RowKey> row;          // payload
  std::string reason;                 // payload
  std::vector<DocumentRef> evidence;  // payload
};

// The reviewer's answer to it.
struct DecideExplanation {
  CampaignId campaign;
  TableKey table;
  LeafIndex explanation = 0;
  bool accepted = false;
  std::string reason;  // required when it is rejected
};
struct ExplanationDecided {
  CampaignId campaign;
  TableKey table;
  LeafIndex explanation = 0;
  bool accepted = false;
  std::string reason;  // payload
};

// A rule version was wrong: its findings, and the facts built on them, are void and stay visible.
struct WithdrawRule {
  CampaignId campaign;
  std::string rule;
  std::uint32_t version = 0;
  std::string reason;
};
struct RuleWithdrawn {
  CampaignId campaign;
  std::string rule;
  std::uint32_t version = 0;
  std::string reason;  // payload
};

}  // namespace countersign::ledger
