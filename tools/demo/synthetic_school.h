// Synthetic rows of the fictional 江畔师范学院: the 102 tables of the demonstration at their real
// sizes, consistent across tables, the same for the same seed on every machine. Nobody in them
// exists: names are put together from common characters.
#pragma once

#include "ledger/domain/campaign.h"
#include "ledger/domain/row.h"
#include "tools/demo/school_base.h"

#include <cstdint>
#include <string>
#include <vector>

namespace countersign::tools {

class SyntheticSchool {
 public:
  static constexpr std::uint64_t kSeed = 2020;

  // `campaign` must outlive the school.
  explicit SyntheticSchool(const ledger::CampaignDefinition& campaign, std::uint64_t seed = kSeed);

  // All rows of a table, in a fixed order; none where the school has nothing to report.
  // REQUIRES: a table of the demonstration campaign.
  std::vector<ledger::Cells> rows(const std::string& table) const;
  // The same as a CSV sheet with column keys as header.
  std::string sheet(const std::string& table) const;
  static std::string sheet(const ledger::TableDefinition& table,
                           const std::vector<ledger::Cells>& rows);

 private:
  const std::uint64_t seed_;
  const SchoolBase base_;
};

}  // namespace countersign::tools
