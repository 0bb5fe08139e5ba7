#include "ledger/log/key_schema.h"

#include <algorithm>

namespace countersign::ledger {

namespace {
Error corrupt(const char* what) { return {Errc::corrupt, what}; }
constexpr std::size_t kCommandBytes = 32 + 8 + 4 + 8;
constexpr std::size_t kRowHeadBytesMin = 8 + 4 + 1 + 32;
}  // namespace

std::string encode_index(std::uint64_t index) {
  std::string key;
  append_u64(key, index);
  return key;
}

std::string row_prefix(std::string_view campaign, std::string_view table) {
  std::string prefix(campaign);
  prefix += '\0';
  prefix += table;
  prefix += '\0';
  return prefix;
}

std::string row_key(std::string_view campaign, std::string_view table, std::string_view key) {
  return row_prefix(campaign, table).append(key);
}

std::string encode_command(const CommandRecord& record) {
  std::string value(as_chars(record.body_hash));
  append_u64(value, record.first);
  append_u32(value, record.count);
  append_u64(value, record.tree_size);
  return value;
}

Result<CommandRecord> decode_command(std::string_view command_id, std::string_view value) {
  if (value.size() != kCommandBytes) return corrupt("a command record has the wrong length");
  CommandRecord record;
  record.command_id = command_id;
  std::copy_n(value.begin(), 32, record.body_hash.begin());
  record.first = read_u64(value.substr(32));
  record.count = read_u32(value.substr(40));
  record.tree_size = read_u64(value.substr(44));
  return record;
}

std::string encode_row_head(const RowHead& head) {
  std::string value;
  append_u64(value, head.index);
  append_u32(value, head.item);
  value += head.removed ? '\1' : '\0';
  value += as_chars(head.leaf);
  value += head.cells;
  return value;
}

Result<RowHead> decode_row_head(std::string_view value) {
  if (value.size() < kRowHeadBytesMin) return corrupt("a row head is too short");
  RowHead head;
  head.index = read_u64(value);
  head.item = read_u32(value.substr(8));
  head.removed = value[12] != '\0';
  std::copy_n(value.begin() + 13, 32, head.leaf.begin());
  head.cells = value.substr(kRowHeadBytesMin);
  return head;
}

std::string encode_snapshot(const StateSnapshot& snapshot) {
  return encode_index(snapshot.size) + snapshot.bytes;
}

Result<StateSnapshot> decode_snapshot(std::string_view value) {
  if (value.size() < 8) return corrupt("a snapshot is too short");
  return StateSnapshot{read_u64(value), std::string(value.substr(8))};
}

}  // namespace countersign::ledger
