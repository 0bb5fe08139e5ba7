// The synthetic rows: accepted by the ledger's own checks, the same for the same seed, as many as
// published, and in agreement with each other.
#include "ledger/domain/campaign_codec.h"
#include "tools/demo/player.h"
#include "tools/demo/synthetic_school.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

namespace countersign::tools {
namespace {

using ledger::Cells;
using ledger::TableKey;

const ledger::CampaignDefinition& campaign() {
  static const auto definition = ledger::parse_campaign(demo_campaign_json()).value();
  return *definition;
}
const SyntheticSchool& school() {
  static const SyntheticSchool made(campaign());
  return made;
}

std::string cell(const Cells& cells, const std::string& column) {
  return cells.at(column).value_or("");
}
long number(const Cells& cells, const std::string& column) {
  return std::stol(cell(cells, column));
}
std::map<std::string, std::string> names(const std::string& table, const std::string& key,
                                         const std::string& name) {
  std::map<std::string, std::string> found;
  for (const Cells& row : school().rows(table)) found[cell(row, key)] = cell(row, name);
  return found;
}

// A cell as the ledger stores it; decimals and months lose nothing on the way.
TEST(SyntheticSchool, EveryRowPassesTheLedgersOwnChecks) {
  for (const auto& table : campaign().tables) {
    std::set<std::string> keys;
    for (const Cells& row : school().rows(table.key.value)) {
      Cells normal;
      for (const auto& [key, text] : row) {
        const auto* column = table.column(key);
        ASSERT_NE(column, nullptr) << table.key.value << " has no column " << key;
        const auto checked = ledger::normalise_cell(*column, text.value_or(""));
        ASSERT_FALSE(checked.problem) << table.key.value << "." << key << " = " << text.value_or("")
                                      << ": " << checked.problem->problem_en;
        normal[key] = checked.cell;
      }
      const auto problems = ledger::check_row(table, normal);
      ASSERT_TRUE(problems.empty())
          << table.key.value << "." << problems[0].column << ": " << problems[0].problem_en;
      ASSERT_TRUE(keys.insert(ledger::row_key_of(table, normal).value).second)
          << table.key.value << ": a second row " << ledger::row_key_of(table, normal).value;
    }
  }
}

TEST(SyntheticSchool, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const SyntheticSchool again(campaign());
  const SyntheticSchool other(campaign(), SyntheticSchool::kSeed + 1);
  for (const auto& table : campaign().tables) {
    EXPECT_EQ(school().sheet(table.key.value), again.sheet(table.key.value)) << table.key.value;
  }
  EXPECT_NE(school().sheet("staff_basic"), other.sheet("staff_basic"));
}

// The published sizes, table by table; single records have one row.
TEST(SyntheticSchool, HasTheRowsOfThePublishedTable) {
  const std::map<std::string, std::size_t> published = {
      {"campuses", 3},
      {"admin_units", 30},
      {"academic_units", 24},
      {"majors", 68},
      {"major_categories", 24},
      {"staff_basic", 1680},
      {"staff_teaching", 1680},
      {"external_teachers", 320},
      {"hospital_staff", 0},
      {"undergraduates", 19260},
      {"labs", 260},
      {"research_bases", 22},
      {"practice_sites", 620},
      {"lab_equipment", 11500},
      {"demo_centres", 6},
      {"leaders", 9},
      {"managers", 390},
      {"top_talent", 38},
      {"top_teams", 16},
      {"teacher_dev_units", 2},
      {"staff_training", 1250},
      {"research_projects", 460},
      {"research_awards", 32},
      {"papers", 980},
      {"books", 72},
      {"patents", 210},
      {"textbooks", 34},
      {"tech_transfer", 40},
      {"postdoc_stations", 0},
      {"degree_points", 9},
      {"key_disciplines", 12},
      {"curricula", 68},
      {"strong_majors", 26},
      {"course_sections", 8600},
      {"major_course_delivery", 9800},
      {"core_courses", 640},
      {"lab_courses", 1150},
      {"special_courses", 120},
      {"capstone_by_major", 60},
      {"capstone_supervision", 1050},
      {"medical_capstone", 0},
      {"training_model_pilots", 12},
      {"online_courses", 45},
      {"entrepreneurship_bases", 8},
      {"major_transfers", 340},
      {"double_degrees", 260},
      {"admission_scores", 58},
      {"admission_by_major", 1650},
      {"graduates_by_major", 62},
      {"student_innovation_projects", 1400},
      {"students_in_research", 420},
      {"student_contest_awards", 1300},
      {"arts_contest_awards", 260},
      {"sports_contest_awards", 95},
      {"student_papers", 110},
      {"student_works", 140},
      {"student_patents", 70},
      {"student_exchange", 36},
      {"teaching_reform_projects", 130},
      {"teaching_awards", 24},
      {"quality_projects", 95},
      {"sf_mentors", 160},
      {"sf_reform_projects", 40},
      {"sf_contract_research", 18},
      {"sf_school_textbooks", 14},
      {"sf_school_service", 310},
      {"sf_conditions", 19},
      {"sf_facilities", 120},
      {"sf_training", 19},
      {"sf_courses", 720},
      {"sf_skill_courses", 19},
      {"sf_practicum", 38},
      {"sf_other_students", 19},
      {"sf_skill_contests", 60},
      {"sf_graduates", 17},
  };
  std::size_t rows = 0;
  std::size_t cells = 0;
  std::size_t empty = 0;
  for (const auto& table : campaign().tables) {
    const std::size_t count = school().rows(table.key.value).size();
    const auto expected = published.find(table.key.value);
    EXPECT_EQ(count, table.single_row ? 1 : expected->second) << table.key.value;
    EXPECT_EQ(table.single_row, expected == published.end()) << table.key.value;
    rows += count;
    cells += count * table.columns.size();
    empty += count == 0 ? 1 : 0;
  }
  EXPECT_EQ(rows, 68680u);
  EXPECT_EQ(cells, 596372u);
  EXPECT_EQ(empty, 3u);
}

TEST(SyntheticSchool, NamesNobodyAndNothingThatTheBaseTablesLack) {
  auto people = names("staff_basic", "staff_no", "name");
  people.merge(names("external_teachers", "staff_no", "name"));
  const auto students = names("undergraduates", "student_no", "student_name");
  const auto majors = names("majors", "major_code", "major_name");
  const auto labs = names("labs", "lab_code", "lab_name");
  const auto courses = names("course_sections", "course_no", "course_name");
  auto units = names("academic_units", "unit_no", "unit_name");
  units.merge(names("admin_units", "unit_no", "unit_name"));
  const auto agrees = [](const auto& known, const Cells& row, const std::string& key,
                         const std::string& name) {
    if (!row.contains(key)) return true;
    const auto found = known.find(cell(row, key));
    return found != known.end() && (!row.contains(name) || found->second == cell(row, name));
  };
  for (const auto& table : campaign().tables) {
    for (const Cells& row : school().rows(table.key.value)) {
      for (const std::string prefix :
           {"", "leader_", "author_", "winner_", "inventor_", "editor_", "holder_"}) {
        ASSERT_TRUE(agrees(people, row, prefix + "staff_no", prefix + "name")) << table.key.value;
      }
      for (const std::string prefix : {"", "from_", "to_", "second_", "member_", "teaching_"}) {
        ASSERT_TRUE(agrees(majors, row, prefix + "major_code", prefix + "major_name"))
            << table.key.value;
      }
      ASSERT_TRUE(agrees(people, row, "staff_no", "teacher_name")) << table.key.value;
      ASSERT_TRUE(agrees(students, row, "student_no", "student_name")) << table.key.value;
      ASSERT_TRUE(agrees(labs, row, "lab_code", "lab_name")) << table.key.value;
      ASSERT_TRUE(agrees(courses, row, "course_no", "course_name")) << table.key.value;
      ASSERT_TRUE(agrees(units, row, "unit_no", "unit_name")) << table.key.value;
    }
  }
}

TEST(SyntheticSchool, AddsUpAcrossTables) {
  const auto sum = [](const std::string& table, const std::string& column) {
    long total = 0;
    for (const Cells& row : school().rows(table)) total += number(row, column);
    return total;
  };
  const auto single = [](const std::string& table, const std::string& column) {
    return number(school().rows(table).at(0), column);
  };
  const auto count = [](const std::string& table, const std::string& column,
                        const std::string& value) {
    long total = 0;
    for (const Cells& row : school().rows(table)) total += cell(row, column) == value ? 1 : 0;
    return total;
  };
  for (const std::string column : {"planned", "admitted", "reported"}) {
    EXPECT_EQ(sum("admission_by_major", column), single("admission_kinds", column)) << column;
  }
  for (const std::string column : {"graduates", "employed"}) {
    EXPECT_EQ(sum("graduates_by_major", column), single("graduate_destinations", column));
  }
  EXPECT_EQ(single("student_headcount", "undergrad"),
            19260 - count("undergraduates", "origin_kind", "留学生"));
  EXPECT_EQ(count("student_contest_awards", "level", "国家级"),
            single("learning_outcomes", "contest_awards_national"));
  EXPECT_EQ(count("arts_contest_awards", "level", "国家级") +
                count("sports_contest_awards", "level", "国家级"),
            single("learning_outcomes", "arts_sports_awards_national"));
  std::set<std::string> national;
  for (const Cells& row : school().rows("student_innovation_projects")) {
    if (cell(row, "level") == "国家级") national.insert(cell(row, "project_no"));
  }
  EXPECT_EQ(static_cast<long>(national.size()),
            single("entrepreneurship_education", "projects_national"));
  // The worked indicators of the school: 20,610 weighted students, 1,040 and 208 teachers.
  EXPECT_EQ(count("staff_teaching", "teaching_kind", "专业课"), 1040);
  EXPECT_EQ(count("external_teachers", "contract_months", "12"), 208);
  EXPECT_LE(sum("labs", "area_m2"), single("teaching_admin_space", "labs_m2"));
}

}  // namespace
}  // namespace countersign::tools
