#include "ledger/ledger.h"

#include "ledger/base/diagnostics.h"
#include "ledger/content/pack_statement.h"
#include "ledger/crypto/password.h"
#include "ledger/domain/decide.h"
#include "ledger/domain/event_codec.h"
#include "ledger/domain/state_codec.h"
#include "ledger/key_directory.h"
#include "ledger/log_key_history.h"
#include "ledger/log/published_checkpoint.h"
#include "ledger/log/recovery.h"
#include "ledger/open_log.h"
#include "ledger/sequencer/load_state.h"
#include "ledger/sequencer/sequencer.h"
#include "ledger/verifier_file.h"

#include <chrono>
#include <fstream>
#include <future>
#include <mutex>

namespace countersign::ledger {

namespace fs = std::filesystem;

namespace {

constexpr const char* kDatabase = "db";
constexpr const char* kPublishedFile = "published/checkpoint";
constexpr const char* kSimulatedSuffix = "/simulated";
constexpr std::chrono::milliseconds kPublishInterval{200};

// Names the file when the key in it is another log's, or one that was replaced: recovery could only
// say that the newest checkpoint is not signed.
Result<void> check_log_key(const fs::path& directory, const EventLog& log, const NoteVerifier& key) {
  const auto newest = log.latest_checkpoint();
  if (!newest || open_checkpoint(*newest, key)) return {};
  const auto given_out = read_verifier_file(directory);
  if (given_out && given_out->vkey() == key.vkey()) return {};
  return Error{Errc::corrupt, (directory / "keys" / "log.key").string() +
                                  " is not the key that vkey names, and has not signed this log's "
                                  "newest checkpoint. Nothing was changed. Restore it from your "
                                  "copy of keys/."};
}

Result<void> make_directories(const fs::path& directory) {
  std::error_code failed;
  for (const char* part : {"", "keys", "published"}) {
    fs::create_directories(directory / part, failed);
    if (!failed) fs::permissions(directory / part, fs::perms::owner_all, failed);
    if (failed) {
      return Error{Errc::io,
                   "cannot create " + (directory / part).string() + ": " + failed.message()};
    }
  }
  return {};
}

}  // namespace

class Ledger::Core {
 public:
  // Without a signer the ledger is read-only.
  Core(fs::path its_directory, std::unique_ptr<EventLog> its_log, NoteVerifier its_verifier,
       std::optional<LogSigner> its_signer)
      : directory_path(std::move(its_directory)),
        log_keys(std::move(its_verifier)),
        signer(std::move(its_signer)),
        log(std::move(its_log)),
        reader(*log, log_keys.origin()),
        preparer(reader) {}

  // `published`: the checkpoint that left the log last, of a moment that the log shows.
  Result<void> start(const LedgerOptions& options, const std::optional<std::string>& published) {
    std::uint64_t epoch = 0;
    if (signer) {
      CS_TRY(epoch, log->take_over());
    }
    if (!directory_path.empty() && !published && log->size() > 1) {
      diag::warn("ledger.published_missing",
                 {{"file", (directory_path / kPublishedFile).string()},
                  {"why",
                   "an older copy of the database would not be noticed; hold the log "
                   "against a checkpoint that somebody kept"}});
    }
    CS_TRY(RecoveredLog recovered, recover(*log, log_keys));
    CS_TRY(FoldedState folded, load_state(*log, options.simulated_start));
    SequencerStart start;
    start.state = std::move(folded.state);
    start.last_sequenced = folded.last_sequenced;
    start.snapshot_size = folded.snapshot_size;
    CS_CHECK(take_keys(start.state.log_keys));
    if (published) CS_CHECK(check_published(*log, log_keys, *published));
    start.range = std::move(recovered.tree);
    start.epoch = epoch;
    set_directory(start.state.directory);
    if (start.state.simulated_now) {
      simulated = std::make_unique<SimulatedClock>(
          std::max(start.last_sequenced, *start.state.simulated_now));
      simulated_now = start.state.simulated_now;
    }
    if (!signer) return {};
    Sequencer::Options wanted;
    wanted.queue_commands_max = options.queue_commands_max;
    wanted.batch_entries_max = options.batch_entries_max;
    wanted.snapshot_every = options.snapshot_every;
    wanted.observer = options.observer;
    if (options.next_log_key) wanted.next_key.emplace(signer->name(), options.next_log_key);
    wanted.published = [this](const std::string& checkpoint, const State& state) {
      publish(checkpoint, state);
    };
    sequencer = std::make_unique<Sequencer>(*log, clock(), *signer, std::move(start), wanted);
    return {};
  }

  std::shared_ptr<const Directory> directory() const {
    const std::lock_guard lock(directory_mutex);
    return current_directory;
  }

  const Clock& clock() const {
    if (simulated) return *simulated;
    return system;
  }

  void stop() {
    if (sequencer) sequencer->stop();
    log->interrupt_waits();
    if (!pending_checkpoint.empty()) write_checkpoint();
  }

  const fs::path directory_path;
  LogKeys log_keys;                       // constant after start(), as are the rotations
  std::vector<LogKeyRotation> rotations;
  const std::optional<LogSigner> signer;
  const std::unique_ptr<EventLog> log;
  const Reader reader;
  const Preparer preparer;
  const SystemClock system;
  std::unique_ptr<SimulatedClock> simulated;  // constant after start(), as is the sequencer
  std::unique_ptr<Sequencer> sequencer;       // null: read-only

 private:
  // The keys that the log has had. The newest checkpoint was signed by the present one.
  Result<void> take_keys(std::vector<LogKeyRotation> found) {
    const NoteVerifier present = log_keys.current();
    CS_TRY(log_keys, log_keys_of(found, present));
    rotations = std::move(found);
    // An inspection may be shown one that the log has replaced meanwhile, by its file.
    if (signer && log_keys.current().vkey() != present.vkey()) {
      return Error{Errc::corrupt, (directory_path / "keys/log.key").string() +
                                      " is not the key that signs since entry " +
                                      std::to_string(rotations.back().index) +
                                      ". Restore it from your copy of keys/."};
    }
    return {};
  }

  void set_directory(std::shared_ptr<const Directory> directory) {
    const std::lock_guard lock(directory_mutex);
    current_directory = std::move(directory);
  }

  // On the sequencer thread, after a group is durable and before its outcomes.
  void publish(const std::string& checkpoint, const State& state) {
    set_directory(state.directory);
    if (simulated && state.simulated_now && state.simulated_now != simulated_now) {
      simulated_now = state.simulated_now;
      // Real time that passed meanwhile may have carried the clock beyond; it never goes back.
      (void)simulated->advance_to(*simulated_now).has_value();
    }
    if (directory_path.empty()) return;
    pending_checkpoint = checkpoint;
    const auto now = std::chrono::steady_clock::now();
    if (now - published_at < kPublishInterval) return;
    published_at = now;
    write_checkpoint();
  }

  void write_checkpoint() {
    const auto written = publish_checkpoint(directory_path / kPublishedFile, pending_checkpoint);
    if (!written) diag::warn("ledger.checkpoint_not_published", {{"why", written.error().detail}});
    pending_checkpoint.clear();
  }

  mutable std::mutex directory_mutex;
  std::shared_ptr<const Directory> current_directory;  // guarded by directory_mutex

  // Owned by the sequencer thread until it has ended.
  std::optional<Timestamp> simulated_now;
  std::string pending_checkpoint;
  std::chrono::steady_clock::time_point published_at;
};

Ledger::Ledger(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Ledger::~Ledger() { stop(); }

Result<std::unique_ptr<Ledger>> Ledger::open(LedgerOptions options) {
  std::unique_ptr<EventLog> log = std::move(options.log);
  const KeyDirectory keys(options.directory, options.key_passphrase);
  std::optional<std::string> published;
  const auto read_published = [&]() -> Result<void> {
    if (options.directory.empty()) return {};
    CS_TRY(published, read_published_checkpoint(options.directory / kPublishedFile));
    return {};
  };
  const auto start = [&](std::unique_ptr<Core> core) -> Result<std::unique_ptr<Ledger>> {
    CS_CHECK(core->start(options, published));
    return std::unique_ptr<Ledger>(new Ledger(std::move(core)));
  };
  if (options.read_only) {
    CS_ASSERT(log == nullptr);
    CS_TRY(NoteVerifier verifier, read_verifier_file(options.directory));
    // Before the log: a writer beside it goes on, and a later one may be beyond what is shown.
    CS_CHECK(read_published());
    CS_TRY(log, open_log(options.directory, keys, {.read_only = true}));
    return start(std::make_unique<Core>(options.directory, std::move(log), std::move(verifier),
                                        std::nullopt));
  }
  if (log != nullptr) {
    CS_ASSERT(options.log_key != nullptr && !options.origin.empty());
    const NoteSigner signer(options.origin, options.log_key);
    CS_CHECK(read_published());
    return start(std::make_unique<Core>(options.directory, std::move(log), signer.verifier(),
                                        LogSigner(signer)));
  }
  auto signer = keys.log_signer();
  if (!signer && signer.error().code == Errc::not_found) {
    if (fs::exists(options.directory / kDatabase)) {
      return Error{Errc::not_found, keys.log_key_file().string() +
                                        " is not there. Restore it from your copy of keys/."};
    }
    return Error{Errc::not_found, "no ledger in " + options.directory.string()};
  }
  if (!signer) return signer.error();
  CS_TRY(const auto next, keys.next_log_key());
  CS_TRY(log, open_log(options.directory, keys,
                       {.space_reserve_bytes = options.space_reserve_bytes}));
  CS_CHECK(read_published());
  // Empty though a checkpoint was published is loss, which recovery names.
  if (log->size() == 0 && !fs::exists(options.directory / kPublishedFile)) {
    return Error{Errc::not_found, "the ledger in " + options.directory.string() +
                                      " was never finished: remove it and create it again"};
  }
  // It signs nothing before the entry that puts it in the other's place.
  if (const auto newest = log->latest_checkpoint();
      next && newest && open_checkpoint(*newest, next->verifier())) {
    CS_CHECK(keys.promote_next_log_key());
    signer->succeed(*next);
    diag::info("ledger.key_replaced", {{"verifier_key", signer->verifier().vkey()}});
  }
  CS_CHECK(check_log_key(options.directory, *log, signer->verifier()));
  NoteVerifier verifier = signer->verifier();
  const auto sm2 = signer->sm2_verifier();
  CS_TRY(auto ledger, start(std::make_unique<Core>(options.directory, std::move(log),
                                                   std::move(verifier), std::move(*signer))));
  CS_CHECK(check_verifier_files(options.directory, ledger->log_keys(), sm2 ? &*sm2 : nullptr));
  return ledger;
}

Result<void> Ledger::create(const fs::path& directory, const std::string& origin,
                            const Founder& founder, std::optional<Timestamp> simulated_start,
                            const std::string& key_passphrase) {
  const KeyDirectory keys(directory, key_passphrase);
  if (fs::exists(keys.log_key_file())) {
    return Error{Errc::conflict, directory.string() + " already holds a ledger"};
  }
  CS_CHECK(make_directories(directory));
  std::string name = origin;
  if (simulated_start && !name.ends_with(kSimulatedSuffix)) name += kSimulatedSuffix;
  const auto key = std::make_shared<const SigningKey>(SigningKey::generate());
  const NoteSigner signer(name, key);
  CS_CHECK(keys.write_log_key(signer));
  CS_CHECK(write_verifier_file(directory, signer.verifier()));

  LedgerOptions options;
  options.directory = directory;
  CS_TRY(options.log, open_log(directory, keys, {}));
  options.log_key = key;
  options.origin = name;
  options.simulated_start = simulated_start;
  CS_TRY(const auto ledger, open(std::move(options)));
  CreateLedger command{name, simulated_start, founder.person, founder.account,
                       make_credential(founder.password)};
  Envelope envelope;
  envelope.account = founder.account;
  envelope.command_id = CommandId("create");
  envelope.correlation_id = "create";
  envelope.received_at = simulated_start.value_or(ledger->clock().now());
  CS_TRY(auto prepared, ledger->preparer().prepare(*ledger->directory(), envelope, {},
                                                   Command(std::move(command))));
  const Outcome outcome = ledger->propose_and_wait(std::move(std::get<VerifiedCommand>(prepared)));
  if (const auto* error = std::get_if<Error>(&outcome)) return *error;
  if (!std::holds_alternative<Committed>(outcome)) {
    return Error{Errc::conflict, directory.string() + " already holds a ledger"};
  }
  return {};
}

const Reader& Ledger::reader() const { return core_->reader; }
const Preparer& Ledger::preparer() const { return core_->preparer; }
std::string Ledger::verifier_key() const { return core_->log_keys.current().vkey(); }
std::optional<std::string> Ledger::sm2_verifier_key() const {
  const auto key = core_->signer ? core_->signer->sm2_verifier() : std::nullopt;
  return key ? std::optional(key->vkey()) : std::nullopt;
}
const LogKeys& Ledger::log_keys() const { return core_->log_keys; }
std::span<const LogKeyRotation> Ledger::log_key_rotations() const { return core_->rotations; }
std::string Ledger::sign_pack(const Hash& manifest) const {
  CS_ASSERT(core_->signer.has_value());
  return core_->signer->key().sign(pack_statement(core_->signer->name(), manifest)).serialize();
}
const Clock& Ledger::clock() const { return core_->clock(); }
std::shared_ptr<const Directory> Ledger::directory() const { return core_->directory(); }

Result<void> Ledger::propose(VerifiedCommand command, std::function<void(Outcome)> done) {
  if (core_->sequencer == nullptr) {
    return Error{Errc::unavailable, "this ledger is open for inspection: nothing can be recorded"};
  }
  if (auto failed = failure()) return *failed;
  return core_->sequencer->propose({std::move(command), std::move(done)});
}

Outcome Ledger::propose_and_wait(VerifiedCommand command) {
  auto promise = std::make_shared<std::promise<Outcome>>();
  auto future = promise->get_future();
  auto queued = propose(std::move(command),
                        [promise](Outcome outcome) { promise->set_value(std::move(outcome)); });
  if (!queued) return queued.error();
  return future.get();
}

Result<void> Ledger::purge_erased(TreeSize up_to) { return core_->log->purge_erased(up_to); }

std::optional<Error> Ledger::failure() const {
  if (core_->sequencer == nullptr) return std::nullopt;
  return core_->sequencer->failure();
}

bool Ledger::writable() const { return core_->sequencer != nullptr && !failure(); }

void Ledger::stop() {
  if (core_) core_->stop();
}

Credential make_credential(const std::string& password) {
  const SigningKey key = SigningKey::generate();
  return {make_password_verifier(password), key.public_key(),
          seal_with_password(key.seed(), password)};
}

Result<std::shared_ptr<const SigningKey>> open_sealed_key(const std::string& sealed_key,
                                                          const std::string& password) {
  CS_TRY(const std::string seed, open_with_password(sealed_key, password));
  CS_TRY(SigningKey key, SigningKey::from_seed(seed));
  return std::make_shared<const SigningKey>(std::move(key));
}

}  // namespace countersign::ledger
