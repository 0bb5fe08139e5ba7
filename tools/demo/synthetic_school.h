// Synthetic rows of the fictional 江畔师范学院: the 34 tables of the demonstration at their real
// sizes, consistent across tables, the same for the same seed on every machine. Nobody in them
// exists: names are put together from common characters.
#pragma once

#include "ledger/domain/campaign.h"
#include "ledger/domain/row.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace countersign::tools {

class SyntheticSchool {
 public:
  static constexpr std::uint64_t kSeed = 2020;

  // `campaign` must outlive the school.
  explicit SyntheticSchool(const ledger::CampaignDefinition& campaign, std::uint64_t seed = kSeed);

  // All rows of a table, in a fixed order. REQUIRES: a table of the demonstration campaign.
  std::vector<ledger::Cells> rows(const std::string& table) const;
  // The same as a CSV sheet with column keys as header.
  std::string sheet(const std::string& table) const;
  static std::string sheet(const ledger::TableDefinition& table,
                           const std::vector<ledger::Cells>& rows);

 private:
  struct Staff {
    std::string number;
    std::string name;
    std::string unit_no;
    std::string unit_name;
    bool teaches = false;
  };
  struct Major {
    std::string code;
    std::string name;
    std::string unit_no;
    std::string unit_name;
    bool teacher_education = false;
  };
  using Random = std::mt19937_64;

  void fill_generic(const ledger::TableDefinition& table, Random& random,
                    ledger::Cells& cells) const;
  void make_staff(Random& random);
  void make_majors();

  void academic_row(const std::string& table, std::size_t i, ledger::Cells& cells) const;
  void staff_row(const std::string& table, std::size_t i, Random& random,
                 ledger::Cells& cells) const;
  void teaching_row(const std::string& table, std::size_t i, Random& random,
                    ledger::Cells& cells) const;
  void student_row(const std::string& table, std::size_t i, Random& random,
                   ledger::Cells& cells) const;
  void put_major(ledger::Cells& cells, std::size_t i, const std::string& prefix = "") const;

  const ledger::CampaignDefinition& campaign_;
  const std::uint64_t seed_;
  std::vector<Staff> staff_;
  std::vector<Staff> external_;
  std::vector<Major> majors_;
  std::vector<std::string> students_;
};

}  // namespace countersign::tools
