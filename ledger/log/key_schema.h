// Byte layout of every key and value in the RocksDB engine. Integers are big-endian, so that key
// order is numeric order.
//
//   family       key                                  value
//   headers      u64 index                            header, exact bytes
//   payloads     u64 index                            payload record (content/payload.h)
//   nodes        u64 dense node id                    32-byte hash
//   checkpoints  u64 tree size                        signed note
//   commands     command id                           32 body hash, u64 first, u32 count, u64 tree size
//   row_heads    campaign 00 table 00 row key         u64 index, u32 item, u8 removed, 32 leaf, cells
//   meta         "epoch"                              u64
//                "snapshot"                           u64 size, state bytes
//
// Campaign and table keys hold no zero byte (the preparer sees to it); a row key comes last and
// may hold anything.
#pragma once

#include <string>
#include <string_view>

#include "ledger/log/event_log.h"

namespace countersign::ledger {

std::string encode_index(std::uint64_t index);
std::string row_prefix(std::string_view campaign, std::string_view table);
std::string row_key(std::string_view campaign, std::string_view table, std::string_view key);

std::string encode_command(const CommandRecord& record);
//   Errc::corrupt
Result<CommandRecord> decode_command(std::string_view command_id, std::string_view value);

std::string encode_row_head(const RowHead& head);
//   Errc::corrupt
Result<RowHead> decode_row_head(std::string_view value);

std::string encode_snapshot(const StateSnapshot& snapshot);
//   Errc::corrupt
Result<StateSnapshot> decode_snapshot(std::string_view value);

}  // namespace countersign::ledger
