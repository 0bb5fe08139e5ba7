#include "ledger/merkle/tile.h"

#include <charconv>

namespace countersign::ledger {

namespace {

constexpr std::string_view kPrefix = "tile/";
constexpr std::string_view kEntries = "entries/";
constexpr unsigned kLevelBits = 8;
constexpr std::size_t kEntryBytesMax = 65535;

Error malformed() { return {Errc::malformed, "not a tile path"}; }

// Decimal without leading zeros.
bool parse_decimal(std::string_view text, std::uint64_t& value) {
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

std::string format_index(std::uint64_t index) {
  std::string out;
  while (true) {
    std::string group = std::to_string(index % 1000);
    group.insert(0, 3 - group.size(), '0');
    out = out.empty() ? group : "x" + group + "/" + out;
    index /= 1000;
    if (index == 0) return out;
  }
}

}  // namespace

std::string format_tile_path(const TilePath& path) {
  std::string out(kPrefix);
  out += path.entries ? std::string(kEntries) : std::to_string(path.level) + "/";
  out += format_index(path.index);
  if (path.width != TilePath::kFullWidth) out += ".p/" + std::to_string(path.width);
  return out;
}

Result<TilePath> parse_tile_path(std::string_view text) {
  const std::string_view whole = text;
  TilePath path;
  if (!text.starts_with(kPrefix)) return malformed();
  text.remove_prefix(kPrefix.size());
  if (text.starts_with(kEntries)) {
    path.entries = true;
    text.remove_prefix(kEntries.size());
  } else {
    const auto slash = text.find('/');
    std::uint64_t level = 0;
    if (slash == std::string_view::npos || !parse_decimal(text.substr(0, slash), level) ||
        level > TilePath::kLevelMax) {
      return malformed();
    }
    path.level = static_cast<unsigned>(level);
    text.remove_prefix(slash + 1);
  }
  if (const auto partial = text.find(".p/"); partial != std::string_view::npos) {
    std::uint64_t width = 0;
    if (!parse_decimal(text.substr(partial + 3), width) || width == 0 ||
        width >= TilePath::kFullWidth) {
      return malformed();
    }
    path.width = static_cast<unsigned>(width);
    text = text.substr(0, partial);
  }
  while (true) {
    const bool more = text.starts_with('x');
    if (more) text.remove_prefix(1);
    std::uint64_t group = 0;
    if (text.size() < 3) return malformed();
    const auto [end, error] = std::from_chars(text.data(), text.data() + 3, group);
    if (error != std::errc() || end != text.data() + 3) return malformed();
    if (path.index > (UINT64_MAX >> kLevelBits) / 1000 - 1) return malformed();
    path.index = path.index * 1000 + group;
    text.remove_prefix(3);
    if (!more) break;
    if (!text.starts_with('/')) return malformed();
    text.remove_prefix(1);
  }
  // Writing it again is the simplest proof that nothing else was accepted.
  if (!text.empty() || format_tile_path(path) != whole) return malformed();
  return path;
}

bool tile_exists(const TilePath& path, TreeSize size) {
  const unsigned shift = kLevelBits * path.level;
  return shift < 64 && path.end() <= size >> shift;
}

Result<std::string> tile_bytes(const TilePath& path, TreeSize size, const NodeSource& nodes) {
  if (path.entries || !tile_exists(path, size)) {
    return Error{Errc::not_found, "the tree has no such tile"};
  }
  std::string bytes;
  bytes.reserve(path.width * sizeof(Hash));
  for (std::uint64_t i = path.begin(); i < path.end(); ++i) {
    CS_TRY(const Hash hash, nodes.node({kLevelBits * path.level, i}));
    bytes += as_chars(hash);
  }
  return bytes;
}

void append_bundle_entry(std::string& bundle, std::string_view entry) {
  CS_ASSERT(entry.size() <= kEntryBytesMax);
  append_u16(bundle, static_cast<std::uint16_t>(entry.size()));
  bundle += entry;
}

}  // namespace countersign::ledger
