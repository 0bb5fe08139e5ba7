#include "ledger/log/rocks_row_view.h"

#include <utility>

namespace countersign::ledger::rocks {

namespace {

class RocksRowView final : public EventLog::RowView {
 public:
  explicit RocksRowView(std::shared_ptr<const RowMoment> moment)
      : held_(std::move(moment)), moment_(held_->moment) {}

  TreeSize size() const override { return held_->size; }

  Result<std::optional<RowHead>> row(std::string_view campaign, std::string_view table,
                                     std::string_view key) const override {
    const std::string place = row_key(campaign, table, key);
    CS_TRY(const std::optional<std::string> value,
           moment_.database().get(Family::row_heads, place, moment_.snapshot()));
    if (!value) return std::optional<RowHead>();
    CS_TRY(RowHead head, moment_.database().values.open_row_head(place, *value));
    return std::optional<RowHead>(std::move(head));
  }

  Result<void> scan(
      std::string_view campaign, std::string_view table,
      const std::function<bool(std::string_view, const RowHead&)>& visit) const override {
    const std::string prefix = table_prefix(campaign, table);
    const auto rows = moment_.database().iterator(Family::row_heads, moment_.snapshot());
    const StoredValues& values = moment_.database().values;
    for (rows->Seek(prefix); rows->Valid() && rows->key().starts_with(prefix); rows->Next()) {
      const std::string_view place = view_of(rows->key());
      CS_TRY(const RowHead head, values.open_row_head(place, view_of(rows->value())));
      if (!visit(place.substr(prefix.size()), head)) return {};
    }
    if (!rows->status().ok()) return error_of(rows->status());
    return {};
  }

  Result<void> rows(
      std::string_view campaign, std::string_view table, std::span<const std::string_view> keys,
      const std::function<void(std::size_t, std::optional<RowHead>)>& visit) const override {
    // Point reads ask the bloom filters, and a walk pays for its iterator.
    constexpr std::size_t kWalkFrom = 16;
    // Rows of others in between are stepped over as long as that is cheaper than looking anew.
    constexpr int kStepsMax = 8;
    if (keys.size() < kWalkFrom) return RowView::rows(campaign, table, keys, visit);
    std::string place = table_prefix(campaign, table);
    const std::size_t prefix = place.size();
    const auto at = moment_.database().iterator(Family::row_heads, moment_.snapshot());
    const StoredValues& values = moment_.database().values;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      place.replace(prefix, std::string::npos, keys[i]);
      for (int steps = i == 0 ? kStepsMax : 0;
           steps < kStepsMax && at->Valid() && view_of(at->key()) < place; ++steps) {
        at->Next();
      }
      // The end of the family is behind every further key.
      if (i == 0 || (at->Valid() && view_of(at->key()) < place)) at->Seek(place);
      if (!at->status().ok()) return error_of(at->status());
      std::optional<RowHead> head;
      if (at->Valid() && view_of(at->key()) == place) {
        CS_TRY(head, values.open_row_head(place, view_of(at->value())));
      }
      visit(i, std::move(head));
    }
    return {};
  }

  Result<void> keys(std::string_view campaign, std::string_view table,
                    const std::function<bool(std::string_view)>& visit) const override {
    const std::string prefix = table_prefix(campaign, table);
    const auto at = moment_.database().iterator(Family::row_heads, moment_.snapshot());
    for (at->Seek(prefix); at->Valid() && at->key().starts_with(prefix); at->Next()) {
      CS_TRY(const bool removed, moment_.database().values.is_removed(view_of(at->key()),
                                                                      view_of(at->value())));
      if (!removed && !visit(view_of(at->key()).substr(prefix.size()))) return {};
    }
    if (!at->status().ok()) return error_of(at->status());
    return {};
  }

 private:
  const std::shared_ptr<const RowMoment> held_;
  const Moment& moment_;
};

}  // namespace

std::unique_ptr<EventLog::RowView> row_view_of(std::shared_ptr<const RowMoment> moment) {
  return std::make_unique<RocksRowView>(std::move(moment));
}

}  // namespace countersign::ledger::rocks
