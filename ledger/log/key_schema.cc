#include "ledger/log/key_schema.h"

#include <algorithm>

namespace countersign::ledger {

namespace {

constexpr char kFormat = 1;
constexpr std::size_t kCommandBytes = 1 + 32 + 8 + 4 + 8;
constexpr std::size_t kRowHeadBytes = 1 + 8 + 4 + 32 + 1;  // without cells

Error corrupt(const char* what) {
  return {Errc::corrupt, std::string("stored ") + what + " is not readable"};
}

Hash hash_of(std::string_view bytes) {
  Hash hash;
  std::copy_n(bytes.begin(), hash.size(), hash.begin());
  return hash;
}

void append_name(std::string& out, std::string_view name) {
  CS_ASSERT(name.size() <= UINT16_MAX);
  append_u16(out, static_cast<std::uint16_t>(name.size()));
  out += name;
}

}  // namespace

std::string number_key(std::uint64_t number) {
  std::string key;
  append_u64(key, number);
  return key;
}

Result<std::uint64_t> parse_number(std::string_view bytes) {
  if (bytes.size() != 8) return corrupt("number");
  return read_u64(bytes);
}

std::string table_prefix(std::string_view campaign, std::string_view table) {
  std::string prefix;
  append_name(prefix, campaign);
  append_name(prefix, table);
  return prefix;
}

std::string row_key(std::string_view campaign, std::string_view table, std::string_view key) {
  return table_prefix(campaign, table).append(key);
}

std::string encode_command(const CommandRecord& command) {
  std::string value;
  value.reserve(kCommandBytes);
  value += kFormat;
  value += as_chars(command.body_hash);
  append_u64(value, command.first);
  append_u32(value, command.count);
  append_u64(value, command.tree_size);
  return value;
}

Result<CommandRecord> parse_command(std::string_view command_id, std::string_view value) {
  if (value.size() != kCommandBytes || value[0] != kFormat) return corrupt("command record");
  return CommandRecord{std::string(command_id), hash_of(value.substr(1)),
                       read_u64(value.substr(33)), read_u32(value.substr(41)),
                       read_u64(value.substr(45))};
}

std::string encode_row_head(const RowHead& head) {
  std::string value;
  value.reserve(kRowHeadBytes + head.cells.size());
  value += kPlainRowHead;
  append_u64(value, head.index);
  append_u32(value, head.item);
  value += as_chars(head.leaf);
  value += head.removed ? '\1' : '\0';
  value += head.cells;
  return value;
}

Result<RowHead> parse_row_head(std::string_view value, char begins) {
  if (value.size() < kRowHeadBytes || value[0] != begins ||
      static_cast<unsigned char>(value[45]) > 1) {
    return corrupt("row head");
  }
  return RowHead{read_u64(value.substr(1)), read_u32(value.substr(9)), hash_of(value.substr(13)),
                 value[45] == '\1', std::string(value.substr(kRowHeadBytes))};
}

std::string encode_snapshot(const StateSnapshot& snapshot) {
  return number_key(snapshot.size) + snapshot.bytes;
}

Result<StateSnapshot> parse_snapshot(std::string_view value) {
  if (value.size() < 8) return corrupt("state snapshot");
  return StateSnapshot{read_u64(value), std::string(value.substr(8))};
}

std::string encode_nodes(std::span<const StoredNode> run) {
  std::string value(1, static_cast<char>(run.size()));
  value.reserve(1 + run.size() * sizeof(Hash));
  for (const StoredNode& node : run) value += as_chars(node.hash);
  return value;
}

Result<std::vector<Hash>> parse_nodes(std::string_view value) {
  if (value.size() == sizeof(Hash)) return std::vector<Hash>{hash_of(value)};
  const std::size_t count = value.empty() ? 0 : static_cast<unsigned char>(value.front());
  if (count == 0 || value.size() != 1 + count * sizeof(Hash)) return corrupt("tree node");
  value.remove_prefix(1);
  std::vector<Hash> nodes;
  nodes.reserve(count);
  for (; !value.empty(); value.remove_prefix(sizeof(Hash))) {
    nodes.push_back(hash_of(value.substr(0, sizeof(Hash))));
  }
  return nodes;
}

}  // namespace countersign::ledger
