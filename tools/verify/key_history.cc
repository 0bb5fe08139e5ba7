#include "tools/verify/key_history.h"

#include "ledger/base/canonical_json.h"
#include "tools/verify/sign_off_judge.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using nlohmann::json;

namespace {

struct TypeOfAct {
  std::string_view type;
  KeyAct::Kind kind;
};
constexpr auto kTypesOfActs = std::to_array<TypeOfAct>({
    {"\"ledger.created\"", KeyAct::Kind::enrols},
    {"\"credential.set\"", KeyAct::Kind::enrols},
    {"\"key.enrolled\"", KeyAct::Kind::enrols},
    {"\"key.revoked\"", KeyAct::Kind::revokes},
    {"\"table.submitted\"", KeyAct::Kind::signs},
    {"\"table.approved\"", KeyAct::Kind::signs},
});

const TypeOfAct* type_of_act(std::string_view type) {
  const auto found = std::ranges::find(kTypesOfActs, type, &TypeOfAct::type);
  return found == kTypesOfActs.end() ? nullptr : &*found;
}

using Read = std::variant<KeyAct, std::string>;

Read read_signing(const json& header, const std::vector<std::string_view>& items,
                  std::uint64_t withheld) {
  const auto notes = judge_sign_offs(header, items);
  if (const auto* wrong = std::get_if<std::string>(&notes)) return *wrong;
  const std::size_t shown = std::get<std::vector<std::string>>(notes).size();
  if (shown > 1) return "it holds two sign-offs";
  if (shown == 0 && withheld == 0) return "it holds no sign-off";
  return KeyAct{KeyAct::Kind::signs, header.at("actor").at("person").get<std::string>(),
                header.at("data").at("signature").at("public_key").get<std::string>(), shown == 1};
}

}  // namespace

bool is_about_keys(std::string_view type) { return type_of_act(type) != nullptr; }

Read read_key_act(std::string_view header_text, const std::vector<std::string_view>& items,
                  std::uint64_t withheld) {
  const auto header = ledger::parse_json(header_text);
  if (!header) return "its header does not read";
  try {
    const json& data = header->at("data");
    const TypeOfAct* const type = type_of_act(header->at("type").dump());
    // Of a password alone, and of nothing else: an act that says so of itself is still an act.
    const bool password_alone =
        header->at("type") == "credential.set" && !data.value("enrols", true);
    if (type == nullptr || password_alone) return KeyAct{};
    if (type->kind == KeyAct::Kind::signs) return read_signing(*header, items, withheld);
    // The first account's holder is who creates the ledger.
    const json& holder = header->at("type") == "ledger.created" ? header->at("actor") : data;
    return KeyAct{type->kind, holder.at("person").get<std::string>(),
                  data.at("public_key").get<std::string>()};
  } catch (const json::exception&) {
    return "its header does not say whose key it speaks of";
  }
}

std::optional<std::string> KeyHistory::take(const KeyAct& act) {
  const auto present = present_.find(act.person);
  const bool is_present = present != present_.end() && present->second == act.public_key;
  switch (act.kind) {
    case KeyAct::Kind::none:
      break;
    case KeyAct::Kind::enrols:
      present_[act.person] = act.public_key;
      break;
    case KeyAct::Kind::revokes:
      if (is_present) present_.erase(present);
      break;
    case KeyAct::Kind::signs:
      if (!is_present) return "its sign-off is not of the key that its person had then";
      break;
  }
  return std::nullopt;
}

}  // namespace countersign::tools
