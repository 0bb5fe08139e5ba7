#include "tools/demo/last_year.h"

#include <algorithm>
#include <map>

namespace countersign::tools {

using ledger::Cells;

namespace {

constexpr std::size_t kJoinedSince = 38;  // of the staff of 2020
constexpr std::size_t kLeftThen = 8;      // in 2019, so that nobody misses them in 2020
constexpr std::size_t kNewLabs = 5;
constexpr std::size_t kPapers = 940;

// What is not as it is in 2020, in records of one row. Sums stay sums. No figure is further than
// 20 % from the next year's. 84,300 books came and 96,100 were withdrawn in between.
const std::map<std::string, Cells>& changed_figures() {
  static const std::map<std::string, Cells> kChanged = {
      {"library", {{"paper_books", "1996800"}, {"e_books", "2139000"}, {"databases", "64"}}},
      {"fixed_assets",
       {{"fixed_assets", "123900"}, {"equipment_total", "10930"}, {"equipment_new", "960"}}},
      {"funding_overview",
       {{"education_funds", "45900"}, {"teaching_funds", "9420"}, {"reform_funds", "1180"}}},
      {"funding_detail",
       {{"teaching_spend_total", "8096"},
        {"daily_teaching_spend", "4440"},
        {"reform_spend", "570"},
        {"recurrent_budget_income", "22300"},
        {"undergrad_tuition", "9710"}}},
      {"student_headcount", {{"undergrad", "18960"}}},
  };
  return kChanged;
}

std::string a_year_earlier(const std::string& text) {
  return std::to_string(std::stoi(text.substr(0, 4)) - 1) + text.substr(4);
}

std::vector<Cells> staff(std::vector<Cells> rows) {
  // The last to join had not joined yet.
  std::stable_sort(rows.begin(), rows.end(), [](const Cells& a, const Cells& b) {
    return a.at("joined").value_or("") < b.at("joined").value_or("");
  });
  rows.resize(rows.size() - kJoinedSince);
  for (std::size_t i = 0; i < kLeftThen; ++i) {
    Cells left = rows[i];
    left["staff_no"] = "09900" + std::to_string(i + 1);
    left["status"] = "当年离职";
    rows.push_back(left);
  }
  for (Cells& cells : rows) {
    cells["rank"] = cells.at("title");
    cells.erase("title");
    cells.erase("degree_origin");
  }
  return rows;
}

}  // namespace

std::vector<Cells> last_year_rows(const SyntheticSchool& school, const std::string& table) {
  std::vector<Cells> rows = school.rows(table);
  if (table == "staff_basic") return staff(std::move(rows));
  if (table == "labs") rows.resize(rows.size() - kNewLabs);
  if (table == "papers") {
    rows.resize(kPapers);
    for (Cells& cells : rows) {
      for (const char* column : {"published", "volume_issue"}) {
        cells[column] = a_year_earlier(cells.at(column).value());
      }
    }
  }
  const auto changed = changed_figures().find(table);
  if (changed == changed_figures().end()) return rows;
  for (const auto& [column, value] : changed->second) rows.front()[column] = value;
  return rows;
}

}  // namespace countersign::tools
