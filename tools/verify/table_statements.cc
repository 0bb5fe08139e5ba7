#include "tools/verify/table_statements.h"

#include "ledger/base/canonical_json.h"
#include "ledger/base/canonical_scan.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using ledger::CanonicalMember;
using ledger::StatedRows;
using nlohmann::json;

namespace {

std::string_view value_of(const std::vector<CanonicalMember>& members, std::string_view name) {
  const auto found = std::ranges::find(members, name, &CanonicalMember::name);
  return found == members.end() ? std::string_view() : found->value;
}

// The text that a canonical JSON text denotes.
std::optional<std::string> denoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"') return std::nullopt;
  const std::string_view inner = text.substr(1, text.size() - 2);
  if (inner.find('\\') == std::string_view::npos) return std::string(inner);
  const auto parsed = ledger::parse_json(text);
  if (!parsed || !parsed->is_string()) return std::nullopt;
  return parsed->get<std::string>();
}

// {"hash":…,"rows":…} and what else stands there, under `name` of the header's data.
std::optional<StatedRows> stated(std::string_view data, const char* name) {
  const auto parsed = ledger::parse_json(data);
  if (!parsed || !parsed->is_object() || !parsed->contains(name)) return std::nullopt;
  const json& named = (*parsed)[name];
  if (!named.is_object() || !named.contains("hash") || !named["hash"].is_string() ||
      !named.contains("rows") || !named["rows"].is_number_unsigned()) {
    return std::nullopt;
  }
  const auto text = named["hash"].get<std::string>();
  const auto hash = ledger::hash_from_hex(text);
  if (!hash || ledger::to_hex(*hash) != text) return std::nullopt;
  return StatedRows{*hash, named["rows"].get<std::uint64_t>()};
}

bool take_end(std::string_view& text, std::string_view end) {
  if (!text.ends_with(end)) return false;
  text.remove_suffix(end.size());
  return true;
}

// Takes a text's canonical form off the end; empty: there is none.
std::string_view take_text(std::string_view& rest) {
  if (!rest.ends_with('"')) return {};
  for (std::size_t at = rest.size() - 1; at > 0;) {
    at = rest.rfind('"', at - 1);
    if (at == std::string_view::npos) return {};
    std::size_t escapes = 0;
    while (escapes < at && rest[at - 1 - escapes] == '\\') ++escapes;
    if (escapes % 2 == 1) continue;
    const std::string_view text = rest.substr(at);
    rest.remove_suffix(text.size());
    return text;
  }
  return {};
}

// A change of a row as it must be written: {"cells":{…},"key":…,"kind":"row","op":…,"prev":…,
// "table":…}. All but the cells stand at its end, and are read from there, since the cells are most
// of an export. Where the item is JSON at all this finds its members: nothing from the key on opens
// or closes anything but texts.
std::optional<TableEntry::Row> row_of(std::string_view item, std::string_view table) {
  if (!item.starts_with("{\"cells\":{") || !take_end(item, "}") || !take_end(item, table) ||
      !take_end(item, ",\"table\":")) {
    return std::nullopt;
  }
  TableEntry::Row row;
  if (!take_end(item, "null")) {
    const std::string_view digits = item.substr(item.find_last_not_of("0123456789") + 1);
    ledger::LeafIndex prev = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), prev).ec != std::errc()) {
      return std::nullopt;
    }
    row.prev = prev;
    item.remove_suffix(digits.size());
  }
  if (!take_end(item, ",\"prev\":")) return std::nullopt;
  row.removed = take_end(item, "\"remove\"");
  if ((!row.removed && !take_end(item, "\"put\"")) || !take_end(item, ",\"kind\":\"row\",\"op\":")) {
    return std::nullopt;
  }
  auto key = denoted(take_text(item));
  if (!key || !take_end(item, "},\"key\":")) return std::nullopt;
  row.key = std::move(*key);
  return row;
}

// How many rows an entry changed, by its header's data; none: it does not say.
std::optional<std::uint64_t> changes_of(std::string_view data) {
  std::uint64_t sum = 0;
  for (const std::string_view name : {"\"counts\":{\"added\":", ",\"changed\":", ",\"removed\":"}) {
    const auto at = data.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    data.remove_prefix(at + name.size());
    std::uint32_t count = 0;
    const auto read = std::from_chars(data.data(), data.data() + data.size(), count);
    if (read.ec != std::errc()) return std::nullopt;
    data.remove_prefix(static_cast<std::size_t>(read.ptr - data.data()));
    sum += count;
  }
  return sum;
}

// False: an item is neither a row of the table nor anything else that belongs there.
bool add_rows(std::string_view data, const std::vector<std::string_view>& items,
              const std::vector<ledger::Hash>& leaves, TableEntry& entry) {
  const auto changes = changes_of(data);
  const bool reason_first = changes && *changes + 1 == items.size();
  std::vector<CanonicalMember> members;
  entry.rows.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].data() == nullptr) {
      entry.withheld = entry.withheld || i > 0 || !reason_first;
      continue;
    }
    if (auto row = row_of(items[i], entry.table)) {
      row->leaf = leaves[i];
      entry.rows.push_back(std::move(*row));
      continue;
    }
    if (!ledger::read_canonical_object(items[i], members) ||
        value_of(members, "kind") == "\"row\"") {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<TableEntry> read_table_entry(ledger::LeafIndex index,
                                           const std::vector<CanonicalMember>& header,
                                           const std::vector<std::string_view>& items,
                                           const std::vector<ledger::Hash>& leaves,
                                           std::string& wrong) {
  const std::string_view type = value_of(header, "type");
  const bool changed = type == "\"rows.changed\"";
  const bool attested = type == "\"table.attested\"";
  if (!changed && !attested && type != "\"table.submitted\"") return std::nullopt;
  TableEntry entry;
  entry.index = index;
  entry.campaign = value_of(header, "campaign");
  entry.table = value_of(header, "table");
  if (changed) {
    if (!add_rows(value_of(header, "data"), items, leaves, entry)) wrong = "an item of its rows does not read";
    return entry;
  }
  auto& statement = attested ? entry.attested : entry.submitted;
  statement = stated(value_of(header, "data"), attested ? "heads" : "version");
  if (!statement) wrong = "what it states of the table's rows does not read";
  return entry;
}

std::optional<std::string> TableStatements::take(TableEntry&& entry) {
  Table& table = tables_[{std::move(entry.campaign), std::move(entry.table)}];
  if (entry.withheld) {
    table.unknown = true;
    table.heads = {};
  }
  if (!entry.attested && !entry.submitted) return change(table, std::move(entry));
  if (table.unknown) {
    ++unjudged_;
    return std::nullopt;
  }
  ++compared_;
  if (entry.attested && *entry.attested != table.heads.heads()) {
    return "it attests other last changes of the table's rows than the items before it";
  }
  if (entry.submitted && *entry.submitted != table.heads.version()) {
    return "it submits other rows than the items before it leave in the table";
  }
  return std::nullopt;
}

std::optional<std::string> TableStatements::change(Table& table, TableEntry&& entry) {
  if (table.unknown) return std::nullopt;
  for (TableEntry::Row& row : entry.rows) {
    const auto before = table.heads.put(std::move(row.key), entry.index, row.leaf, row.removed);
    if (before != row.prev || before == entry.index) {
      return "a change of a row does not follow the one before it";
    }
  }
  return std::nullopt;
}

}  // namespace countersign::tools
