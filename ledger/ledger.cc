#include "ledger/ledger.h"

#include "ledger/base/diagnostics.h"
#include "ledger/content/pack_statement.h"
#include "ledger/crypto/password.h"
#include "ledger/domain/decide.h"
#include "ledger/domain/event_codec.h"
#include "ledger/domain/state_codec.h"
#include "ledger/key_directory.h"
#include "ledger/log/published_checkpoint.h"
#include "ledger/log/recovery.h"
#include "ledger/open_log.h"
#include "ledger/sequencer/sequencer.h"

#include <chrono>
#include <fstream>
#include <future>
#include <mutex>

namespace countersign::ledger {

namespace fs = std::filesystem;

namespace {

constexpr const char* kDatabase = "db";
constexpr const char* kVerifierFile = "vkey";
constexpr const char* kPublishedFile = "published/checkpoint";
constexpr const char* kSimulatedSuffix = "/simulated";
constexpr std::chrono::milliseconds kPublishInterval{200};

// State and last instant: the newest snapshot, then the entries behind it.
Result<SequencerStart> load_state(const EventLog& log) {
  SequencerStart start;
  CS_TRY(const auto snapshot, log.snapshot());
  if (snapshot) {
    auto state = decode_state(snapshot->bytes);
    if (state && state->size == snapshot->size && state->size <= log.size()) {
      start.state = std::move(*state);
      start.snapshot_size = snapshot->size;
    } else {
      // A snapshot is a cache; folding from the start gives the same state, only later.
      diag::warn("ledger.snapshot_ignored", {});
    }
  }
  if (start.state.size > 0) {
    CS_TRY(const std::string header, log.header(start.state.size - 1));
    CS_TRY(const DecodedHeader last, decode_header(header));
    start.last_sequenced = last.event.sequenced_at;
  }
  std::optional<Error> failed;
  CS_CHECK(log.scan(start.state.size, log.size(), [&](LeafIndex index, const StoredEntry& stored) {
    auto header = decode_header(stored.header);
    auto payload = decode_payload(stored.payload);
    if (!header || !payload || header->event.index != index) {
      failed = Error{Errc::corrupt, "entry " + std::to_string(index) + " does not decode"};
      return false;
    }
    // Rows are not part of the state, and most of a payload's bytes.
    if (!std::holds_alternative<RowsChanged>(header->event.event)) {
      std::vector<std::string_view> items;
      for (const PayloadItem& item : payload->items) items.push_back(item.text);
      if (auto decoded = decode_items(header->event, items); !decoded) {
        failed = decoded.error();
        return false;
      }
    }
    start.last_sequenced = header->event.sequenced_at;
    evolve(start.state, header->event);
    return true;
  }));
  if (failed) return *failed;
  return start;
}

// Everybody is given the key that stands in this file: with another's, good receipts would be
// refused and a forger's believed.
Result<void> check_verifier_file(const fs::path& file, const std::string& vkey) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (text == vkey + "\n") return {};
  return Error{Errc::corrupt, file.string() + (in ? " does not hold" : " is not there; it holds") +
                                  " this log's verifier key. Nothing was changed. Find out who "
                                  "changed it, then write one line into it: " +
                                  vkey};
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
       std::optional<NoteSigner> its_signer)
      : directory_path(std::move(its_directory)),
        verifier(std::move(its_verifier)),
        signer(std::move(its_signer)),
        log(std::move(its_log)),
        reader(*log, verifier.name()),
        preparer(reader) {}

  Result<void> start(const LedgerOptions& options) {
    std::uint64_t epoch = 0;
    if (signer) {
      CS_TRY(epoch, log->take_over());
    }
    std::optional<std::string> published;
    if (!directory_path.empty()) {
      CS_TRY(published, read_published_checkpoint(directory_path / kPublishedFile));
      if (!published && log->size() > 1) {
        diag::warn("ledger.published_missing",
                   {{"file", (directory_path / kPublishedFile).string()},
                    {"why",
                     "an older copy of the database would not be noticed; hold the log "
                     "against a checkpoint that somebody kept"}});
      }
    }
    CS_TRY(RecoveredLog recovered, recover(*log, verifier.name(), verifier, published));
    CS_TRY(SequencerStart start, load_state(*log));
    start.range = std::move(recovered.tree);
    start.epoch = epoch;
    set_directory(start.state.directory);
    if (log->size() == 0) start.state.simulated_now = options.simulated_start;
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
  const NoteVerifier verifier;
  const std::optional<NoteSigner> signer;
  const std::unique_ptr<EventLog> log;
  const Reader reader;
  const Preparer preparer;
  const SystemClock system;
  std::unique_ptr<SimulatedClock> simulated;  // constant after start(), as is the sequencer
  std::unique_ptr<Sequencer> sequencer;       // null: read-only

 private:
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
  std::optional<NoteSigner> signer;
  const KeyDirectory keys(options.directory, options.key_passphrase);
  if (options.read_only) {
    CS_ASSERT(log == nullptr);
    std::ifstream file(options.directory / kVerifierFile);
    std::string vkey;
    if (!std::getline(file, vkey)) {
      return Error{Errc::not_found, "no ledger in " + options.directory.string()};
    }
    CS_TRY(NoteVerifier verifier, NoteVerifier::from_vkey(vkey));
    CS_TRY(log, open_log(options.directory, keys, {.read_only = true}));
    auto core = std::make_unique<Core>(options.directory, std::move(log), std::move(verifier),
                                       std::nullopt);
    CS_CHECK(core->start(options));
    return std::unique_ptr<Ledger>(new Ledger(std::move(core)));
  }
  if (log != nullptr) {
    CS_ASSERT(options.log_key != nullptr && !options.origin.empty());
    signer.emplace(options.origin, options.log_key);
  } else {
    auto read = keys.log_key();
    if (!read && read.error().code == Errc::not_found) {
      if (fs::exists(options.directory / kDatabase)) {
        return Error{Errc::not_found, keys.log_key_file().string() +
                                          " is not there. Restore it from your copy of keys/."};
      }
      return Error{Errc::not_found, "no ledger in " + options.directory.string()};
    }
    if (!read) return read.error();
    signer = std::move(*read);
    CS_TRY(log, open_log(options.directory, keys,
                         {.space_reserve_bytes = options.space_reserve_bytes}));
    // Empty though a checkpoint was published is loss, which recovery names.
    if (log->size() == 0 && !fs::exists(options.directory / kPublishedFile)) {
      return Error{Errc::not_found, "the ledger in " + options.directory.string() +
                                        " was never finished: remove it and create it again"};
    }
    CS_CHECK(check_verifier_file(options.directory / kVerifierFile, signer->verifier().vkey()));
  }
  NoteVerifier verifier = signer->verifier();
  auto core = std::make_unique<Core>(options.directory, std::move(log), std::move(verifier),
                                     std::move(signer));
  CS_CHECK(core->start(options));
  return std::unique_ptr<Ledger>(new Ledger(std::move(core)));
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
  if (std::ofstream vkey(directory / kVerifierFile);
      !(vkey << signer.verifier().vkey() << std::endl)) {
    return Error{Errc::io, "cannot write " + (directory / kVerifierFile).string()};
  }

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
std::string Ledger::verifier_key() const { return core_->verifier.vkey(); }
std::string Ledger::sign_pack(const Hash& manifest) const {
  CS_ASSERT(core_->signer.has_value());
  return core_->signer->sign(pack_statement(core_->signer->name(), manifest)).serialize();
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

Result<void> Ledger::purge_erased() { return core_->log->purge_erased(); }

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
