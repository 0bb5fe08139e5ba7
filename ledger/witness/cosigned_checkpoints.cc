#include "ledger/witness/cosigned_checkpoints.h"

#include "ledger/evidence/file_io.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/witness/durable_file.h"

#include <algorithm>
#include <utility>

namespace countersign::ledger {

CosignedCheckpoints::CosignedCheckpoints(std::filesystem::path directory, LogKeys log,
                                         std::vector<CosignatureVerifier> witnesses)
    : directory_(std::move(directory)), log_(std::move(log)), witnesses_(std::move(witnesses)) {
  for (std::size_t n = 1; n <= witnesses_.size(); ++n) {
    const auto file = read_small_file(directory_ / std::to_string(n));
    if (!file) break;
    if (!log_.open(*file)) break;
    auto note = parse_note(*file);
    if (!note) break;
    const auto by = cosigned_by(*note, witnesses_);
    // After the settings changed fewer of them may count.
    if (!by || by->size() < n) break;
    newest_.push_back(std::move(*note));
  }
}

std::vector<NoteSignature> CosignedCheckpoints::held_on(const std::string& text) const {
  std::vector<NoteSignature> lines;
  for (const SignedNote& note : newest_) {
    if (note.text != text) continue;
    for (const NoteSignature& line : note.signatures) {
      const bool ours = std::any_of(witnesses_.begin(), witnesses_.end(),
                                    [&](const auto& one) { return one.claims(line); });
      const bool there = std::any_of(lines.begin(), lines.end(), [&](const NoteSignature& other) {
        return other.name == line.name && other.key_id == line.key_id;
      });
      if (ours && !there) lines.push_back(line);
    }
  }
  return lines;
}

Result<void> CosignedCheckpoints::add(const SignedNote& note,
                                      const std::vector<NoteSignature>& cosignatures) {
  const std::lock_guard lock(mutex_);
  SignedNote whole{note.text, {}};
  for (const NoteSignature& line : note.signatures) {
    // Those of the log itself, also beside its own key's.
    if (line.name == log_.origin()) whole.signatures.push_back(line);
  }
  for (const NoteSignature& line : cosignatures) whole.signatures.push_back(line);
  for (NoteSignature& line : held_on(note.text)) {
    const bool anew = std::any_of(cosignatures.begin(), cosignatures.end(), [&](const auto& other) {
      return other.name == line.name && other.key_id == line.key_id;
    });
    if (!anew) whole.signatures.push_back(std::move(line));
  }
  CS_TRY(const auto by, cosigned_by(whole, witnesses_));
  CS_CHECK(make_owner_directory(directory_));
  const std::string text = whole.serialize();
  for (std::size_t n = 1; n <= by.size(); ++n) {
    CS_CHECK(replace_durably(directory_ / std::to_string(n), text));
    if (newest_.size() < n) newest_.emplace_back();
    newest_[n - 1] = whole;
  }
  return {};
}

std::optional<std::string> CosignedCheckpoints::newest(std::size_t witnesses) const {
  const std::lock_guard lock(mutex_);
  if (witnesses == 0 || witnesses > newest_.size()) return std::nullopt;
  return newest_[witnesses - 1].serialize();
}

std::string CosignedCheckpoints::with_cosignatures(const std::string& note) const {
  auto parsed = parse_note(note);
  if (!parsed) return note;
  const std::lock_guard lock(mutex_);
  for (NoteSignature& line : held_on(parsed->text)) parsed->signatures.push_back(std::move(line));
  return parsed->serialize();
}

std::optional<CosignedCheckpoints::Last> CosignedCheckpoints::last(
    const CosignatureVerifier& witness) const {
  const std::lock_guard lock(mutex_);
  for (const SignedNote& note : newest_) {
    for (const NoteSignature& line : note.signatures) {
      if (!witness.claims(line)) continue;
      const auto seconds = witness.verify(line, note.text);
      const auto checkpoint = parse_checkpoint(note.text);
      if (seconds && checkpoint) return Last{checkpoint->tree_size, *seconds};
    }
  }
  return std::nullopt;
}

}  // namespace countersign::ledger
