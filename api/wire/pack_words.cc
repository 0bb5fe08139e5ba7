#include "api/wire/pack_words.h"

#include "api/wire/html.h"

#include <cstdio>

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

constexpr const char* kNone = "–";

// "Name (key)", where the definition has a name.
std::string named(const std::string& name, const std::string& key) {
  return name.empty() || name == key ? html_text(key)
                                     : html_text(name) + " (" + html_text(key) + ")";
}

}  // namespace

std::string PackWords::value(const json& value) const {
  if (value.is_null()) return kNone;
  if (value.is_string()) return html_text(value.get<std::string>());
  if (value.is_boolean()) return value.get<bool>() ? say("是", "yes") : say("否", "no");
  return html_text(value.dump());
}

std::string PackWords::both(const json& text) const {
  if (!text.is_object()) return kNone;
  return value(text.value(language_ == Language::zh ? "zh" : "en", json()));
}

std::string PackWords::word(std::string_view word) const {
  return html_text(in(language_, words_of(word)));
}

std::string PackWords::table(const json& key) const {
  if (!key.is_string() || key.get<std::string>().empty()) return kNone;
  const auto* found = campaign_.table(ledger::TableKey(key.get<std::string>()));
  return named(found == nullptr ? "" : std::string(in(language_, found->name)),
               key.get<std::string>());
}

std::string PackWords::department(const json& id) const {
  if (!id.is_string() || id.get<std::string>().empty()) return kNone;
  const auto* found = campaign_.department(ledger::DepartmentId(id.get<std::string>()));
  return named(found == nullptr ? "" : std::string(in(language_, found->name)),
               id.get<std::string>());
}

std::string PackWords::level(const std::string& id) const {
  if (id == "submission") return say("提交", "submission");
  const auto* found = campaign_.level(ledger::LevelId(id));
  return named(found == nullptr ? "" : std::string(in(language_, found->name)), id);
}

std::string PackWords::instant(const json& utc) const {
  if (!utc.is_string()) return kNone;
  const auto parsed = ledger::parse_rfc3339(utc.get<std::string>());
  if (!parsed) return value(utc);
  return ledger::format_local(*parsed, campaign_.calendar.utc_offset_minutes);
}

std::string PackWords::seconds(const json& seconds) const {
  if (!seconds.is_number_integer()) return kNone;
  constexpr std::int64_t kDay = 86'400;
  const auto all = seconds.get<std::int64_t>();
  const std::int64_t rest = all % kDay;
  char clock[16];
  std::snprintf(clock, sizeof clock, "%02d:%02d:%02d", static_cast<int>(rest / 3600),
                static_cast<int>(rest / 60 % 60), static_cast<int>(rest % 60));
  if (all < kDay) return clock;
  return std::to_string(all / kDay) + say(" 天 ", " d ") + clock;
}

std::string PackWords::entry(const json& index) const {
  const std::string number = value(index);
  return "<a href=\"#e" + number + "\">#" + number + "</a>";
}

std::string PackWords::entries(const json& indices) const {
  std::string out;
  for (const json& index : indices) out += (out.empty() ? "" : " ") + entry(index);
  return out.empty() ? kNone : out;
}

std::string PackWords::actor(const json& actor) const {
  const std::string role = actor.value("role", "");
  std::string out = value(actor.value("account", json())) + " / " +
                    value(actor.value("person", json())) + "<br>" + word(role);
  if (actor.contains("department")) out += ", " + department(actor["department"]);
  if (actor.contains("on_behalf_of")) {
    out += "<br>" + say("代 ", "on behalf of ") + value(actor["on_behalf_of"]);
  }
  return out;
}

}  // namespace countersign::api
