#include "ledger/witness/add_checkpoint.h"

#include <algorithm>
#include <charconv>

namespace countersign::ledger {

namespace {

constexpr std::string_view kOld = "old ";
constexpr std::size_t kProofMax = 63;

Error malformed() { return {Errc::malformed, "not a request for a cosignature"}; }

}  // namespace

Result<AddCheckpointParts> split_add_checkpoint(std::string_view body) {
  const auto blank = body.find("\n\n");
  if (blank == std::string_view::npos) return malformed();
  return AddCheckpointParts{body.substr(0, blank + 1), body.substr(blank + 2)};
}

Result<TreeSize> parse_tree_size(std::string_view text) {
  TreeSize size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
      (text.size() > 1 && text[0] == '0') || size > static_cast<TreeSize>(INT64_MAX)) {
    return Error{Errc::malformed, "not a tree size"};
  }
  return size;
}

Result<AddCheckpointHead> parse_add_checkpoint_head(std::string_view head) {
  if (!head.starts_with(kOld) || !head.ends_with('\n')) return malformed();
  const auto first = head.find('\n');
  AddCheckpointHead parsed;
  CS_TRY(parsed.old_size, parse_tree_size(head.substr(kOld.size(), first - kOld.size())));
  head.remove_prefix(first + 1);
  while (!head.empty()) {
    const auto end = head.find('\n');
    CS_TRY(const std::string bytes, from_base64(head.substr(0, end)));
    Hash hash{};
    if (bytes.size() != hash.size() || parsed.proof.size() == kProofMax) return malformed();
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    parsed.proof.push_back(hash);
    head.remove_prefix(end + 1);
  }
  return parsed;
}

std::string AddCheckpointHead::text() const {
  std::string out = std::string(kOld) + std::to_string(old_size) + "\n";
  for (const Hash& hash : proof) out += to_base64(hash) + "\n";
  return out;
}

std::string add_checkpoint_request(const AddCheckpointHead& head, std::string_view note) {
  return head.text() + "\n" + std::string(note);
}

}  // namespace countersign::ledger
