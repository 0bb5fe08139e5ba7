// Tiles (c2sp.org/tlog-tiles): the tree and its entries as static, immutable resources.
// Tile n of level l holds up to 256 nodes of tree level 8 * l; an entry bundle holds the entries
// of a level-0 tile, each as its length in two bytes and its bytes.
#pragma once

#include "ledger/merkle/node_id.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::ledger {

struct TilePath {
  bool entries = false;
  unsigned level = 0;  // 0 for entries
  std::uint64_t index = 0;
  unsigned width = 256;  // 1 to 255: partial

  static constexpr unsigned kFullWidth = 256;
  static constexpr unsigned kLevelMax = 63;

  // Index of the tile's first node in its level, and one past the last it shows.
  std::uint64_t begin() const { return index * kFullWidth; }
  std::uint64_t end() const { return begin() + width; }
  bool operator==(const TilePath&) const = default;
};

// "tile/0/x001/067", "tile/entries/273.p/112".
std::string format_tile_path(const TilePath& path);
// Strict: exactly what format_tile_path writes.
//   Errc::malformed
Result<TilePath> parse_tile_path(std::string_view text);

// Whether a tree of this size has all nodes of the tile.
bool tile_exists(const TilePath& path, TreeSize size);

// The hashes of a tile, 32 bytes each. REQUIRES: !path.entries.
//   Errc::not_found   tile_exists() is false      or any error of `nodes`
Result<std::string> tile_bytes(const TilePath& path, TreeSize size, const NodeSource& nodes);

// Appends one entry to a bundle. REQUIRES: at most 65,535 bytes.
void append_bundle_entry(std::string& bundle, std::string_view entry);

}  // namespace countersign::ledger
