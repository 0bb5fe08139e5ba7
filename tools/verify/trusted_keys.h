// What a reader trusts of a log: its verifier key, from a copy of their own, and, where the log has
// replaced its key since or before, the file that leads from that key to the others (GET /log/keys).
#pragma once

#include "ledger/base/result.h"
#include "ledger/merkle/log_keys.h"

#include <optional>
#include <string>
#include <string_view>

namespace countersign::tools {

// Thread safety: const functions may be called from any thread.
class TrustedKeys {
 public:
  // Nothing is trusted: a file then only agrees with itself.
  TrustedKeys() = default;
  // A vkey; empty: nothing.
  TrustedKeys(std::string vkey) : vkey_(std::move(vkey)) {}  // NOLINT: a key is trusted as it is
  TrustedKeys(const char* vkey) : vkey_(vkey) {}             // NOLINT: likewise
  // `document` is a file of the log's keys.
  //   as verify_log_keys()
  static ledger::Result<TrustedKeys> read(std::string vkey, std::string_view document);

  bool given() const { return !vkey_.empty(); }
  const std::string& vkey() const { return vkey_; }
  // All keys of the log; none: no file of them was given.
  const std::optional<ledger::LogKeys>& history() const { return history_; }
  // By which key a file is judged that says its own is `own`: by that one if it is trusted, or
  // nothing is; else by the one trusted, and then it does not verify.
  const std::string& key_for(const std::string& own) const;
  // As ledger::open_checkpoint; and the key was in its time.
  ledger::Result<ledger::Checkpoint> open(std::string_view note,
                                          const ledger::NoteVerifier& key) const;

 private:
  std::string vkey_;
  std::optional<ledger::LogKeys> history_;
};

}  // namespace countersign::tools
