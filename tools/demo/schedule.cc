#include "tools/demo/schedule.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace countersign::tools {

namespace {

struct Row {
  std::string_view table;
  std::string_view filled;
  std::string_view submitted;
  std::string_view passed;
  std::string_view signed_off;
  std::string_view reviewed;
};

// Incident 1 is in the first four lines: academic_units passes two days after it was due, so
// majors and staff_basic start late, are late themselves, and owe nothing for it.
constexpr auto kOwnStories = std::to_array<Row>({
    {"admin_units", "09-30 10:20", "10-09 09:00", "10-09 15:30", "10-09 16:40", "10-12 14:00"},
    {"academic_units", "10-10 16:00", "10-11 17:30", "10-12 09:10", "10-12 10:00", "10-12 15:00"},
    {"majors", "10-13 11:00", "10-14 10:00", "10-14 15:00", "10-14 16:00", "10-15 15:00"},
    {"staff_basic", "10-15 08:40", "10-15 11:00", "10-15 14:20", "10-15 16:00", ""},
    {"external_teachers", "10-12 14:30", "10-14 09:20", "10-14 11:00", "10-14 14:10",
     "10-15 16:00"},
    {"labs", "10-12 15:40", "10-14 16:00", "10-14 17:20", "10-14 17:50", "10-15 16:30"},
    {"undergraduates", "10-15 09:30", "10-15 17:00", "10-15 19:30", "10-15 20:10", "10-16 11:00"},
    {"staff_teaching", "10-20 09:00", "10-29 10:00", "10-29 15:00", "10-30 09:00", "11-02 10:00"},
    {"land_buildings", "10-21 10:00", "11-02 10:00", "11-02 15:00", "11-03 09:00", "11-03 16:00"},
    {"teaching_admin_space", "10-21 10:30", "11-03 10:00", "11-03 15:00", "11-04 09:00",
     "11-04 16:00"},
    {"library", "10-22 09:00", "11-04 10:00", "11-04 15:00", "11-05 09:00", ""},
    {"library_growth", "10-22 09:30", "10-29 11:00", "10-29 16:00", "10-30 10:00", "11-02 11:00"},
    {"fixed_assets", "10-22 14:00", "11-02 11:00", "11-02 16:00", "11-03 10:00", "11-03 17:00"},
    {"lab_equipment", "10-23 09:00", "11-03 14:00", "11-03 16:30", "11-04 09:30", "11-04 17:00"},
    {"funding_overview", "10-23 10:00", "11-04 14:00", "11-04 16:30", "11-05 09:30", "11-05 15:00"},
    {"funding_detail", "", "10-28 10:00", "10-28 15:00", "10-28 16:00", ""},
    {"student_life", "10-23 11:00", "11-03 09:30", "11-03 15:10", "11-03 17:10", "11-04 10:00"},
    // What the student-teacher ratio is made of has passed the first review when it is computed on
    // 4 November.
    {"leaders", "10-26 09:00", "11-02 11:00", "11-02 17:20", "11-03 10:10", "11-03 17:30"},
    {"managers", "10-26 10:00", "11-02 11:10", "11-02 17:25", "11-03 10:20", "11-03 17:35"},
    {"hospital_staff", "", "11-02 09:30", "11-02 15:20", "11-03 09:20", "11-03 17:45"},
    {"staff_training", "10-26 11:00", "10-29 14:00", "10-29 17:00", "10-30 11:00", "11-02 14:00"},
    {"discipline_overview", "10-26 14:00", "11-02 14:00", "11-02 17:00", "11-03 11:00",
     "11-04 11:00"},
    {"curricula", "10-27 09:00", "", "", "", ""},
    {"course_sections", "10-24 09:00", "10-30 09:00", "10-30 15:00", "10-30 17:00", "11-02 15:00"},
    {"major_course_delivery", "11-02 09:00", "11-05 09:40", "11-05 14:00", "11-05 15:30", ""},
    {"capstone_by_major", "10-27 10:00", "10-30 10:00", "10-30 15:30", "10-30 17:20",
     "11-02 16:00"},
    {"capstone_supervision", "10-27 11:00", "11-03 10:30", "11-03 15:40", "11-03 17:30",
     "11-04 15:00"},
    {"student_headcount", "10-27 14:00", "11-02 09:00", "11-02 15:30", "11-02 17:40",
     "11-03 17:40"},
    {"major_transfers", "11-05 16:00", "", "", "", ""},
    {"admission_by_major", "10-28 09:00", "10-30 16:00", "10-30 17:30", "10-30 18:00",
     "11-03 10:00"},
    {"student_aid", "10-28 10:00", "11-04 15:20", "11-04 16:10", "11-04 17:00", "11-05 15:20"},
    {"graduates_by_major", "10-28 11:00", "11-03 15:00", "11-03 17:40", "11-04 11:00",
     "11-05 10:20"},
    {"teaching_evaluation", "10-28 14:00", "11-05 10:00", "11-05 14:20", "11-05 16:10", ""},
    {"teaching_reform_projects", "10-28 15:00", "10-30 11:00", "10-30 16:20", "10-30 17:40",
     "11-03 11:00"},
    {"sf_training", "10-28 16:00", "11-02 16:00", "11-02 17:30", "11-03 11:30", "11-04 15:30"},
    // Incident 7: the first tables about students pass with what a wrong rule found in them.
    {"student_innovation_projects", "10-16 10:00", "10-19 09:05", "10-19 11:05", "10-19 15:05",
     "10-21 10:05"},
    {"students_in_research", "10-16 10:05", "10-19 09:10", "10-19 11:10", "10-19 15:10",
     "10-21 10:10"},
    {"student_contest_awards", "10-16 10:10", "10-19 09:15", "10-19 11:15", "10-19 15:15",
     "10-21 10:15"},
    {"arts_contest_awards", "10-16 10:15", "10-19 09:20", "10-19 11:20", "10-19 15:20",
     "10-21 10:20"},
    {"sports_contest_awards", "10-16 10:20", "10-19 09:25", "10-19 11:25", "10-19 15:25",
     "10-21 10:25"},
    {"student_papers", "10-16 10:25", "10-19 09:30", "10-19 11:30", "10-19 15:30", "10-21 10:30"},
    {"student_works", "10-16 10:30", "10-19 09:35", "10-19 11:35", "10-19 15:35", "10-21 10:35"},
    {"student_patents", "10-16 10:35", "10-19 09:40", "10-19 11:40", "10-19 15:40", "10-21 10:40"},
    {"double_degrees", "10-16 10:40", "10-19 09:00", "10-19 11:00", "10-19 15:00", ""},
    // Incidents 2, 6, 8, 12 and 18 of incidents.cc fill the gaps here.
    {"quality_projects", "", "", "", "10-22 09:00", "10-22 14:00"},
    {"degree_points", "10-21 15:00", "10-26 15:00", "10-27 10:00", "10-27 15:00", "10-28 10:00"},
    {"campus_network", "10-23 15:00", "11-04 14:00", "11-04 15:45", "11-05 09:15", "11-05 14:10"},
    {"research_projects", "10-22 16:00", "11-04 09:20", "11-04 14:40", "11-05 09:25",
     "11-05 16:20"},
    {"student_exchange", "10-21 10:00", "11-04 09:50", "11-04 14:50", "11-05 09:35", "11-05 16:30"},
    {"overseas_undergraduates", "10-29 15:00", "11-05 09:20", "11-05 11:00", "11-05 14:30", ""},
});

// The others keep their days. Each line: the due day, then the steps.
constexpr auto kByDueDay = std::to_array<Row>({
    {"10-30", "10-19 14:00", "10-28 10:20", "10-28 15:20", "10-29 09:20", "10-30 14:20"},
    {"11-03", "10-23 14:30", "11-02 09:40", "11-02 14:20", "11-03 09:10", "11-04 14:10"},
    {"11-04", "10-26 14:40", "11-03 10:10", "11-03 14:50", "11-04 09:20", "11-05 10:10"},
    {"11-05", "11-02 11:10", "11-04 10:30", "11-04 15:10", "11-05 09:10", "11-05 16:40"},
});

Schedule schedule_of(const std::string& table, const Row& row, bool together) {
  return {table,
          std::string(row.filled),
          std::string(row.submitted),
          std::string(row.passed),
          std::string(row.signed_off),
          std::string(row.reviewed),
          together};
}

// Due instants are midnights: the due day is the one that ends there.
std::string due_day(const ledger::CampaignDefinition& campaign, ledger::Timestamp due) {
  return ledger::format_local(ledger::Timestamp{due.micros - 1},
                              campaign.calendar.utc_offset_minutes)
      .substr(5, 5);
}

}  // namespace

std::vector<Schedule> schedules(const ledger::CampaignDefinition& campaign) {
  std::vector<Schedule> all;
  for (const Row& row : kOwnStories) all.push_back(schedule_of(std::string(row.table), row, false));
  const std::size_t own_stories = all.size();
  for (const auto& table : campaign.tables) {
    const auto own = all.begin() + static_cast<std::ptrdiff_t>(own_stories);
    if (std::any_of(all.begin(), own, [&](const auto& s) { return s.table == table.key.value; })) {
      continue;
    }
    const std::string day = due_day(campaign, table.due);
    for (const Row& row : kByDueDay) {
      if (row.table == day) all.push_back(schedule_of(table.key.value, row, true));
    }
  }
  return all;
}

}  // namespace countersign::tools
