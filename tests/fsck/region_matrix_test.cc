// Every kind of record of the database, changed behind the engine's back in every way: a byte
// flipped, the end cut off, doubled, removed, exchanged with its neighbour. Each is refused when
// the log is opened or reported by fsck; none passes for a whole ledger.
#include "ledger/content/payload_vault.h"
#include "ledger/fsck.h"
#include "ledger/log/key_schema.h"
#include "ledger/log/rocks_event_log.h"
#include "tests/log/bare_database.h"
#include "tests/reader/sample_ledger.h"
#include "tests/support/temp_dir.h"

#include <set>
#include <utility>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

using Record = std::pair<std::string, std::string>;

enum class Harm { flip_first, flip_middle, flip_last, cut, halve, twice, remove, exchange };
constexpr std::array<std::string_view, 8> kHarms = {"first byte flipped",
                                                    "middle byte flipped",
                                                    "last byte flipped",
                                                    "last byte cut off",
                                                    "half of it cut off",
                                                    "doubled",
                                                    "removed",
                                                    "exchanged with the next"};

// Records of one family that are harmed, one after the other: at most these, evenly spread.
constexpr std::size_t kRecordsOfFamily = 3;

// Both as databases were before values were encrypted, and sealed.
struct Region {
  Family family;
  bool sealed;
};

class RegionMatrix : public ::testing::TestWithParam<Region> {
 protected:
  RegionMatrix() {
    for (int i = 0; i < 20; ++i) sample_.change("staff", {{std::to_string(i % 7), "value"}});
    sample_.take_snapshot();
    sample_.change("books", {{"1", "x"}});
    sample_.write(*open(false).value());
  }

  Result<std::unique_ptr<EventLog>> open(bool read_only) const {
    RocksOptions options{0, read_only};
    if (GetParam().sealed) options.vault = vault_;
    return open_rocks_event_log(directory_.path(), options);
  }

  // Runs `use(db, family handle)` on the bare database.
  template <typename Use>
  void bare(Use use) {
    with_bare_database(directory_.path(),
                       [&](rocksdb::DB& db, auto family) { use(db, family(GetParam().family)); });
  }

  std::vector<Record> records() {
    std::vector<Record> all;
    bare([&](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
      const std::unique_ptr<rocksdb::Iterator> at(db.NewIterator({}, family));
      for (at->SeekToFirst(); at->Valid(); at->Next()) {
        all.emplace_back(at->key().ToString(), at->value().ToString());
      }
    });
    return all;
  }

  void put(const std::vector<Record>& changed, const std::string* removed = nullptr) {
    bare([&](rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
      for (const auto& [key, value] : changed) ASSERT_TRUE(db.Put({}, family, key, value).ok());
      if (removed == nullptr) return;
      ASSERT_TRUE(db.Delete({}, family, *removed).ok());
    });
  }

  // Why the ledger is not taken for a whole one; empty when it is.
  std::string noticed() const {
    const auto log = open(true);
    if (!log) return "refused: " + log.error().detail;
    const auto report = fsck(**log, sample_.vkey(), {});
    if (!report) return "unreadable: " + report.error().detail;
    return report->findings.empty() ? "" : report->findings.front().what;
  }

  // False: there is nothing to harm in this way.
  bool harm(Harm how, const Record& record, const Record& next) {
    std::string value = record.second;
    if (value.empty() && how != Harm::remove) return false;
    switch (how) {
      case Harm::flip_first:
        value.front() = static_cast<char>(value.front() ^ 1);
        break;
      case Harm::flip_middle: {
        char& byte = value[value.size() / 2];
        byte = static_cast<char>(byte ^ 1);
        break;
      }
      case Harm::flip_last:
        value.back() = static_cast<char>(value.back() ^ 1);
        break;
      case Harm::cut:
        value.pop_back();
        break;
      case Harm::halve:
        value.resize(value.size() / 2);
        break;
      case Harm::twice:
        value += value;
        break;
      case Harm::remove:
        put({}, &record.first);
        return true;
      case Harm::exchange:
        if (record.second == next.second) return false;
        put({{record.first, next.second}, {next.first, record.second}});
        return true;
    }
    put({{record.first, value}});
    return true;
  }

  countersign::testing::TempDir directory_;
  std::shared_ptr<const PayloadVault> vault_ =
      std::make_shared<const PayloadVault>(PayloadVault::generate());
  SampleLedger sample_;
};

// What the log alone cannot tell, each with why nothing wrong can come of it.
bool is_harmless(Family family, Harm how, const Record& record) {
  const bool flipped =
      how == Harm::flip_first || how == Harm::flip_middle || how == Harm::flip_last;
  // The number of take-overs only grows; any number is a right one. A start without a snapshot
  // folds the whole log instead.
  if (family == Family::meta && record.first == kMetaEpoch) return flipped || how == Harm::remove;
  if (family == Family::meta && record.first == kMetaSnapshot) return how == Harm::remove;
  // It only tells sooner that a key is another log's; without it nothing opens either.
  if (family == Family::meta && record.first == kMetaPayloadKey) return how == Harm::remove;
  // The middle byte is one of the request body's hash, which only the sender can know: the same
  // command is then refused as another one instead of being answered with its receipt.
  return family == Family::commands && how == Harm::flip_middle;
}

TEST_P(RegionMatrix, NoHarmPassesForAWholeLedger) {
  ASSERT_EQ(noticed(), "");
  const std::vector<Record> all = records();
  ASSERT_FALSE(all.empty());
  const std::size_t step = std::max<std::size_t>(1, all.size() / kRecordsOfFamily);
  std::size_t harmed = 0;
  for (std::size_t i = 0; i < all.size(); i += step) {
    const Record& next = all[(i + 1) % all.size()];
    for (std::size_t how = 0; how < kHarms.size(); ++how) {
      if (is_harmless(GetParam().family, static_cast<Harm>(how), all[i])) continue;
      if (!harm(static_cast<Harm>(how), all[i], next)) continue;
      ++harmed;
      EXPECT_NE(noticed(), "") << "record " << i << " " << kHarms[how];
      put({all[i], next});
    }
  }
  EXPECT_EQ(noticed(), "");
  RecordProperty("harmed", static_cast<int>(harmed));
}

std::vector<Region> regions() {
  std::vector<Region> all;
  for (std::size_t i = 0; i < kFamilyNames.size(); ++i) {
    const auto family = static_cast<Family>(i);
    if (family == Family::payload_keys) continue;  // of older ledgers only
    all.push_back({family, false});
    all.push_back({family, true});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Families, RegionMatrix,
                         ::testing::ValuesIn(regions()), [](const auto& region) {
                           const auto family = static_cast<std::size_t>(region.param.family);
                           return std::string(kFamilyNames[family]) +
                                  (region.param.sealed ? "_sealed" : "");
                         });

}  // namespace
}  // namespace countersign::ledger
