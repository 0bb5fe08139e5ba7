// Every refusal says in both languages which guard failed and what would satisfy it.
#include "ledger/domain/refusal.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

std::set<RefusalCode> all_codes() {
  std::set<RefusalCode> codes;
  const auto last = static_cast<unsigned>(RefusalCode::ledger_exists);
  for (unsigned code = 0; code <= last; ++code) codes.insert(static_cast<RefusalCode>(code));
  return codes;
}

bool has_chinese(const std::string& text) {
  // Characters of the common Chinese blocks are three bytes that begin with E4 to E9.
  return text.find_first_of("\xE4\xE5\xE6\xE7\xE8\xE9") != std::string::npos;
}

bool is_ascii(const std::string& text) {
  return text.find_first_of("\xE4\xE5\xE6\xE7\xE8\xE9") == std::string::npos;
}

TEST(Refusals, SayGuardAndCureInChineseAndEnglish) {
  for (const RefusalCode code : all_codes()) {
    const Refusal refusal{code, {}};
    const std::string name(to_string(code));
    EXPECT_FALSE(name.empty());
    EXPECT_TRUE(has_chinese(refusal.guard().zh)) << name;
    EXPECT_TRUE(has_chinese(refusal.cure().zh)) << name;
    EXPECT_FALSE(refusal.guard().en.empty()) << name;
    EXPECT_FALSE(refusal.cure().en.empty()) << name;
    EXPECT_TRUE(is_ascii(refusal.guard().en)) << name;
    EXPECT_TRUE(is_ascii(refusal.cure().en)) << name;
    EXPECT_NE(refusal.guard().en, refusal.cure().en) << name;
  }
}

TEST(Refusals, AreEachNamedOnce) {
  std::set<std::string> names;
  for (const RefusalCode code : all_codes()) {
    EXPECT_TRUE(names.insert(std::string(to_string(code))).second) << to_string(code);
  }
}

TEST(Refusals, ShowTheirFactsAndNothingElse) {
  const Refusal refusal{RefusalCode::task_blocked, {{"table", "staff"}, {"by", "units"}}};
  EXPECT_EQ(refusal.guard().en, "Table staff waits for units");
  EXPECT_EQ(refusal.guard().zh, "数据表 staff 正等待上游表：units");
}

}  // namespace
}  // namespace countersign::ledger
