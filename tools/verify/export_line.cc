#include "tools/verify/export_line.h"

#include "ledger/base/canonical_json.h"
#include "ledger/base/canonical_scan.h"
#include "ledger/content/payload.h"
#include "ledger/merkle/tree_hash.h"
#include "tools/verify/escaped_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <nlohmann/json.hpp>
#include <simdjson.h>

namespace countersign::tools {

using ledger::Hash;
namespace ondemand = simdjson::ondemand;

static_assert(ExportLineReader::kPadding >= simdjson::SIMDJSON_PADDING &&
              ExportLineReader::kPadding >= EscapedTexts::kPadding);

namespace {

constexpr std::string_view kKeyRotated = "\"log_key.rotated\"";
constexpr auto kErasures = std::to_array<std::string_view>(
    {"\"row.erased\"", "\"texts.erased\"", "\"person.erased\""});

WrongLine unreadable() { return {std::nullopt, "its line does not read"}; }

std::optional<std::string_view> text_in(ondemand::value value) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}
std::optional<std::uint64_t> number_in(ondemand::value value) {
  std::uint64_t number = 0;
  if (value.get_uint64().get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}
// One text for one value: digits in lower case.
constexpr auto kLowerHexDigits = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < 16; ++i)
    table[static_cast<unsigned char>("0123456789abcdef"[i])] = static_cast<std::int8_t>(i);
  return table;
}();
std::optional<Hash> hash_of(std::string_view text) {
  Hash hash;
  if (text.size() != 2 * hash.size()) return std::nullopt;
  int seen = 0;  // negative once a character is no digit
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const int high = kLowerHexDigits[static_cast<unsigned char>(text[2 * i])];
    const int low = kLowerHexDigits[static_cast<unsigned char>(text[2 * i + 1])];
    seen |= high | low;
    hash[i] = static_cast<std::uint8_t>((high & 15) << 4 | (low & 15));
  }
  return seen < 0 ? std::nullopt : std::optional(hash);
}
std::optional<Hash> hash_in(ondemand::value value) {
  const auto text = text_in(value);
  return text ? hash_of(*text) : std::nullopt;
}

// A header or an item, which are texts of JSON.
std::optional<std::string_view> json_text_in(ondemand::value value, EscapedTexts& texts) {
  const std::string_view token = value.raw_json_token();
  const std::size_t end = token.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos || end == 0 || token[0] != '"' || token[end] != '"')
    return std::nullopt;
  const auto text = texts.read(token.substr(1, end - 1));
  return text ? text : text_in(value);
}

// What an entry's line says of its items: their leaves.
struct ShownItems {
  std::vector<Hash> leaves;
  std::vector<std::string_view> texts;  // of each leaf; without data where it is withheld
  std::uint64_t withheld = 0;
  std::string wrong;  // the first that does not read

  std::vector<std::string_view> shown_texts() const {
    std::vector<std::string_view> shown;
    for (const std::string_view text : texts) {
      if (text.data() != nullptr) shown.push_back(text);
    }
    return shown;
  }
  void clear() {
    leaves.clear();
    texts.clear();
    withheld = 0;
    wrong.clear();
  }
};

// False: not an item as exports show them. What reads but is wrong stands in `shown.wrong`.
bool add_item(ondemand::object item, ShownItems& shown, EscapedTexts& texts) {
  std::optional<std::string_view> leaf, salt, text;
  for (auto field : item) {
    std::string_view name;
    ondemand::value value;
    if (field.unescaped_key().get(name) != simdjson::SUCCESS ||
        field.value().get(value) != simdjson::SUCCESS)
      return false;
    auto* const place = name == "leaf"   ? &leaf
                        : name == "salt" ? &salt
                        : name == "item" ? &text
                                         : nullptr;
    if (place == nullptr || place->has_value()) return false;
    *place = place == &text ? json_text_in(value, texts) : text_in(value);
    if (!*place) return false;
  }
  if (leaf.has_value() == (salt && text) || salt.has_value() != text.has_value()) return false;
  if (!shown.wrong.empty()) return true;
  const auto wrong = [&shown](const char* what) {
    shown.wrong = "item " + std::to_string(shown.leaves.size()) + what;
    return true;
  };
  if (leaf) {
    const auto hash = hash_of(*leaf);
    if (!hash) return wrong(" has a leaf that does not read");
    shown.leaves.push_back(*hash);
    shown.texts.emplace_back();
    ++shown.withheld;
    return true;
  }
  const auto bytes = ledger::from_base64(*salt);
  ledger::Salt salt_bytes{};
  if (!bytes || bytes->size() != salt_bytes.size()) return wrong(" has a salt that does not read");
  std::copy(bytes->begin(), bytes->end(), salt_bytes.begin());
  shown.leaves.push_back(ledger::item_leaf(salt_bytes, *text));
  shown.texts.push_back(*text);
  return true;
}

bool add_items(ondemand::value value, ShownItems& shown, EscapedTexts& texts) {
  ondemand::array list;
  if (value.get_array().get(list) != simdjson::SUCCESS) return false;
  for (auto element : list) {
    ondemand::object item;
    if (element.get_object().get(item) != simdjson::SUCCESS || !add_item(item, shown, texts))
      return false;
  }
  return true;
}

struct Shown {
  ShownItems& items;  // room used again from line to line
  bool has_items = false;
  std::optional<std::uint64_t> index, tile, width;
  std::optional<Hash> leaf, root;
  std::optional<std::string_view> header, checkpoint;

  bool is_entry() const {
    return index && leaf && header && has_items && !tile && !width && !root && !checkpoint;
  }
  bool is_tile() const {
    return tile && width && root && !index && !leaf && !header && !has_items && !checkpoint;
  }
  bool is_checkpoint() const {
    return checkpoint && !index && !leaf && !header && !has_items && !tile && !width && !root;
  }

  // False: another type, a second time, or of no known name.
  bool take(std::string_view name, ondemand::value value, EscapedTexts& texts) {
    const auto once = [](auto& place, auto found) {
      if (place.has_value() || !found) return false;
      place = std::move(found);
      return true;
    };
    if (name == "index") return once(index, number_in(value));
    if (name == "leaf") return once(leaf, hash_in(value));
    if (name == "header") return once(header, json_text_in(value, texts));
    if (name == "tile") return once(tile, number_in(value));
    if (name == "width") return once(width, number_in(value));
    if (name == "root") return once(root, hash_in(value));
    if (name == "checkpoint") return once(checkpoint, text_in(value));
    if (name != "items" || has_items) return false;
    has_items = true;
    return add_items(value, items, texts);
  }
};

}  // namespace

class ExportLineReader::Parsers {
 public:
  Parsers(std::string_view origin, bool with_times)
      : origin_(ledger::canonical_text(std::string(origin))), with_times_(with_times) {}

  ExportLine read(std::string_view text) {
    ondemand::document document;
    ondemand::object object;
    if (lines_.iterate(text.data(), text.size(), text.size() + kPadding).get(document) !=
            simdjson::SUCCESS ||
        document.get_object().get(object) != simdjson::SUCCESS)
      return unreadable();
    texts_.begin_line(text.size());
    items_.clear();
    Shown shown{items_, false, {}, {}, {}, {}, {}, {}, {}};
    bool well_typed = true;
    for (auto field : object) {
      std::string_view name;
      ondemand::value value;
      if (field.unescaped_key().get(name) != simdjson::SUCCESS ||
          field.value().get(value) != simdjson::SUCCESS)
        return unreadable();
      well_typed = well_typed && shown.take(name, value, texts_);
    }
    const char* rest = nullptr;
    if (document.current_location().get(rest) != simdjson::OUT_OF_BOUNDS) return unreadable();
    if (!well_typed)
      return WrongLine{shown.index, "its line has an unknown member or one of another type"};
    if (shown.is_entry()) return entry(shown);
    if (shown.is_tile()) return TileLine{*shown.tile, *shown.width, *shown.root};
    if (shown.is_checkpoint()) return CheckpointLine{std::string(*shown.checkpoint)};
    return WrongLine{shown.index, "a line is of no known kind"};
  }

 private:
  ExportLine entry(const Shown& shown) {
    const auto wrong = [&](std::string what) { return WrongLine{shown.index, std::move(what)}; };
    const Hash leaf = ledger::hash_leaf(ledger::as_bytes(*shown.header));
    if (leaf != *shown.leaf) return wrong("its header does not hash to its leaf");
    if (!ledger::read_canonical_object(*shown.header, members_) ||
        member("index") != std::to_string(*shown.index))
      return wrong("its header is not canonical or names another index");
    if (member("origin") != origin_) return wrong("its header names another origin");
    const ShownItems& items = shown.items;
    if (!items.wrong.empty()) return wrong(items.wrong);
    std::string_view payload = member("payload");
    const auto take = [&payload](std::string_view expected) {
      const bool there = payload.starts_with(expected);
      if (there) payload.remove_prefix(expected.size());
      return there;
    };
    if (!take("{\"count\":") || !take(std::to_string(items.leaves.size())) || !take(","))
      return wrong("it shows another number of items than its header commits to");
    if (!take("\"root\":\"") || !payload.ends_with("\"}") ||
        hash_of(payload.substr(0, payload.size() - 2)) != ledger::tree_root(items.leaves))
      return wrong("an item or a salt differs from what its header commits to");
    EntryLine entry{*shown.index, leaf, items.leaves.size(), items.withheld, 0, {}, {}, {}, {}};
    if (with_times_) entry.received_at = received_at();
    const std::string_view type = member("type");
    if (std::ranges::find(kErasures, type) != kErasures.end() && !count_erased(entry, items))
      return wrong("it erases what is not before it");
    if (type == kKeyRotated) entry.replaces_key = *shown.header;
    if (is_about_keys(type)) {
      auto act = read_key_act(*shown.header, items.shown_texts(), items.withheld);
      if (auto* what = std::get_if<std::string>(&act)) return wrong(std::move(*what));
      entry.key_act = std::make_shared<const KeyAct>(std::get<KeyAct>(std::move(act)));
    }
    std::string unread;
    entry.table = read_table_entry(*shown.index, members_, items.texts, items.leaves, unread);
    if (!unread.empty()) return wrong(std::move(unread));
    return entry;
  }

  // False: an item that it says was erased is not of an earlier entry.
  bool count_erased(EntryLine& entry, const ShownItems& items) {
    for (const std::string_view text : items.shown_texts()) {
      if (!ledger::read_canonical_object(text, erased_)) return false;
      const auto value = [this](std::string_view name) {
        const auto found = std::ranges::find(erased_, name, &ledger::CanonicalMember::name);
        return found == erased_.end() ? std::string_view() : found->value;
      };
      if (value("kind") != "\"erased\"") continue;
      const std::string_view of = value("entry");
      std::uint64_t earlier = 0;
      const auto read = std::from_chars(of.data(), of.data() + of.size(), earlier);
      if (read.ec != std::errc() || earlier >= entry.index) return false;
      ++entry.erased;
    }
    return true;
  }

  std::optional<ledger::Timestamp> received_at() const {
    const std::string_view text = member("received_at");
    if (text.size() < 2 || text.front() != '"') return std::nullopt;
    const auto at = ledger::parse_rfc3339(text.substr(1, text.size() - 2));
    return at ? std::optional(*at) : std::nullopt;
  }

  // The text of the header's member; empty: it has none.
  std::string_view member(std::string_view name) const {
    const auto found = std::find_if(members_.begin(), members_.end(),
                                    [&](const auto& one) { return one.name == name; });
    return found == members_.end() ? std::string_view() : found->value;
  }

  const std::string origin_;  // as a canonical text
  const bool with_times_;
  ondemand::parser lines_;
  EscapedTexts texts_;  // of the line in hand
  ShownItems items_;    // of the line in hand
  std::vector<ledger::CanonicalMember> members_;  // of the header in hand
  std::vector<ledger::CanonicalMember> erased_;   // of an item of an erasure
};

ExportLineReader::ExportLineReader(std::string_view origin, bool with_times)
    : parsers_(std::make_unique<Parsers>(origin, with_times)) {}
ExportLineReader::~ExportLineReader() = default;

ExportLine ExportLineReader::read(std::string_view line) { return parsers_->read(line); }

}  // namespace countersign::tools
