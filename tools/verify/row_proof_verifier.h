// Offline verification of a row proof (ledger/FORMAT.md): needs the file and the log's verifier
// key, and no server, database or network.
#pragma once

#include "tools/verify/export_verifier.h"

#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::tools {

struct RowProofReport {
  VerifyReport verified;  // entries and items shown; its finding names the first that does not hold
  std::string campaign;
  std::string table;
  std::string row;
  std::optional<std::string> column;  // the one asked about
  bool all_changes = false;           // the claim: no gap from the first change to the last shown
  ledger::TreeSize as_of = 0;         // of the signed checkpoint

  struct Change {
    ledger::LeafIndex index = 0;
    std::string account;
    std::string received_at;
    bool removed = false;
    std::optional<std::string> value;  // of the column; none: null, or no column was asked about
  };
  std::vector<Change> changes;  // those that hold, oldest first

  // The submission whose content holds the last change as the row's.
  struct Version {
    ledger::LeafIndex submission = 0;
    std::uint64_t number = 0;
  };
  std::optional<Version> version;

  // The entry that attested the last change as the row's last at that time.
  struct Attested {
    ledger::LeafIndex entry = 0;
    std::string at;  // its sequenced_at
  };
  std::optional<Attested> attested;
};

// Whether the file says near its beginning that it is a row proof; it stays at its beginning.
bool is_row_proof(std::istream& file);

// That every change shown stands in its entry and every entry in the log, under the one signed
// checkpoint; that the changes are what the proof claims; and that a version and an attestation it
// names hold the last of them. `trusted` as for verify_export().
//   Errc::malformed   not a row proof
ledger::Result<RowProofReport> verify_row_proof(std::string_view text,
                                                const TrustedKeys& trusted);

// For people: what is proved, what is not, or what does not hold.
std::string row_proof_text(const RowProofReport& report, bool trusted);

}  // namespace countersign::tools
