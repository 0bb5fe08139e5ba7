#include "ledger/merkle/checkpoint.h"

#include <algorithm>
#include <charconv>

namespace countersign::ledger {

namespace {

Error malformed() { return {Errc::malformed, "not a checkpoint"}; }

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return {};
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string Checkpoint::text() const {
  return origin + "\n" + std::to_string(tree_size) + "\n" + to_base64(root_hash) + "\n";
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  Checkpoint checkpoint;
  checkpoint.origin = take_line(text);
  const std::string_view size = take_line(text);
  const std::string_view root = take_line(text);
  if (checkpoint.origin.empty() || size.empty() || (size.size() > 1 && size[0] == '0')) {
    return malformed();
  }
  const auto [end, error] =
      std::from_chars(size.data(), size.data() + size.size(), checkpoint.tree_size);
  if (error != std::errc() || end != size.data() + size.size() ||
      checkpoint.tree_size > static_cast<TreeSize>(INT64_MAX)) {
    return malformed();
  }
  CS_TRY(const std::string hash, from_base64(root));
  if (hash.size() != checkpoint.root_hash.size()) return malformed();
  std::copy(hash.begin(), hash.end(), checkpoint.root_hash.begin());
  while (!text.empty()) {
    if (take_line(text).empty()) return malformed();
  }
  return checkpoint;
}

Result<Checkpoint> parse_checkpoint_note(std::string_view note) {
  CS_TRY(const SignedNote parsed, parse_note(note));
  return parse_checkpoint(parsed.text);
}

Result<Checkpoint> open_checkpoint(std::string_view note, const NoteVerifier& log) {
  CS_TRY(const SignedNote opened, open_note(note, {&log, 1}));
  CS_TRY(Checkpoint checkpoint, parse_checkpoint(opened.text));
  if (checkpoint.origin != log.name()) {
    return Error{Errc::unauthorized, "the checkpoint is of another origin"};
  }
  return checkpoint;
}

}  // namespace countersign::ledger
