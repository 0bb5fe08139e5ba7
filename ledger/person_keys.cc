#include "ledger/person_keys.h"

#include "ledger/base/bytes.h"
#include "ledger/base/key_algorithm.h"

namespace countersign::ledger {

std::string person_key_name(const std::string& origin, const PersonId& person) {
  return origin + "/persons/" + person.value;
}

std::string key_enrolment_text(const KeyEnrolmentText& text) {
  const auto algorithm = key_algorithm_of(text.public_key);
  std::string out = "countersign key enrolment v1\n";
  const auto line = [&out](const char* name, const std::string& value) {
    out += std::string(name) + ": " + value + "\n";
  };
  line("ledger 台账", text.origin);
  line("account 账号", text.account.value);
  line("person 人员", text.person.value);
  line("algorithm 算法", algorithm ? std::string(to_string(*algorithm)) : "unknown");
  line("public key 公钥", to_base64(as_bytes(text.public_key)));
  line("label 名称", text.label);
  line("replaces 替换", text.replaces.empty() ? "none 无" : to_base64(as_bytes(text.replaces)));
  return out;
}

}  // namespace countersign::ledger
