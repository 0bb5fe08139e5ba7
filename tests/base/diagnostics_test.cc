#include "ledger/base/diagnostics.h"

#include "ledger/base/time.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace countersign::ledger {
namespace {

class Diagnostics : public ::testing::Test {
 protected:
  ~Diagnostics() override { diag::set_threshold(diag::Level::info); }

  template <typename Action>
  static std::string written_by(const Action& action) {
    ::testing::internal::CaptureStderr();
    action();
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(Diagnostics, AreOneJsonLineEach) {
  const std::string out = written_by([] {
    diag::warn("ledger.opened", {{"entries", "7"}, {"note", "a \"b\"\n{} \xff"}});
  });
  ASSERT_EQ(out.find('\n'), out.size() - 1);
  const auto line = nlohmann::json::parse(out);
  EXPECT_EQ(line.at("level"), "warn");
  EXPECT_EQ(line.at("event"), "ledger.opened");
  EXPECT_EQ(line.at("entries"), "7");
  EXPECT_EQ(line.at("note"), "a \"b\"\n{} \xEF\xBF\xBD");
  EXPECT_TRUE(parse_rfc3339(line.at("at").get<std::string>()));
}

TEST_F(Diagnostics, BelowTheThresholdNothingIsWritten) {
  EXPECT_EQ(written_by([] { diag::write(diag::Level::debug, "quiet", {}); }), "");
  diag::set_threshold(diag::Level::error);
  EXPECT_EQ(written_by([] { diag::warn("quiet"); }), "");
  EXPECT_NE(written_by([] { diag::error("loud"); }), "");
  diag::set_threshold(diag::Level::debug);
  EXPECT_NE(written_by([] { diag::write(diag::Level::debug, "loud", {}); }), "");
}

}  // namespace
}  // namespace countersign::ledger
