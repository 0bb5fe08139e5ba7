// A grown ledger: what it holds follows from its seed, and it is a ledger like any other.
#include "tools/load/grow/growth.h"

#include "ledger/domain/events.h"
#include "ledger/fsck.h"
#include "ledger/ledger.h"
#include "projections/view_audit.h"
#include "projections/views.h"
#include "tests/support/temp_dir.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <typeinfo>

#include <gtest/gtest.h>

namespace countersign::tools {
namespace {

GrowthOptions small_ledger(const std::filesystem::path& directory) {
  GrowthOptions options;
  options.directory = directory;
  options.entries = 3000;
  options.years = 2;
  return options;
}

std::unique_ptr<ledger::Ledger> open(const std::filesystem::path& directory) {
  ledger::LedgerOptions options;
  options.directory = directory;
  options.read_only = true;
  return ledger::Ledger::open(std::move(options)).value();
}

// What was asked for in an entry; not what differs by its nature: salts, and when it was sequenced.
std::string asked_for(const ledger::RecordedEvent& entry) {
  std::string text = std::to_string(entry.event.index()) + " " + entry.actor.account.value + " " +
                     entry.command_id.value + " " + ledger::format_utc(entry.received_at);
  if (const auto* changed = std::get_if<ledger::RowsChanged>(&entry.event)) {
    text += " " + changed->campaign.value + " " + changed->table.value + " " + changed->reason;
    for (const auto& row : changed->rows) {
      text += "\n" + row.key.value + (row.removed ? " removed" : "");
      for (const auto& [column, cell] : row.cells) text += "|" + column + "=" + cell.value_or("-");
    }
  }
  return text;
}

class Growth : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = std::make_unique<testing::TempDir>();
    const auto grown = grow(small_ledger(*directory_ / "first"), [](auto, const auto&) {});
    ASSERT_TRUE(grown) << grown.error().detail;
    ASSERT_EQ(grown->entries, 3000U);
  }
  static void TearDownTestSuite() { directory_.reset(); }

  static std::filesystem::path grown() { return *directory_ / "first"; }
  static std::filesystem::path another() { return *directory_ / "second"; }

 private:
  static std::unique_ptr<testing::TempDir> directory_;
};
std::unique_ptr<testing::TempDir> Growth::directory_;

TEST_F(Growth, TheSameSeedGivesTheSameActs) {
  const auto again = grow(small_ledger(another()), [](auto, const auto&) {});
  ASSERT_TRUE(again) << again.error().detail;
  const auto one = open(grown());
  const auto other = open(another());
  ASSERT_EQ(one->reader().size(), other->reader().size());
  for (ledger::LeafIndex index = 0; index < one->reader().size(); ++index) {
    ASSERT_EQ(asked_for(one->reader().event(index).value()),
              asked_for(other->reader().event(index).value()))
        << "entry " << index;
  }
}

TEST_F(Growth, EveryYearHasItsCampaignFromDefinitionToAcceptance) {
  const auto ledger = open(grown());
  std::map<std::string, std::set<std::string>> acts;  // by campaign
  for (ledger::LeafIndex index = 0; index < ledger->reader().size(); ++index) {
    const auto entry = ledger->reader().event(index).value();
    std::visit(
        [&]<typename Event>(const Event& event) {
          if constexpr (requires { event.campaign; }) {
            acts[event.campaign.value].insert(typeid(Event).name());
          }
        },
        entry.event);
  }
  for (const std::string campaign : {"2011", "2012"}) {
    for (const auto* act :
         {typeid(ledger::CampaignDefined).name(), typeid(ledger::SheetImported).name(),
          typeid(ledger::TableReturned).name(), typeid(ledger::TableApproved).name(),
          typeid(ledger::DueMoved).name(), typeid(ledger::RowsChanged).name(),
          typeid(ledger::TableRead).name(), typeid(ledger::CampaignAccepted).name()}) {
      EXPECT_TRUE(acts[campaign].contains(act)) << campaign << ": " << act;
    }
  }
}

TEST_F(Growth, EveryByteIsRightAndViewsAreWhatTheLogGives) {
  const auto ledger = open(grown());
  const auto checked = ledger::fsck(ledger->reader().log(), ledger->verifier_key(), {});
  ASSERT_TRUE(checked) << checked.error().detail;
  EXPECT_TRUE(checked->findings.empty()) << checked->findings.front().what;
  EXPECT_GT(checked->statements, 200U);

  const auto file = grown() / "views.sqlite";
  {
    const auto views = projections::Views::open(ledger->reader(), {.file = file}).value();
    ASSERT_TRUE(views->wait_for(ledger->reader().size(), std::chrono::seconds(120)));
  }
  const auto audit = projections::audit_views(ledger->reader(), file, {});
  ASSERT_TRUE(audit && *audit);
  EXPECT_EQ((*audit)->entries, ledger->reader().size());
  EXPECT_TRUE((*audit)->differences.empty())
      << (*audit)->differences.front().table << ": " << (*audit)->differences.front().what;
}

TEST_F(Growth, ADirectoryThatHoldsALedgerIsLeftAlone) {
  const auto refused = grow(small_ledger(grown()), [](auto, const auto&) {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ledger::Errc::conflict);
}

}  // namespace
}  // namespace countersign::tools
