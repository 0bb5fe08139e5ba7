#include "ledger/merkle/tlog_proof.h"

#include "ledger/merkle/verify_proof.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace countersign::ledger {

namespace {

constexpr std::string_view kMagic = "c2sp.org/tlog-proof@v1\n";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
constexpr std::size_t kPathMax = 63;

Error malformed() { return {Errc::malformed, "not a tlog-proof"}; }

}  // namespace

std::string TlogProof::text() const {
  constexpr std::size_t kNumberMax = 20;
  constexpr std::size_t kPathLine = 45;
  std::string out;
  out.reserve(kMagic.size() + kIndex.size() + kNumberMax + 2 + path.size() * kPathLine +
              checkpoint.size());
  out.append(kMagic).append(kIndex).append(std::to_string(index)).append("\n");
  for (const Hash& hash : path) {
    append_base64(out, hash);
    out += '\n';
  }
  return out.append("\n").append(checkpoint);
}

Result<TlogProof> parse_tlog_proof(std::string_view text) {
  const auto take_line = [&text]() -> std::optional<std::string_view> {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
  };
  if (!text.starts_with(kMagic)) return malformed();
  text.remove_prefix(kMagic.size());
  auto line = take_line();
  if (line && line->starts_with(kExtra)) {
    CS_TRY(const std::string extra, from_base64(line->substr(kExtra.size())));
    line = take_line();
  }
  if (!line || !line->starts_with(kIndex)) return malformed();
  const std::string_view digits = line->substr(kIndex.size());
  TlogProof proof;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), proof.index);
  if (error != std::errc() || end != digits.data() + digits.size() ||
      (digits.size() > 1 && digits[0] == '0')) {
    return malformed();
  }
  while (true) {
    line = take_line();
    if (!line) return malformed();
    if (line->empty()) break;
    CS_TRY(const std::string bytes, from_base64(*line));
    Hash hash{};
    if (bytes.size() != hash.size() || proof.path.size() == kPathMax) return malformed();
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    proof.path.push_back(hash);
  }
  proof.checkpoint = text;
  return proof;
}

Result<Checkpoint> verify_tlog_proof(std::string_view text, const Hash& leaf,
                                     const NoteVerifier& log) {
  CS_TRY(const TlogProof proof, parse_tlog_proof(text));
  CS_TRY(Checkpoint checkpoint, open_checkpoint(proof.checkpoint, log));
  CS_CHECK(
      verify_inclusion(leaf, proof.index, checkpoint.tree_size, proof.path, checkpoint.root_hash));
  return checkpoint;
}

}  // namespace countersign::ledger
