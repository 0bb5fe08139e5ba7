#include "api/processes/pack_timestamps.h"

#include "ledger/merkle/checkpoint.h"
#include "ledger/reader.h"
#include "ledger/witness/kept_timestamps.h"

#include <algorithm>
#include <map>
#include <vector>

namespace countersign::api {

using ledger::ArchiveFiles;
using ledger::LeafIndex;
using ledger::Result;
using ledger::TreeSize;

namespace {

// A verifier need not read packs of more than 10,000 files.
constexpr std::size_t kPackTokensMax = 500;

// Tokens by number, of which each stamps at least as many entries as the one before. Each is read
// once.
class TokensBySize {
 public:
  explicit TokensBySize(const ledger::KeptTimestamps& kept) : kept_(kept) {}

  struct Token {
    ledger::KeptTimestamp files;
    TreeSize size = 0;
  };
  Result<const Token*> token(std::uint64_t number) {
    const auto known = read_.find(number);
    if (known != read_.end()) return &known->second;
    Token token;
    CS_TRY(token.files, kept_.token(number));
    CS_TRY(const auto checkpoint, ledger::parse_checkpoint_note(token.files.checkpoint));
    token.size = checkpoint.tree_size;
    return &read_.emplace(number, std::move(token)).first->second;
  }
  // The first that covers the entry; null: none does yet.
  Result<const Token*> covering(LeafIndex entry) {
    std::uint64_t first = 1;
    std::uint64_t end = kept_.count() + 1;
    while (first < end) {
      const std::uint64_t middle = first + (end - first) / 2;
      CS_TRY(const Token* const one, token(middle));
      if (one->size > entry) {
        end = middle;
      } else {
        first = middle + 1;
      }
    }
    if (first > kept_.count()) return static_cast<const Token*>(nullptr);
    return token(first);
  }

 private:
  const ledger::KeptTimestamps& kept_;
  std::map<std::uint64_t, Token> read_;
};

// Distinct numbers, ascending; of too many every k-th, the last always: each still covers what those
// left out did, only later.
std::vector<std::uint64_t> thinned(const std::set<std::uint64_t>& numbers) {
  const std::size_t step = (numbers.size() + kPackTokensMax - 1) / kPackTokensMax;
  std::vector<std::uint64_t> kept;
  std::size_t left = numbers.size();
  for (const std::uint64_t number : numbers) {
    if (--left % step == 0) kept.push_back(number);
  }
  return kept;
}

}  // namespace

Result<ArchiveFiles> pack_timestamps(const ledger::KeptTimestamps& kept,
                                     const ledger::Reader& reader, TreeSize as_of,
                                     const std::set<LeafIndex>& entries) {
  TokensBySize tokens(kept);
  std::set<std::uint64_t> numbers;
  for (const LeafIndex entry : entries) {
    CS_TRY(const TokensBySize::Token* const found, tokens.covering(entry));
    if (found == nullptr) break;  // nor is any later entry covered
    numbers.insert(found->files.number);
  }
  ArchiveFiles files;
  for (const std::uint64_t number : thinned(numbers)) {
    CS_TRY(const TokensBySize::Token* const one, tokens.token(number));
    CS_TRY(const auto path, reader.consistency_proof(std::min(one->size, as_of),
                                                     std::max(one->size, as_of)));
    std::string lines;
    for (const ledger::Hash& hash : path) lines += ledger::to_base64(hash) + "\n";
    const std::string name = "timestamps/" + std::to_string(number);
    files[name + ".checkpoint"] = one->files.checkpoint;
    files[name + ".consistency"] = std::move(lines);
    files[name + ".tsq"] = one->files.request;
    files[name + ".tsr"] = one->files.reply;
  }
  return files;
}

}  // namespace countersign::api
