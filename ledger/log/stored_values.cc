#include "ledger/log/stored_values.h"

#include "ledger/log/key_schema.h"

namespace countersign::ledger {

namespace {

// Begins what is sealed; row heads and states that are not begin otherwise.
constexpr char kSealedValue = 2;
// Begins a row head of which the cells are sealed, and in memory cells that are.
constexpr char kSealedCells = 3;
// Begins a prepared payload: a data key, then the box. Never stored.
constexpr char kPreparedPayload = 4;
// Begins a payload with its wrapped key: then the key, then the box.
constexpr char kKeyedPayload = 5;
constexpr std::size_t kWrappedKeyBytes = kAeadNonceBytes + kAeadKeyBytes + kAeadTagBytes;
constexpr std::size_t kNumberBytes = 8;

constexpr std::string_view kRowPlace = "row head ";
constexpr std::string_view kCellsPlace = "row cells ";

std::string place_of(std::string_view what, std::string_view key) {
  return std::string(what).append(key);
}
std::string snapshot_place(std::string_view size) { return place_of("snapshot ", size); }

Error no_vault() {
  return {Errc::corrupt, "the database is sealed, and its payload key was not given"};
}

bool is_sealed(std::string_view value) { return value.starts_with(kSealedValue); }

// The head as it stands before its cells; they are in `cells` as stored.
Result<RowHead> parse_sealed_cells(std::string_view value) {
  return parse_row_head(value, kSealedCells);
}

}  // namespace

StoredValues::StoredValues(std::shared_ptr<const PayloadVault> vault) : vault_(std::move(vault)) {}

std::string StoredValues::prepare_payload(std::string record) const {
  if (vault_ == nullptr) return record;
  const PreparedPayload prepared = PayloadVault::prepare(record);
  record.clear();
  record += kPreparedPayload;
  record += prepared.key;
  record += prepared.box;
  record.shrink_to_fit();
  return record;
}

Result<std::string> StoredValues::open_prepared(std::string_view prepared) const {
  if (vault_ == nullptr || !prepared.starts_with(kPreparedPayload)) return std::string(prepared);
  return PayloadVault::open_prepared(prepared.substr(1 + kAeadKeyBytes),
                                     prepared.substr(1, kAeadKeyBytes));
}

void StoredValues::prepare_heads(std::span<StoredRowHead> heads) const {
  if (vault_ == nullptr || heads.empty()) return;
  for (StoredRowHead& row : heads) {
    if (row.head.cells.empty()) continue;
    std::string sealed(1, kSealedCells);
    vault_->seal_value(sealed, place_of(kCellsPlace, row_key(row.campaign, row.table, row.key)),
                       row.head.cells);
    row.head.cells = std::move(sealed);
  }
}

std::string StoredValues::payload(LeafIndex index, std::string_view record) const {
  if (vault_ == nullptr) return std::string(record);
  SealedPayload sealed;
  if (record.starts_with(kPreparedPayload)) {
    sealed = vault_->place(index, {std::string(record.substr(1 + kAeadKeyBytes)),
                                   std::string(record.substr(1, kAeadKeyBytes))});
  } else {
    sealed = vault_->seal(index, record);
  }
  std::string value;
  value.reserve(1 + sealed.wrapped_key.size() + sealed.box.size());
  value += kKeyedPayload;
  value += sealed.wrapped_key;
  value += sealed.box;
  return value;
}

bool StoredValues::wants_key(std::string_view value) { return is_sealed_payload(value); }

Result<std::string> StoredValues::open_payload(LeafIndex index, std::string_view value,
                                               const std::optional<std::string>& key) const {
  const bool keyed = value.starts_with(kKeyedPayload);
  if (!keyed && !wants_key(value)) return std::string(value);
  if (vault_ == nullptr) return no_vault();
  if (keyed ? value.size() <= 1 + kWrappedKeyBytes : !key.has_value()) {
    return Error{Errc::corrupt,
                 "the key of the payload of entry " + std::to_string(index) + " is missing"};
  }
  if (!keyed) return vault_->open(index, value, *key);
  return vault_->open(index, value.substr(1 + kWrappedKeyBytes), value.substr(1, kWrappedKeyBytes));
}

Result<std::string> StoredValues::open(const std::string& place, std::string_view value) const {
  if (vault_ == nullptr) return no_vault();
  return vault_->open_value(place, value.substr(1));
}

std::string StoredValues::row_head(std::string_view place, const RowHead& head) const {
  std::string value = encode_row_head(head);
  if (vault_ == nullptr) return value;
  value.front() = kSealedCells;
  value.resize(value.size() - head.cells.size());
  if (head.cells.starts_with(kSealedCells)) {
    value += std::string_view(head.cells).substr(1);
  } else if (!head.cells.empty()) {
    vault_->seal_value(value, place_of(kCellsPlace, place), head.cells);
  }
  return value;
}

Result<RowHead> StoredValues::open_row_head(std::string_view place, std::string_view value) const {
  if (!is_sealed(value) && !value.starts_with(kSealedCells)) return parse_row_head(value);
  if (vault_ == nullptr) return no_vault();
  if (is_sealed(value)) {
    CS_TRY(const std::string opened, open(place_of(kRowPlace, place), value));
    return parse_row_head(opened);
  }
  CS_TRY(RowHead head, parse_sealed_cells(value));
  if (head.cells.empty()) return head;
  auto cells = vault_->open_value(place_of(kCellsPlace, place), head.cells);
  if (!cells) {
    return Error{Errc::corrupt, "a sealed row head was altered or stands in another place"};
  }
  head.cells = std::move(*cells);
  return head;
}

Result<bool> StoredValues::is_removed(std::string_view place, std::string_view value) const {
  if (value.starts_with(kSealedCells)) {
    CS_TRY(const RowHead head, parse_sealed_cells(value));
    return head.removed;
  }
  CS_TRY(const RowHead head, open_row_head(place, value));
  return head.removed;
}

std::string StoredValues::snapshot(const StateSnapshot& snapshot) const {
  if (vault_ == nullptr) return encode_snapshot(snapshot);
  const std::string size = number_key(snapshot.size);
  std::string value = size + kSealedValue;
  vault_->seal_value(value, snapshot_place(size), snapshot.bytes);
  return value;
}

Result<StateSnapshot> StoredValues::open_snapshot(std::string_view value) const {
  CS_TRY(StateSnapshot snapshot, parse_snapshot(value));
  if (!is_sealed(snapshot.bytes)) return snapshot;
  CS_TRY(snapshot.bytes,
         open(snapshot_place(value.substr(0, kNumberBytes)), value.substr(kNumberBytes)));
  return snapshot;
}

}  // namespace countersign::ledger
