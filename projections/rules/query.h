#pragma once

#include "projections/rules/queries.h"
#include "projections/view_store.h"

namespace countersign::projections {

// `store` must outlive the queries.
class StoredRules final : public RuleQueries {
 public:
  explicit StoredRules(const LiveStore& store) : store_(store) {}

  ledger::Result<TableFindings> evaluate(const ledger::CampaignDefinition& definition,
                                         const ledger::CampaignDefinition* previous,
                                         const ledger::TableKey& table) const override;
  ledger::Result<RuleRun> run(const std::string& campaign, const std::string& table,
                              std::optional<ledger::LeafIndex> index) const override;
  ledger::Result<Page<RecordedFinding>> findings(ledger::LeafIndex run, const std::string& rule,
                                                 const PageRequest& page) const override;
  ledger::Result<std::uint64_t> unexplained(const std::string& campaign, const std::string& table,
                                            const std::string& rule,
                                            const std::optional<std::string>& row,
                                            const std::string& column) const override;
  ledger::Result<std::vector<RecordedExplanation>> explanations(
      const std::string& campaign, const std::string& table) const override;
  ledger::Result<std::vector<WithdrawnRule>> withdrawn(const std::string& campaign) const override;
  ledger::Result<std::vector<LastOutcome>> last_outcomes(
      const std::string& campaign) const override;
  ledger::Result<std::uint64_t> broken() const override;

 private:
  const LiveStore& store_;
};

}  // namespace countersign::projections
