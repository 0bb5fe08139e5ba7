// Row proofs: the changes of one row, each provable from its cells up to the log's signed
// checkpoint by whoever has the log's key, and nothing of the rows that were changed with it.
// ledger/FORMAT.md has the format and what it does and does not prove; tools/verify checks it
// offline.
//
// Which submission and attestation to show is for the caller to say; everything else is read from
// the log itself, so that no view can leave a change out.
#pragma once

#include "ledger/content/payload.h"
#include "ledger/domain/row.h"
#include "ledger/log/event_log.h"
#include "ledger/reader.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

struct ProvedChange {
  ledger::LeafIndex index = 0;
  ledger::RowChange change;  // what the item says
  std::string item;
  ledger::Salt salt{};
  ledger::Hash leaf{};
  std::size_t item_index = 0;  // among item_count items of the entry
  std::size_t item_count = 0;
  std::vector<ledger::Hash> path;  // from the leaf to the entry's commitment
};

// Thread safety: one thread.
class RowProof {
 public:
  // More do not stand in one proof; they can be asked for one by one.
  static constexpr std::size_t kChangesMax = 1000;

  // As of the newest entry. `reader` must outlive it.
  RowProof(const ledger::Reader& reader, const ledger::CampaignId& campaign,
           const ledger::TableKey& table, const ledger::RowKey& row);

  // Every change from the row's first to its newest; one more than kChangesMax when there are more.
  //   Errc::not_found   no such row, or an earlier change of it was erased
  ledger::Result<void> take_all();
  // The change in this entry alone.
  //   Errc::not_found   the entry does not change the row
  ledger::Result<void> take(ledger::LeafIndex index);
  // That the newest change belongs to the content that was submitted with this entry, if the table
  // still is what it was then. After take_all().
  ledger::Result<void> take_version(ledger::LeafIndex submission);
  // That the newest change was the row's last when this entry attested the table, if it was there by
  // then and the heads of that time can still be told. After take_all().
  ledger::Result<void> take_attestation(ledger::LeafIndex attestation);

  ledger::TreeSize as_of() const { return view_->size(); }
  const std::vector<ProvedChange>& changes() const { return changes_; }
  // Whether it says no more than what the row says now.
  bool present_only() const;

  // The document: one line of canonical JSON. `column` is the one asked about, empty: none.
  ledger::Result<std::string> text(const std::string& verifier_key,
                                   const std::string& column) const;

 private:
  // An entry that commits to rows of the table, and the path to it from this one's newest change.
  struct Statement {
    ledger::LeafIndex entry = 0;
    std::size_t row_index = 0;  // among the rows it commits to
    std::vector<ledger::Hash> path;
  };
  ledger::Result<ProvedChange> change_in(ledger::LeafIndex index) const;
  ledger::Result<nlohmann::json> entry_json(ledger::LeafIndex index, ledger::TreeSize size,
                                            const std::string& checkpoint) const;
  // Null where there is none.
  ledger::Result<nlohmann::json> statement_json(const std::optional<Statement>& statement,
                                                ledger::TreeSize size,
                                                const std::string& checkpoint) const;

  const ledger::Reader& reader_;
  const ledger::CampaignId campaign_;
  const ledger::TableKey table_;
  const ledger::RowKey row_;
  const std::unique_ptr<ledger::EventLog::RowView> view_;
  std::vector<ProvedChange> changes_;  // oldest first
  bool all_ = false;
  std::optional<Statement> version_;
  std::optional<Statement> attestation_;
};

}  // namespace countersign::api
