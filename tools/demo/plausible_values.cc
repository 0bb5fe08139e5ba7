#include "tools/demo/plausible_values.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace countersign::tools {

using ledger::Column;
using ledger::ColumnType;
using ledger::StatisticalTime;
using ledger::TableDefinition;

namespace {

constexpr std::array<const char*, 24> kSurnames = {"安", "白", "程", "邓", "方", "高", "何", "江",
                                                   "柯", "林", "马", "倪", "彭", "秦", "任", "石",
                                                   "唐", "汪", "夏", "徐", "严", "叶", "张", "朱"};
constexpr std::array<const char*, 30> kGiven = {
    "安", "柏", "晨", "初", "岱", "朵", "帆", "谷", "禾", "嘉", "景", "康", "澜", "黎", "茗",
    "宁", "佩", "青", "然", "若", "森", "棠", "婉", "溪", "岩", "依", "雨", "远", "悦", "泽"};

// Texts of columns that are worth reading. All invented.
const std::map<std::string, std::vector<std::string>>& vocabulary() {
  static const std::map<std::string, std::vector<std::string>> kTexts = {
      {"journal",
       {"江畔师范学院学报", "教师教育探索", "地方高校研究", "应用数学通讯", "语文教学观察"}},
      {"publisher", {"江畔大学出版社", "新知教育出版社", "青禾文化出版社"}},
      {"organiser", {"省教育厅", "省大学生艺术展演组委会", "省高等教育学会", "共青团省委"}},
      {"awarding_body", {"省人民政府", "省教育厅", "省社会科学联合会"}},
      {"award_name", {"省科学技术奖", "省社会科学优秀成果奖", "省教育科学研究成果奖"}},
      {"contest_name",
       {"大学生数学竞赛", "师范生教学技能竞赛", "大学生程序设计竞赛", "大学生艺术展演",
        "大学生田径锦标赛", "大学生英语演讲比赛"}},
      {"event_name", {"男子一百米", "女子跳远", "篮球", "健美操", "武术套路"}},
      {"venue", {"省大剧院", "校音乐厅", "市美术馆", "省教育电视台"}},
      {"school", {"江畔第一中学", "江畔实验小学", "临江镇中心校", "云溪县民族中学"}},
      {"client", {"江畔市教育局", "云溪县教育局", "江畔实验小学"}},
      {"research_field", {"教师教育", "区域历史文化", "环境材料", "应用统计", "智能计算"}},
      {"discipline", {"教育学", "文学", "理学", "工学", "管理学"}},
      {"facility_name", {"微格教室", "三笔字训练室", "智慧教室", "教学观摩室", "琴房"}},
  };
  return kTexts;
}

// Numbers a generic draw would make absurd: from, and how many steps of what.
struct Range {
  std::size_t first;
  std::size_t count;
  std::size_t step = 1;
};
const std::map<std::string, Range>& ranges() {
  static const std::map<std::string, Range> kRanges = {{"author_rank", {1, 3}},
                                                       {"student_rank", {1, 3}},
                                                       {"school_rank", {1, 2}},
                                                       {"citations", {0, 30}},
                                                       {"months", {3, 10}},
                                                       {"capacity", {10, 15, 5}},
                                                       {"students_received", {5, 60}},
                                                       {"student_hours", {12000, 40, 500}},
                                                       {"funds_wan", {1, 40}},
                                                       {"amount_wan", {2, 60}},
                                                       {"area_m2", {60, 40, 10}},
                                                       {"equipment_wan", {5, 80}},
                                                       {"credits", {1, 4}},
                                                       {"hours", {16, 4, 16}},
                                                       {"staff_count", {1, 9}},
                                                       {"pedagogy_books", {4000, 60, 100}},
                                                       {"start_year", {2016, 4}},
                                                       {"end_year", {2019, 4}},
                                                       {"weeks", {12, 8}},
                                                       {"courses", {2, 5}}};
  return kRanges;
}

std::string initials(const std::string& key) {
  std::string out;
  bool first = true;
  for (char c : key) {
    if (first) out += static_cast<char>(c - 'a' + 'A');
    first = c == '_';
  }
  return out;
}

// "项目名称" numbers its values "项目017".
std::string stem(const std::string& name) {
  for (const std::string ending : {"名称", "姓名"}) {
    if (name.size() > ending.size() && name.ends_with(ending)) {
      return name.substr(0, name.size() - ending.size());
    }
  }
  return name;
}

std::string text_value(const TableDefinition& table, const Column& column, std::size_t i,
                       Random& random) {
  const std::size_t draw = random();
  const bool key = std::find(table.key_columns.begin(), table.key_columns.end(), column.key) !=
                   table.key_columns.end();
  if (const auto found = vocabulary().find(column.key); found != vocabulary().end()) {
    return found->second[(key ? i : draw) % found->second.size()];
  }
  if (key && !column.key.ends_with("_name")) return numbered(initials(table.key.value), 5, i + 1);
  if (column.key == "volume_issue") return numbered("2019(", 2, 1 + draw % 12, ")");
  return numbered(stem(column.name.zh), 3, key ? i + 1 : draw % 400 + 1);
}

std::string month_value(const TableDefinition& table, Random& random) {
  switch (table.time) {
    case StatisticalTime::natural_year:
      return month(random, 2019, 1);
    case StatisticalTime::academic_year: {
      const std::size_t since_september = below(random, 12);
      return numbered(since_september < 4 ? "2019-" : "2020-", 2, (since_september + 8) % 12 + 1);
    }
    case StatisticalTime::point_in_time:
      break;
  }
  return month(random, 2000, 20);
}

std::string value_of(const TableDefinition& table, const Column& column, std::size_t i,
                     Random& random) {
  if (!column.allowed.empty()) return column.allowed[below(random, column.allowed.size())];
  if (const auto found = ranges().find(column.key);
      found != ranges().end() && column.type != ColumnType::text) {
    const Range& range = found->second;
    return std::to_string(range.first + below(random, range.count) * range.step);
  }
  switch (column.type) {
    case ColumnType::text:
      return text_value(table, column, i, random);
    case ColumnType::long_text:
      return numbered("培养方案要点第", 0, 1 + below(random, 40), "条");
    case ColumnType::integer:
      return std::to_string(below(random, 60));
    case ColumnType::decimal:
      return std::to_string(1 + below(random, 400)) + ".5";
    case ColumnType::year:
      return std::to_string(2010 + below(random, 10));
    case ColumnType::month:
      return month_value(table, random);
  }
  return {};
}

}  // namespace

std::size_t below(Random& random, std::size_t count) { return random() % count; }

std::string numbered(const std::string& before, std::size_t width, std::size_t number,
                     const std::string& after) {
  std::string digits = std::to_string(number);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return before + digits + after;
}

std::string person_name(Random& random) {
  std::string name = kSurnames[below(random, kSurnames.size())];
  name += kGiven[below(random, kGiven.size())];
  if (below(random, 5) != 0) name += kGiven[below(random, kGiven.size())];
  return name;
}

std::string month(Random& random, std::size_t first_year, std::size_t years) {
  const std::size_t year = first_year + below(random, years);
  return std::to_string(year) + numbered("-", 2, 1 + below(random, 12));
}

ledger::Cells plausible_row(const TableDefinition& table, std::size_t i, Random& random) {
  ledger::Cells cells;
  for (const Column& column : table.columns) {
    cells[column.key] = value_of(table, column, i, random);
  }
  return cells;
}

}  // namespace countersign::tools
