// Offline verification of a pack of evidence (drawn in api/processes/evidence_pack.h): needs the
// pack and the log's verifier key, and no server, database or network.
#pragma once

#include "tools/verify/export_verifier.h"

#include <istream>
#include <map>
#include <string>
#include <string_view>

namespace countersign::tools {

struct PackReport {
  VerifyReport verified;   // entries and items of the pack; its finding names the first bad entry
  std::string sha256;      // of the bytes, to be compared with the entry that sealed it
  std::string department;  // whom it is about
  std::size_t facts = 0;
  std::string campaign;
  std::string table;                   // of a pack of one table
  std::optional<ledger::LeafIndex> of_case;
  std::map<ledger::LeafIndex, std::string> received;  // `received_at` of each entry
  // The sign-offs that it shows, by their entries; each signed by the key in its entry's header.
  std::map<ledger::LeafIndex, std::string> sign_offs;
};

// Whether the file begins as a pack does; it stays at its beginning.
bool is_pack(std::istream& file);

// That every entry stands in the log under the signed checkpoint, that every item shown belongs to
// its entry, that every entry which a fact, an excuse or a deadline names is there, and that every
// sign-off shown is the signature that its entry says.
// `trusted` as for verify_export().
//   Errc::malformed   not a pack
ledger::Result<PackReport> verify_pack(std::string_view text, const TrustedKeys& trusted);

}  // namespace countersign::tools
