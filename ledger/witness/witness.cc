#include "ledger/witness/witness.h"

#include "ledger/base/diagnostics.h"
#include "ledger/crypto/secret_file.h"
#include "ledger/crypto/sha256.h"
#include "ledger/evidence/file_io.h"
#include "ledger/merkle/tree_hash.h"
#include "ledger/merkle/verify_proof.h"
#include "ledger/witness/add_checkpoint.h"
#include "ledger/witness/durable_file.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>

namespace countersign::ledger {

namespace {

constexpr std::string_view kOriginsHead =
    "# The logs this witness knows, one a line: log <vkey> [<url>]\n";
// Of one log and one kind. Bounds what a log that signs without end may fill; each is another
// checkpoint it signed.
constexpr std::size_t kEvidenceMax = 1000;

Witness::Reply refusal(int status, std::string why) {
  return {status, "text/plain; charset=utf-8", std::move(why) + "\n"};
}

Error damaged(const std::filesystem::path& file, const std::string& why) {
  return {Errc::corrupt, file.string() + " is damaged (" + why +
                             "): this witness no longer knows what it cosigned, so it does not "
                             "start; bring back the newest copy of the file that is whole"};
}

Result<FileHandle> lock_directory(const std::filesystem::path& directory) {
  FileHandle file(::open((directory / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file.get() < 0) return system_error(directory / "lock", "cannot open");
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error{Errc::conflict, "another process runs with " + directory.string()};
  }
  return file;
}

std::string_view without_newline(std::string_view text) {
  return text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
}

}  // namespace

Result<std::string> Witness::create(const std::filesystem::path& directory,
                                    const std::string& name) {
  if (!is_note_name(name)) {
    return Error{Errc::malformed, "a witness's name has no space and no '+'"};
  }
  CS_CHECK(make_owner_directory(directory));
  CS_CHECK(make_owner_directory(directory / "state"));
  CS_CHECK(make_owner_directory(directory / "evidence"));
  const Cosigner cosigner(name, std::make_shared<const SigningKey>(SigningKey::generate()));
  CS_CHECK(write_secret_file(directory / "key", cosigner.skey() + "\n"));
  std::error_code unknown;
  if (!std::filesystem::exists(directory / "origins", unknown)) {
    CS_CHECK(replace_durably(directory / "origins", kOriginsHead));
  }
  return cosigner.verifier().vkey();
}

Result<std::unique_ptr<Witness>> Witness::open(const std::filesystem::path& directory,
                                               const Clock& clock) {
  CS_TRY(const std::string key, read_secret_file(directory / "key"));
  CS_TRY(Cosigner cosigner, Cosigner::from_skey(without_newline(key)));
  CS_TRY(const std::string policy, read_small_file(directory / "origins"));
  CS_TRY(Origins origins, parse_origins(policy));
  CS_TRY(FileHandle lock, lock_directory(directory));
  for (const char* part : {"state", "evidence"}) {
    // One that went missing with what it held would let every log begin anew.
    std::error_code unknown;
    if (!std::filesystem::is_directory(directory / part, unknown)) {
      return damaged(directory / part, "it is not there");
    }
  }
  std::unique_ptr<Witness> witness(
      new Witness(directory, clock, std::move(cosigner), std::move(lock)));
  for (auto& [origin, keys] : origins) {
    auto log = std::make_unique<Log>();
    log->origin = origin;
    log->keys = std::move(keys);
    const std::string id = origin_id(origin);
    log->file = directory / "state" / id;
    CS_CHECK(witness->load(*log));
    witness->logs_.emplace(id, std::move(log));
  }
  return witness;
}

Witness::Witness(std::filesystem::path directory, const Clock& clock, Cosigner cosigner,
                 FileHandle lock)
    : directory_(std::move(directory)),
      clock_(clock),
      cosigner_(std::move(cosigner)),
      lock_(std::make_unique<FileHandle>(std::move(lock))) {}

Witness::~Witness() = default;

Result<void> Witness::load(Log& log) const {
  auto note = read_small_file(log.file);
  if (!note) {
    if (note.error().code == Errc::not_found) return {};
    return damaged(log.file, note.error().detail);
  }
  // The log's key may have been replaced since; our own line is what vouches for the file.
  const auto parsed = parse_note(*note);
  if (!parsed) return damaged(log.file, parsed.error().detail);
  const auto ours = cosigned_by(*parsed, {&cosigner_.verifier(), 1});
  if (!ours || ours->empty())
    return damaged(log.file, "this witness's cosignature does not verify");
  auto checkpoint = parse_checkpoint(parsed->text);
  if (!checkpoint || checkpoint->origin != log.origin) {
    return damaged(log.file, "not a checkpoint of " + log.origin);
  }
  log.cosigned = std::move(*checkpoint);
  log.note = std::move(*note);
  return {};
}

Witness::Reply Witness::add_checkpoint(std::string_view request) {
  Reply reply = decide(request);
  ++(reply.status == 200 ? cosigned_ : refused_);
  return reply;
}

Witness::Reply Witness::decide(std::string_view request) {
  const auto parts = split_add_checkpoint(request);
  if (!parts) return refusal(400, parts.error().detail);
  const auto note = parse_note(parts->note);
  if (!note) return refusal(400, note.error().detail);
  const auto log = logs_.find(origin_id(note->text.substr(0, note->text.find('\n'))));
  if (log == logs_.end()) return refusal(404, "unknown origin");
  const auto opened = open_note(parts->note, log->second->keys);
  if (!opened) return refusal(403, opened.error().detail);
  const std::lock_guard lock(log->second->mutex);
  return step(*log->second, *opened, parts->head, request);
}

Witness::Reply Witness::step(Log& log, const SignedNote& note, std::string_view head,
                             std::string_view request) {
  const auto asked = parse_add_checkpoint_head(head);
  if (!asked) return refusal(400, asked.error().detail);
  const auto shown = parse_checkpoint(note.text);
  if (!shown) return refusal(400, shown.error().detail);
  if (asked->old_size > shown->tree_size) {
    return refusal(400, "the old size is larger than the checkpoint's");
  }
  const TreeSize last = log.cosigned ? log.cosigned->tree_size : 0;
  if (log.cosigned && shown->tree_size == last && shown->root_hash != log.cosigned->root_hash) {
    // Whatever size it is asked from, these are two histories under one key.
    Reply kept = keep_evidence(log, *shown, request, true);
    if (asked->old_size == last || kept.status == 500) return kept;
  }
  if (asked->old_size != last) {
    return {409, "text/x.tlog.size", std::to_string(last) + "\n"};
  }
  if (shown->tree_size == 0 && shown->root_hash != hash_empty()) {
    return refusal(422, "not the root of an empty tree");
  }
  if (last == 0) {
    if (!asked->proof.empty()) return refusal(422, "from size 0 there is nothing to prove");
  } else if (!verify_consistency(last, shown->tree_size, asked->proof, log.cosigned->root_hash,
                                 shown->root_hash)) {
    if (shown->tree_size == last) return refusal(422, "of one tree there is nothing to prove");
    return keep_evidence(log, *shown, request, false);
  }

  const auto seconds = static_cast<std::uint64_t>(clock_.now().micros / 1'000'000);
  const NoteSignature cosignature = cosigner_.cosign(note.text, seconds);
  // Of its lines those of the log, which are verified; what else stood there is nobody's word.
  SignedNote kept{note.text, {}};
  for (const NoteSignature& signature : note.signatures) {
    const bool known = std::any_of(log.keys.begin(), log.keys.end(), [&](const NoteVerifier& key) {
      return key.name() == signature.name && key.key_id() == signature.key_id;
    });
    if (known) kept.signatures.push_back(signature);
  }
  kept.signatures.push_back(cosignature);
  std::string text = kept.serialize();
  if (const auto durable = replace_durably(log.file, text); !durable) {
    diag::error("witness.state_not_kept",
                {{"origin", log.origin}, {"why", durable.error().detail}});
    return refusal(500, "the checkpoint could not be kept, so it is not cosigned");
  }
  log.cosigned = *shown;
  log.note = std::move(text);
  return {200, "text/plain; charset=utf-8", cosignature.line()};
}

Witness::Reply Witness::keep_evidence(const Log& log, const Checkpoint& shown,
                                      std::string_view request, bool fork) {
  const std::string of_its_kind =
      (fork ? "fork-" : "unproved-") + origin_id(log.origin).substr(0, 16) + "-";
  const std::string name = of_its_kind + std::to_string(shown.tree_size) + "-" +
                           to_hex(sha256(as_bytes(shown.text()))).substr(0, 16);
  const std::filesystem::path base = directory_ / "evidence" / name;
  const Reply refused =
      fork ? refusal(422, "another root of the size that was cosigned: the log has two histories")
           : refusal(422, "no proof that the checkpoint continues what was cosigned");
  // One pair of files a checkpoint; sent again it tells nothing new.
  std::error_code failed;
  if (std::filesystem::exists(base.string() + ".request", failed)) return refused;
  // Of each log and kind by itself, so that no log takes another's room, and what is merely
  // unproved leaves room for what is certain.
  std::size_t files = 0;
  for (std::filesystem::directory_iterator at(directory_ / "evidence", failed), end;
       !failed && at != end; at.increment(failed)) {
    if (at->path().filename().string().starts_with(of_its_kind)) ++files;
  }
  Result<void> kept = failed ? Result<void>(Error{Errc::io, failed.message()}) : Result<void>();
  if (files >= 2 * kEvidenceMax) kept = Error{Errc::overloaded, "enough is kept already"};
  if (kept) kept = replace_durably(base.string() + ".cosigned", log.note);
  if (kept) kept = replace_durably(base.string() + ".request", request);
  if (!kept) {
    diag::error("witness.evidence_not_kept",
                {{"origin", log.origin}, {"why", kept.error().detail}});
  }
  if (fork) {
    // It is certain, kept or not.
    ++forks_;
    diag::error("witness.fork_seen", {{"origin", log.origin},
                                      {"size", std::to_string(shown.tree_size)},
                                      {"evidence", kept ? name : "not kept"}});
    if (!kept && kept.error().code != Errc::overloaded) {
      return refusal(500, "the evidence of two histories could not be kept");
    }
  } else if (kept) {
    ++unproved_;
    diag::error(
        "witness.unproved_seen",
        {{"origin", log.origin}, {"size", std::to_string(shown.tree_size)}, {"evidence", name}});
  }
  return refused;
}

Witness::Reply Witness::checkpoint(std::string_view id) const {
  const auto log = logs_.find(id);
  if (log == logs_.end()) return refusal(404, "unknown origin");
  const std::lock_guard lock(log->second->mutex);
  if (!log->second->cosigned) return refusal(404, "nothing was cosigned yet");
  return {200, "text/plain; charset=utf-8", log->second->note};
}

Witness::Counts Witness::counts() const { return {cosigned_, refused_, forks_, unproved_}; }

}  // namespace countersign::ledger
