// MadeLog: a small log of fixed texts, salts and key (the seed is the bytes 00 to 1f), so that
// what is proved of it has the same bytes for ever. Its entries can be changed before they are
// signed, which makes a ledger that lies under its own key.
#pragma once

#include "ledger/base/ids.h"
#include "ledger/content/payload.h"
#include "ledger/crypto/signed_note.h"

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace countersign::testing {

struct MadeItem {
  ledger::LeafIndex entry = 0;
  std::size_t item = 0;
};
struct MadeEntry {
  std::string type;
  std::string table;  // empty: about none
  std::vector<nlohmann::json> items{};
  std::vector<MadeItem> version{};  // of a submission: the rows of its content, by row key
  std::vector<MadeItem> attested{};  // of an attestation: the rows' last changes, by row key
  nlohmann::json data = nlohmann::json::object();
};

class MadeLog {
 public:
  // An import of three rows, a change of the second of them, the table's submission, and entries
  // about other things.
  static std::vector<MadeEntry> entries();
  // The same with a reading of the table in the submission's place, which nobody need sign.
  static std::vector<MadeEntry> entries_without_submission();
  // The same, and then an attestation of the table.
  static std::vector<MadeEntry> attested_entries();
  MadeLog() : MadeLog(entries()) {}
  explicit MadeLog(const std::vector<MadeEntry>& entries);

  // The proof of row kRow by these changes, with the submission as its version where there is one,
  // and the attestation likewise.
  nlohmann::json proof(const std::vector<MadeItem>& changes, bool all = true) const;
  // The proof of all its changes: the golden one.
  nlohmann::json proof() const { return proof({{1, 2}, {3, 1}}); }

  const std::string& header(ledger::LeafIndex entry) const { return headers_[entry]; }
  const ledger::Payload& payload(ledger::LeafIndex entry) const { return payloads_[entry]; }
  const std::string& checkpoint() const { return checkpoint_; }
  std::string vkey() const { return signer_.verifier().vkey(); }

  static constexpr const char* kRow = "100002";

 private:
  // An entry that commits to rows.
  struct Statement {
    ledger::LeafIndex entry = 0;
    std::vector<ledger::Hash> leaves;
  };
  Statement statement(ledger::LeafIndex entry, const std::vector<MadeItem>& rows) const;
  nlohmann::json shown(ledger::LeafIndex entry) const;
  // With the path to it from `last`.
  nlohmann::json shown(const Statement& statement, const MadeItem& last) const;

  ledger::NoteSigner signer_;
  std::vector<std::string> headers_;
  std::vector<ledger::Payload> payloads_;
  std::vector<ledger::Hash> leaves_;
  std::optional<Statement> submission_;
  std::optional<Statement> attestation_;
  std::string checkpoint_;
};

// A row item. `prev` null: the row's first change; no cells: its removal.
nlohmann::json row_item(const std::string& key, nlohmann::json prev, nlohmann::json cells);

}  // namespace countersign::testing
