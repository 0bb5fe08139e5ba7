// Key schema: the layout of the log in a key-value store, one column family a line. Integers are
// big-endian, so that byte order is number order.
//
//   family        key                                    value
//   headers       u64 index                              header, exact bytes
//   payloads      u64 index                              payload record (content/payload.h); or
//                                                        u8 5 | 60 data key, wrapped | sealed
//                                                        (content/payload_vault.h); or sealed alone
//   payload_keys  u64 index                              of a payload sealed alone, as written by
//                                                        version 1: its data key, wrapped
//   nodes         u64 dense number of the first          u8 count | 32 bytes each of nodes that
//                                                        follow one another; in version 1 the
//                                                        32 bytes of one
//   checkpoints   u64 tree size                          signed note
//   commands      command id                             u8 1 | 32 body hash | u64 first |
//                                                        u32 count | u64 tree size
//   row_heads     u16 n | n bytes campaign |             u8 1 | u64 index | u32 item | 32 leaf |
//                 u16 m | m bytes table | row key        u8 removed | cells; or u8 3 | the same
//                                                        with the cells sealed; or, as written
//                                                        before that, u8 2 | the whole, sealed
//   meta          "format"                               u8 2, version of this schema
//                 "size"                                 u64 entries in the log
//                 "epoch"                                u64 of the last take-over
//                 "snapshot"                             u64 size | state (domain/state_codec.h);
//                                                        sealed when there is a payload key
//                 "payload_key"                          id of the payload key; absent: none yet
//                 "unpurged"                             u64 | u64 | u64: first and last entry of
//                                                        which erased bytes may be in storage, and
//                                                        the log's size after the newest erasure
//
// The rows of a table share a prefix and lie in the byte order of their keys. Lengths before
// campaign and table keep two of them from reading as one.
#pragma once

#include "ledger/log/event_log.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

enum class Family : std::uint8_t {
  headers,
  payloads,
  nodes,
  checkpoints,
  commands,
  row_heads,
  meta,
  payload_keys,
};
inline constexpr std::array<std::string_view, 8> kFamilyNames = {
    "headers",  "payloads",  "nodes", "checkpoints",
    "commands", "row_heads", "meta",  "payload_keys"};

inline constexpr std::string_view kMetaFormat = "format";
inline constexpr std::string_view kMetaSize = "size";
inline constexpr std::string_view kMetaEpoch = "epoch";
inline constexpr std::string_view kMetaSnapshot = "snapshot";
inline constexpr std::string_view kMetaPayloadKey = "payload_key";
inline constexpr std::string_view kMetaUnpurged = "unpurged";
inline constexpr std::string_view kSchemaVersion{"\x02", 1};
inline constexpr std::string_view kSchemaBefore{"\x01", 1};  // can be read

std::string number_key(std::uint64_t number);
//   Errc::corrupt   not eight bytes
Result<std::uint64_t> parse_number(std::string_view bytes);

// REQUIRES: campaign and table at most 65,535 bytes each.
std::string table_prefix(std::string_view campaign, std::string_view table);
std::string row_key(std::string_view campaign, std::string_view table, std::string_view key);

std::string encode_command(const CommandRecord& command);
//   Errc::corrupt
Result<CommandRecord> parse_command(std::string_view command_id, std::string_view value);

inline constexpr char kPlainRowHead = 1;  // begins one
std::string encode_row_head(const RowHead& head);
// `begins`: what it must begin with, where its cells are stored in another form.
//   Errc::corrupt
Result<RowHead> parse_row_head(std::string_view value, char begins = kPlainRowHead);

std::string encode_snapshot(const StateSnapshot& snapshot);
//   Errc::corrupt
Result<StateSnapshot> parse_snapshot(std::string_view value);

// REQUIRES: at least one and at most 255 that follow one another.
std::string encode_nodes(std::span<const StoredNode> run);
// Also one node of version 1.
//   Errc::corrupt
Result<std::vector<Hash>> parse_nodes(std::string_view value);

}  // namespace countersign::ledger
