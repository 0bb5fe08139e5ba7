#include "ledger/log/stored_values.h"

#include "ledger/log/key_schema.h"

namespace countersign::ledger {

namespace {

// Begins what is sealed; row heads and states that are not begin otherwise.
constexpr char kSealedValue = 2;
constexpr std::size_t kNumberBytes = 8;

std::string row_place(std::string_view key) { return std::string("row head ").append(key); }
std::string snapshot_place(std::string_view size) { return std::string("snapshot ").append(size); }

Error no_vault() {
  return {Errc::corrupt, "the database is sealed, and its payload key was not given"};
}

bool is_sealed(std::string_view value) { return value.starts_with(kSealedValue); }

}  // namespace

StoredValues::StoredValues(std::shared_ptr<const PayloadVault> vault) : vault_(std::move(vault)) {}

StoredPayload StoredValues::payload(LeafIndex index, std::string_view record) const {
  if (vault_ == nullptr) return {std::string(record), std::nullopt};
  SealedPayload sealed = vault_->seal(index, record);
  return {std::move(sealed.box), std::move(sealed.wrapped_key)};
}

Result<std::string> StoredValues::open_payload(LeafIndex index, std::string_view value,
                                               const std::optional<std::string>& key) const {
  if (!value.starts_with(kSealedPayload)) return std::string(value);
  if (vault_ == nullptr) return no_vault();
  if (!key) {
    return Error{Errc::corrupt,
                 "the key of the payload of entry " + std::to_string(index) + " is missing"};
  }
  return vault_->open(index, {std::string(value), *key});
}

Result<std::string> StoredValues::open(const std::string& place, std::string_view value) const {
  if (vault_ == nullptr) return no_vault();
  return vault_->open_value(place, value.substr(1));
}

std::string StoredValues::row_head(std::string_view place, const RowHead& head) const {
  std::string value = encode_row_head(head);
  if (vault_ == nullptr) return value;
  return kSealedValue + vault_->seal_value(row_place(place), value);
}

Result<RowHead> StoredValues::open_row_head(std::string_view place, std::string_view value) const {
  if (!is_sealed(value)) return parse_row_head(value);
  CS_TRY(const std::string opened, open(row_place(place), value));
  return parse_row_head(opened);
}

std::string StoredValues::snapshot(const StateSnapshot& snapshot) const {
  if (vault_ == nullptr) return encode_snapshot(snapshot);
  const std::string size = number_key(snapshot.size);
  return size + kSealedValue + vault_->seal_value(snapshot_place(size), snapshot.bytes);
}

Result<StateSnapshot> StoredValues::open_snapshot(std::string_view value) const {
  CS_TRY(StateSnapshot snapshot, parse_snapshot(value));
  if (!is_sealed(snapshot.bytes)) return snapshot;
  CS_TRY(snapshot.bytes,
         open(snapshot_place(value.substr(0, kNumberBytes)), value.substr(kNumberBytes)));
  return snapshot;
}

}  // namespace countersign::ledger
