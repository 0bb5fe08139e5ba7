// Events to and from stored text: a canonical JSON header and canonical JSON payload items.
// Header layout, version 1 (every name in RFC 8785 order when written):
//
//   actor        {account, department?, on_behalf_of?, person, role}
//   campaign     when the event belongs to one        table        likewise
//   caused_by    index of the entry it follows from, for consequences
//   claimed_at   what the client said, if anything
//   command      command id                           correlation  correlation id
//   data         members of the event that stand in the header
//   index        place in the log                     origin       name of the log
//   payload      {count, root}: item count and RFC 6962 head over the item leaves, hex
//   received_at, sequenced_at   UTC with microseconds
//   type         "table.submitted"                    type_version 1
//   v            1, version of this layout
//
// Payload items, each an object with "kind": row, text (with "role"), return_reason, sign_off,
// enrolment, opinion, version, document, definition, person, credential, finding, cover, plan_item,
// item_reason, confirmed, erased. Golden files pin one entry of every type.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/result.h"
#include "ledger/domain/events.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::ledger {

// The commitment that stands in the header.
struct PayloadCommitment {
  std::uint32_t count = 0;
  Hash root{};  // of an empty payload: SHA-256 of nothing
};

// The items of a command, before it is proposed: element i is payload i of decide()'s events.
// Row items are made by row_item(); the other texts follow from the command itself.
std::vector<std::vector<std::string>> payload_items(const Command& command);
std::string row_item(const RowChange& change);
// The same, appended, from cells that are written already (encode_cells()); none: removed.
void append_row_item(std::string& out, const TableKey& table, std::string_view key,
                     std::optional<LeafIndex> prev, std::optional<std::string_view> cells);
// One item a table, in the order given.
std::vector<std::string> version_items(const std::vector<TableVersion>& versions);
std::string text_item(std::string_view role, std::string_view text);
std::string document_item(const DocumentRef& document);

// REQUIRES: the header stays within 65,535 bytes; tests pin the largest of each type.
std::string encode_header(const RecordedEvent& event, std::string_view origin,
                          const PayloadCommitment& commitment);

struct DecodedHeader {
  RecordedEvent event;  // members that stand in the payload are empty
  PayloadCommitment commitment;
  std::string origin;
};
//   Errc::malformed   not canonical, unknown version or type, missing member
Result<DecodedHeader> decode_header(std::string_view header);

// Fills in what the payload holds. Item i stands at place i; one that was withheld or erased is
// empty and leaves its member as it is. Where something is left of an erased one, that stands
// there, and kErasedText in the event (erased_item_codec.h).
//   Errc::malformed   an item that does not belong to the event
Result<void> decode_items(RecordedEvent& event, std::span<const std::string_view> items);

// A row item alone, e.g. for a row's history.
Result<RowChange> decode_row_item(std::string_view item);

// Cells as canonical JSON: {"born":"1985-03","name":null}.
std::string encode_cells(const Cells& cells);
Result<Cells> decode_cells(std::string_view text);

// True for items that never leave the service: password verifiers and sealed keys.
bool is_secret_item(std::string_view item);

}  // namespace countersign::ledger
