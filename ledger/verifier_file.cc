#include "ledger/verifier_file.h"

#include "ledger/base/key_algorithm.h"
#include "ledger/crypto/secret_file.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace countersign::ledger {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFile = "vkey";
constexpr const char* kSm2File = "vkey.sm2";

bool is_sm2(const NoteVerifier& key) { return key.public_key().size() == kSm2PublicKeyBytes; }

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Error not_its_key(const fs::path& file, const NoteVerifier& key) {
  return {Errc::corrupt, file.string() +
                             (fs::exists(file) ? " does not hold" : " is not there; it holds") +
                             " this log's verifier key. Nothing was changed. Find out who changed "
                             "it, then write one line into it: " +
                             key.vkey()};
}

}  // namespace

Result<NoteVerifier> read_verifier_file(const fs::path& ledger) {
  std::ifstream file(ledger / kFile);
  std::string line;
  if (!std::getline(file, line)) return Error{Errc::not_found, "no ledger in " + ledger.string()};
  return NoteVerifier::from_vkey(line);
}

Result<void> write_verifier_file(const fs::path& ledger, const NoteVerifier& key) {
  const fs::path file = ledger / (is_sm2(key) ? kSm2File : kFile);
  CS_CHECK(replace_secret_file(file, key.vkey() + "\n"));
  // No secret: whoever may enter the directory may read it.
  std::error_code failed;
  fs::permissions(file, fs::perms::group_read | fs::perms::others_read, fs::perm_options::add,
                  failed);
  return {};
}

Result<void> check_verifier_files(const fs::path& ledger, const LogKeys& keys,
                                  const NoteVerifier* sm2) {
  const std::string text = text_of(ledger / kFile);
  if (text != keys.current().vkey() + "\n") {
    const bool earlier = std::ranges::any_of(
        keys.all(), [&](const NoteVerifier& one) { return text == one.vkey() + "\n"; });
    if (!earlier) return not_its_key(ledger / kFile, keys.current());
    CS_CHECK(write_verifier_file(ledger, keys.current()));
  }
  if (sm2 == nullptr) return {};
  if (!fs::exists(ledger / kSm2File)) return write_verifier_file(ledger, *sm2);
  if (text_of(ledger / kSm2File) != sm2->vkey() + "\n") {
    return not_its_key(ledger / kSm2File, *sm2);
  }
  return {};
}

}  // namespace countersign::ledger
