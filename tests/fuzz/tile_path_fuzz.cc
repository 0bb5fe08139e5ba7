// Tile paths: exactly one text for each tile, and none that leads elsewhere.
#include "ledger/merkle/tile.h"
#include "tests/fuzz/fuzz_target.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  const auto path = ledger::parse_tile_path(input);
  if (!path) return;
  CS_ASSERT(ledger::format_tile_path(*path) == input);
  CS_ASSERT(path->width >= 1 && path->width <= ledger::TilePath::kFullWidth);
  CS_ASSERT(path->begin() < path->end());
  CS_ASSERT(!ledger::tile_exists(*path, 0));
}

}  // namespace countersign::fuzz
