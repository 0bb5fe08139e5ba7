#include "tools/verify/trusted_keys.h"

#include "tools/verify/log_keys_verifier.h"

#include <algorithm>

namespace countersign::tools {

using ledger::Errc;
using ledger::Error;
using ledger::Result;

Result<TrustedKeys> TrustedKeys::read(std::string vkey, std::string_view document) {
  TrustedKeys trusted(std::move(vkey));
  CS_TRY(trusted.history_, verify_log_keys(document, trusted.vkey_));
  return trusted;
}

const std::string& TrustedKeys::key_for(const std::string& own) const {
  if (!given()) return own;
  const bool led_to = history_ && std::ranges::any_of(history_->all(), [&](const auto& one) {
                        return one.vkey() == own;
                      });
  return led_to ? own : vkey_;
}

Result<ledger::Checkpoint> TrustedKeys::open(std::string_view note,
                                             const ledger::NoteVerifier& key) const {
  CS_TRY(const ledger::Checkpoint checkpoint, ledger::open_checkpoint(note, key));
  if (!history_ || history_->open(note)) return checkpoint;
  return Error{Errc::unauthorized, "it is signed with a key that the log had replaced, or not yet "
                                   "had, at so many entries"};
}

}  // namespace countersign::tools
