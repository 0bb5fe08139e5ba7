// Connections to the store: what each sees, and how many there are.
#include "projections/view_store.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

namespace countersign::projections {
namespace {

constexpr char kSchema[] =
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;"
    "INSERT INTO meta VALUES ('applied', 7);";

TEST(ViewStore, LendsAConnectionBesideOnlyWhileNobodyHasToWaitForIt) {
  const countersign::testing::TempDir directory;
  const auto store = ViewStore::open(directory / "views.sqlite", kSchema, 3).value();
  const auto reading = store->read().value();
  EXPECT_EQ(reading.as_of(), 7u);
  ASSERT_TRUE(store->writer().script("UPDATE meta SET value = 8 WHERE name = 'applied'"));
  {
    const auto beside = reading.beside().value();
    ASSERT_TRUE(beside);
    EXPECT_EQ(beside->as_of(), 8u) << "a moment of its own, not before the other's";
    EXPECT_NE(&beside->database(), &reading.database());
    EXPECT_FALSE(reading.beside().value()) << "the last one is for others";
    EXPECT_EQ(store->read()->as_of(), 8u);
  }
  EXPECT_TRUE(reading.beside().value()) << "given back";
  auto query = reading.database().query("SELECT value FROM meta");
  ASSERT_TRUE(query.step().value());
  EXPECT_EQ(query.index(0), 7u) << "its own moment stays";
}

}  // namespace
}  // namespace countersign::projections
