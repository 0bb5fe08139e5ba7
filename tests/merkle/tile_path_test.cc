#include "ledger/merkle/tile.h"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace countersign::ledger {
namespace {

TEST(TilePath, IsWrittenInGroupsOfThree) {
  EXPECT_EQ(format_tile_path({false, 0, 5, 256}), "tile/0/005");
  EXPECT_EQ(format_tile_path({false, 0, 1000, 256}), "tile/0/x001/000");
  EXPECT_EQ(format_tile_path({false, 3, 1234067, 256}), "tile/3/x001/x234/067");
  EXPECT_EQ(format_tile_path({true, 0, 273, 112}), "tile/entries/273.p/112");
  EXPECT_EQ(format_tile_path({false, 63, 0, 1}), "tile/63/000.p/1");
}

TEST(TilePath, ReadsWhatItWrites) {
  for (std::uint64_t index :
       {0ull, 1ull, 999ull, 1000ull, 999'999ull, 1'000'000ull, 123'456'789'012ull}) {
    for (unsigned width : {1u, 17u, 255u, 256u}) {
      for (const TilePath& path :
           {TilePath{true, 0, index, width}, TilePath{false, 0, index, width},
            TilePath{false, 7, index, width}}) {
        const auto read = parse_tile_path(format_tile_path(path));
        ASSERT_TRUE(read) << format_tile_path(path);
        EXPECT_EQ(*read, path) << format_tile_path(path);
      }
    }
  }
}

TEST(TilePath, RefusesEveryOtherSpelling) {
  for (const char* text : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "/tile/0/000",
                           "tile/0/000/",
                           "tile/0/5",
                           "tile/0/0005",
                           "tile/00/005",
                           "tile/01/005",
                           "tile/64/005",
                           "tile/-1/005",
                           "tile/+1/005",
                           "tile/0/x000/005",
                           "tile/0/x001",
                           "tile/0/001/000",
                           "tile/0/x001/x000",
                           "tile/0/x01/000",
                           "tile/0/X001/000",
                           "tile/0/000.p",
                           "tile/0/000.p/",
                           "tile/0/000.p/0",
                           "tile/0/000.p/256",
                           "tile/0/000.p/01",
                           "tile/0/000.p/+1",
                           "tile/0/000.p/1/",
                           "tile/0/000.p/1.p/1",
                           "tile/0/-01",
                           "tile/0/0 1",
                           "tile/entries/",
                           "tile/entries/1",
                           "tile/data/001",
                           "tile/0/x999/x999/x999/x999/x999/x999/x999/999"}) {
    const auto path = parse_tile_path(text);
    EXPECT_FALSE(path) << text;
    if (!path) {
      EXPECT_EQ(path.error().code, Errc::malformed) << text;
    }
  }
}

TEST(TilePath, NoTreeHasTilesBeyondTheLevelsOfItsSize) {
  EXPECT_FALSE(tile_exists({false, 8, 0, 1}, UINT64_MAX));
  EXPECT_FALSE(tile_exists({false, 63, 0, 1}, UINT64_MAX));
  EXPECT_FALSE(tile_exists({false, 0, 0, 1}, 0));
  EXPECT_TRUE(tile_exists({true, 0, 0, 1}, 1));
}

}  // namespace
}  // namespace countersign::ledger
