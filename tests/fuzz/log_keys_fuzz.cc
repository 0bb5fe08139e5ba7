// The offline verifier on any file of a log's keys: keys that follow one another, or an error.
#include "tests/fuzz/fuzz_target.h"
#include "tools/verify/log_keys_verifier.h"

namespace countersign::fuzz {

void run(std::string_view input) {
  const auto keys = tools::verify_log_keys(input, "");
  if (!keys) return;
  CS_ASSERT(!tools::log_keys_text(*keys, false).empty());
  for (std::size_t i = 0; i < keys->all().size(); ++i) {
    CS_ASSERT(tools::verify_log_keys(input, keys->all()[i].vkey()));
    CS_ASSERT(keys->at(keys->from()[i]).back().vkey() == keys->all()[i].vkey());
    CS_ASSERT(i == 0 || keys->from()[i] > keys->from()[i - 1]);
  }
}

}  // namespace countersign::fuzz
