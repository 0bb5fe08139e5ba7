#include "ledger/domain/erased_item_codec.h"

#include "ledger/base/canonical_json.h"

#include <array>

#include <nlohmann/json.hpp>

namespace countersign::ledger {

using nlohmann::json;

namespace {

constexpr const char* kMark = "erased";

struct Words {
  std::string_view kind;
  std::array<const char*, 3> members;  // null: no further one
};
constexpr auto kWords = std::to_array<Words>({
    {"text", {"text", nullptr, nullptr}},
    {"return_reason", {"text", nullptr, nullptr}},
    {"opinion", {"text", nullptr, nullptr}},
    {"item_reason", {"text", nullptr, nullptr}},
    {"document", {"title", nullptr, nullptr}},
    {"finding", {"note", nullptr, nullptr}},
    {"plan_item", {"cause", "measure", "owner"}},
});

std::string text_member(const json& item, const char* name) {
  const auto found = item.find(name);
  return found != item.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// A row's key, and the label that a signed note of enrolment repeats.
bool stays(const json& item) {
  const std::string role = text_member(item, "role");
  return role == "row" || role == "label";
}

}  // namespace

std::optional<std::string> left_without_words(std::string_view text) {
  auto item = parse_json(text);
  if (!item || !item->is_object() || item->contains(kMark) || stays(*item)) return std::nullopt;
  const std::string kind = text_member(*item, "kind");
  json erased = json::array();
  for (const Words& words : kWords) {
    if (words.kind != kind) continue;
    for (const char* member : words.members) {
      if (member != nullptr && item->erase(member) > 0) erased.push_back(member);
    }
  }
  if (erased.empty()) return std::nullopt;
  (*item)[kMark] = std::move(erased);
  return canonical_text(*item);
}

std::optional<std::string> left_without_name(std::string_view text, const PersonId& person) {
  const auto item = parse_json(text);
  if (!item || !item->is_object() || item->contains(kMark) ||
      text_member(*item, "kind") != "person" || text_member(*item, "id") != person.value) {
    return std::nullopt;
  }
  return canonical_text({{"kind", "person"},
                         {"id", person.value},
                         {"department", text_member(*item, "department")},
                         {kMark, {"name"}}});
}

void restore_words(json& item) {
  const auto mark = item.is_object() ? item.find(kMark) : item.end();
  if (mark == item.end() || !mark->is_array()) return;
  const json members = std::move(*mark);
  item.erase(mark);
  for (const json& member : members) {
    if (member.is_string()) item[member.get<std::string>()] = kErasedText;
  }
}

}  // namespace countersign::ledger
