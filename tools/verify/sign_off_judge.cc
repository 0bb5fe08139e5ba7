#include "tools/verify/sign_off_judge.h"

#include "ledger/base/bytes.h"
#include "ledger/base/canonical_json.h"
#include "ledger/base/key_algorithm.h"
#include "ledger/crypto/signed_note.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace countersign::tools {

using nlohmann::json;

namespace {

constexpr std::string_view kFirstLine = "countersign sign-off v1\n";

// The rest of the line that begins so; none: there is no such line, or there are two.
std::optional<std::string_view> line_of(std::string_view text, std::string_view beginning) {
  std::optional<std::string_view> found;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.starts_with(beginning)) {
      if (found) return std::nullopt;
      found = line.substr(beginning.size());
    }
    at = end + 1;
  }
  return found;
}

}  // namespace

std::optional<std::string> judge_sign_off(const json& header, const std::string& note) {
  const json& data = header.at("data");
  const std::string person = header.at("actor").at("person").get<std::string>();
  const std::string origin = header.at("origin").get<std::string>();
  const auto key = ledger::from_base64(data.at("signature").at("public_key").get<std::string>());
  const std::string name = origin + "/persons/" + person;
  if (!key || !ledger::key_algorithm_of(*key) || !ledger::is_note_name(name)) {
    return "its header names no key that could have signed";
  }
  const ledger::NoteVerifier verifier(name, *key);
  const auto opened = ledger::open_note(note, {&verifier, 1});
  if (!opened) return "its sign-off is not signed by the key in its header";
  const std::string& text = opened->text;
  const json& version = data.at("version");
  const std::array<std::pair<std::string_view, std::string>, 5> said = {{
      {"ledger 台账: ", origin},
      {"campaign 采集任务: ", header.at("campaign").get<std::string>()},
      {"version 版本: ", version.at("number").dump()},
      {"content SHA-256 内容: ", version.at("hash").get<std::string>()},
      {"rows 行数: ", version.at("rows").dump()},
  }};
  bool agrees = text.starts_with(kFirstLine);
  for (const auto& [beginning, wanted] : said) {
    const auto line = line_of(text, beginning);
    agrees = agrees && line && *line == wanted;
  }
  const auto table = line_of(text, "table 数据表: ");
  agrees = agrees && table && table->starts_with(header.at("table").get<std::string>() + " / ");
  const auto signer = line_of(text, "signed by 签署人: ");
  agrees = agrees && signer && signer->ends_with(" (" + person + ")");
  if (!agrees) return "its sign-off speaks of another table, version or person than its header";
  return std::nullopt;
}

std::variant<std::vector<std::string>, std::string> judge_sign_offs(
    const json& header, const std::vector<std::string_view>& items) {
  std::vector<std::string> notes;
  for (const std::string_view text : items) {
    const auto item = ledger::parse_canonical(text);
    if (!item || !item->is_object()) return "an item of it is not canonical";
    if (item->value("kind", json()) != "sign_off") continue;
    notes.push_back(item->at("note").get<std::string>());
    if (auto wrong = judge_sign_off(header, notes.back())) return std::move(*wrong);
  }
  return notes;
}

}  // namespace countersign::tools
