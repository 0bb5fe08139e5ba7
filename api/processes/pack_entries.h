// The entries of a pack: which are in it, what of their items its unit may see, and their receipts
// under one checkpoint.
#pragma once

#include "ledger/domain/directory.h"
#include "ledger/reader.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace countersign::api {

// Thread safety: one thread.
class PackEntries {
 public:
  // All must outlive this object.
  PackEntries(const ledger::Reader& reader, const ledger::Directory& directory,
              const ledger::CampaignDefinition& campaign, const ledger::DepartmentId& department)
      : reader_(reader), directory_(directory), campaign_(campaign), department_(department) {}

  // Takes the entry in.
  ledger::Result<void> add(ledger::LeafIndex index);
  ledger::Result<void> add_all(const std::vector<ledger::LeafIndex>& indices);
  // The headers of all, by index.
  const std::map<ledger::LeafIndex, std::string>& headers() const { return headers_; }

  // Whether the person belongs to the unit.
  bool is_own(const std::string& person) const;

  // All with their items and receipts. REQUIRES: a checkpoint that covers them.
  //   Errc::overloaded   the items shown are more than `bytes_max`
  ledger::Result<nlohmann::json> written(const std::string& checkpoint, std::size_t bytes_max);
  // Items of tables about persons that written() showed.
  std::uint64_t rows_about_persons() const { return rows_; }

 private:
  ledger::Result<nlohmann::json> items_of(ledger::LeafIndex index, const nlohmann::json& header);
  bool shows(const nlohmann::json& header, const nlohmann::json& item) const;

  const ledger::Reader& reader_;
  const ledger::Directory& directory_;
  const ledger::CampaignDefinition& campaign_;
  const ledger::DepartmentId& department_;
  std::map<ledger::LeafIndex, std::string> headers_;
  std::uint64_t rows_ = 0;
  std::size_t shown_bytes_ = 0;
};

}  // namespace countersign::api
