// Ledger: the door for writers. It owns the event log, the state decisions are made on, and the
// one thread that makes them. One Ledger is one origin.
//
// Guarantees: an outcome is delivered only after its entries are durable and covered by a signed
// checkpoint; entries have no gaps; a command id is applied at most once, across restarts.
//
// Thread safety: all functions but open() and stop() may be called from any thread.
#pragma once

#include "ledger/base/time.h"
#include "ledger/reader.h"
#include "ledger/verified_command.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>

namespace countersign::ledger {

class LogKeys;
class SequencerObserver;
class SigningKey;

// What became of a command: durable, refused by the domain, or failed. Errc::stale means the rows
// or versions moved on since it was prepared: prepare again and propose again.
using Outcome = std::variant<Committed, Refusal, Error>;

struct LedgerOptions {
  std::filesystem::path directory;  // holds db/, keys/, published/; with `log`: the last, or ""
  std::unique_ptr<EventLog> log;    // set: use this engine instead of opening the directory's
  std::shared_ptr<const SigningKey> log_key;  // set: use this key instead of the directory's
  // Set: the key that RotateLogKey may put in the place of the log's (log_key_rotation.h).
  std::shared_ptr<const SigningKey> next_log_key;
  std::optional<Timestamp> simulated_start;  // for an empty log: run on a simulated clock from here
  std::string origin;  // with `log`: the origin; otherwise read from the directory
  std::string key_passphrase;  // of the key files, when they are encrypted
  // For inspection, of a directory: needs the verifier key and, for values, the payload key; signs
  // nothing, takes no command (Errc::unavailable). Works beside a process that writes, and shows
  // one moment of its log.
  bool read_only = false;
  std::size_t queue_commands_max = 4096;
  std::size_t batch_entries_max = 1024;
  std::uint64_t snapshot_every = 16384;               // entries between state snapshots
  std::uint64_t space_reserve_bytes = 256ull << 20;  // stop writing when less is free
  SequencerObserver* observer = nullptr;             // must outlive the ledger
};

// The administrator of a new ledger.
struct Founder {
  Person person;
  AccountId account;
  std::string password;
};

class Ledger {
 public:
  // Creates directory, keys and first entry. The origin of a simulated ledger ends in
  // "/simulated". The key files are encrypted under `key_passphrase` unless it is empty.
  //   Errc::conflict   the directory already holds a ledger
  //   Errc::io
  static Result<void> create(const std::filesystem::path& directory, const std::string& origin,
                             const Founder& founder, std::optional<Timestamp> simulated_start,
                             const std::string& key_passphrase = {});

  // Recovers and starts the sequencer. Refuses to start rather than serve what it cannot prove.
  //   Errc::corrupt      stored entries do not hash to the last signed checkpoint, or the log is
  //                      older than a checkpoint already published, or keys/log.key,
  //                      keys/payload.key or vkey is not this log's
  //   Errc::unauthorized   a key file is open to others, or its passphrase missing or wrong
  //   Errc::io           the directory cannot be read, or another process holds it
  //   Errc::not_found    no ledger there, or one whose creation was cut off
  static Result<std::unique_ptr<Ledger>> open(LedgerOptions options);
  ~Ledger();  // stop()

  const Reader& reader() const;
  const Preparer& preparer() const;
  std::string verifier_key() const;  // vkey of the log, C2SP signed-note text form
  // Of the key whose line stands beside that one; none: there is none, or opened read-only.
  std::optional<std::string> sm2_verifier_key() const;
  // The keys the log has had up to now, and the entries that replaced them. A key is replaced
  // while the ledger is closed (log_key_rotation.h), so they are the same as long as it is open.
  const LogKeys& log_keys() const;
  std::span<const LogKeyRotation> log_key_rotations() const;
  // The log's signature on the statement that vouches for a pack's manifest
  // (ledger/content/pack_statement.h), and on nothing else a caller could choose.
  // REQUIRES: not opened read-only.
  std::string sign_pack(const Hash& manifest) const;
  const Clock& clock() const;        // system, or simulated if the ledger was created so
  std::shared_ptr<const Directory> directory() const;

  // Queues the command; `done` is called exactly once, on the sequencer thread, and must not
  // block. On error `done` is never called:
  //   Errc::overloaded    queue_commands_max commands already wait
  //   Errc::unavailable   stopping, stopped, out of space, or read-only
  Result<void> propose(VerifiedCommand command, std::function<void(Outcome)> done);

  // Propose and wait; for tools and tests. Never call it on the sequencer thread.
  Outcome propose_and_wait(VerifiedCommand command);

  // EventLog::purge_erased() of its log.
  Result<void> purge_erased(TreeSize up_to);

  // Why the ledger no longer writes; none while it does. A failed write is fatal: the process
  // should exit non-zero and start again.
  std::optional<Error> failure() const;
  // False after a failure, and when opened read-only.
  bool writable() const;
  // Takes no more commands, completes those that wait, and ends the sequencer.
  void stop();

 private:
  class Core;
  explicit Ledger(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

// New credential material for a person: verifier, fresh signing key sealed under the password.
Credential make_credential(const std::string& password);
// Opens a sealed key with the password.
//   Errc::unauthorized   wrong password
Result<std::shared_ptr<const SigningKey>> open_sealed_key(const std::string& sealed_key,
                                                          const std::string& password);

}  // namespace countersign::ledger
