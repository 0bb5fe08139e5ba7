#include "api/wire/body.h"

#include "ledger/base/canonical_json.h"
#include "ledger/domain/erased_item_codec.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

struct BodyReader::State {
  json object;
  std::string path;
  std::set<std::string> seen;
  std::optional<Problem> problem;
};

namespace {

// Elements of a list of objects. Many more rows come as a sheet.
constexpr std::size_t kObjectsMax = 20'000;

Problem member_problem(const std::string& member, const std::string& en, const std::string& zh) {
  Problem problem =
      bad_request("malformed_body", {"请求内容有误：" + member + " " + zh, member + " " + en},
                  {"请按接口说明更正该项", "Correct this member as the API describes"});
  problem.facts["member"] = member;
  return problem;
}

}  // namespace

BodyReader::BodyReader(const Request& request) : state_(std::make_unique<State>()) {
  state_->object = json::object();
  if (request.body.find_first_not_of(" \t\r\n") == std::string::npos) return;
  auto parsed = ledger::parse_json(request.body);
  if (!parsed) {
    reject("body", "is not valid JSON: " + parsed.error().detail, "不是有效的 JSON");
    return;
  }
  if (!parsed->is_object()) {
    reject("body", "must be a JSON object", "必须是 JSON 对象");
    return;
  }
  state_->object = std::move(*parsed);
}

BodyReader::BodyReader(const json& object, std::string path) : state_(std::make_unique<State>()) {
  state_->object = object.is_object() ? object : json::object();
  state_->path = std::move(path);
  if (!object.is_object()) reject("", "must be an object", "必须是对象");
}

BodyReader::~BodyReader() = default;
BodyReader::BodyReader(BodyReader&&) noexcept = default;

void BodyReader::reject(const std::string& name, const std::string& en, const std::string& zh) {
  if (state_->problem) return;
  std::string member = state_->path;
  if (!name.empty()) member += (member.empty() ? "" : ".") + name;
  state_->problem = member_problem(member, en, zh);
}

bool BodyReader::has(const std::string& name) const {
  auto found = state_->object.find(name);
  return found != state_->object.end() && !found->is_null();
}

std::optional<std::string> BodyReader::optional_text(const std::string& name) {
  state_->seen.insert(name);
  if (!has(name)) return std::nullopt;
  const json& value = state_->object.at(name);
  if (!value.is_string()) {
    reject(name, "must be a text", "必须是文本");
    return std::nullopt;
  }
  const auto& text = value.get_ref<const std::string&>();
  if (text.find(ledger::kErasedText) != std::string::npos) {
    // So that where it is read it is true.
    reject(name, "must not say that something was erased", "不得含有表示已依法删除的文字");
    return std::nullopt;
  }
  return text;
}

std::string BodyReader::text(const std::string& name) {
  auto value = optional_text(name);
  if (!value || value->empty()) {
    reject(name, "is required", "为必填项");
    return {};
  }
  return std::move(*value);
}

bool BodyReader::flag(const std::string& name, bool fallback) {
  state_->seen.insert(name);
  if (!has(name)) return fallback;
  const json& value = state_->object.at(name);
  if (!value.is_boolean()) {
    reject(name, "must be true or false", "必须是 true 或 false");
    return fallback;
  }
  return value.get<bool>();
}

std::uint64_t BodyReader::number(const std::string& name) {
  state_->seen.insert(name);
  if (!has(name) || !state_->object.at(name).is_number_unsigned()) {
    reject(name, "must be a whole number", "必须是非负整数");
    return 0;
  }
  return state_->object.at(name).get<std::uint64_t>();
}

std::optional<ledger::Timestamp> BodyReader::optional_instant(const std::string& name) {
  auto value = optional_text(name);
  if (!value) return std::nullopt;
  auto instant = ledger::parse_rfc3339(*value);
  if (!instant) {
    reject(name, "must be an RFC 3339 instant with offset", "必须是带时区的 RFC 3339 时间");
    return std::nullopt;
  }
  return *instant;
}

ledger::Timestamp BodyReader::instant(const std::string& name) {
  auto value = optional_instant(name);
  if (!value) reject(name, "is required", "为必填项");
  return value.value_or(ledger::Timestamp{});
}

std::vector<std::string> BodyReader::texts(const std::string& name) {
  state_->seen.insert(name);
  std::vector<std::string> out;
  if (!has(name)) return out;
  const json& value = state_->object.at(name);
  if (!value.is_array()) {
    reject(name, "must be a list of texts", "必须是文本列表");
    return out;
  }
  for (const json& element : value) {
    if (!element.is_string()) {
      reject(name, "must be a list of texts", "必须是文本列表");
      return {};
    }
    out.push_back(element.get<std::string>());
  }
  return out;
}

std::vector<std::uint64_t> BodyReader::numbers(const std::string& name) {
  state_->seen.insert(name);
  std::vector<std::uint64_t> out;
  if (!has(name)) return out;
  const json& value = state_->object.at(name);
  for (const json& element : value.is_array() ? value : json::array({value})) {
    if (!value.is_array() || !element.is_number_unsigned()) {
      reject(name, "must be a list of whole numbers", "必须是非负整数列表");
      return {};
    }
    out.push_back(element.get<std::uint64_t>());
  }
  return out;
}

std::optional<ledger::Cells> cells_of(const json& object) {
  if (!object.is_object()) return std::nullopt;
  ledger::Cells cells;
  for (const auto& [column, value] : object.items()) {
    if (value.is_null()) {
      cells[column] = std::nullopt;
    } else if (value.is_string()) {
      cells[column] = value.get<std::string>();
    } else if (value.is_number()) {
      cells[column] = ledger::canonical_text(value);
    } else {
      return std::nullopt;
    }
  }
  return cells;
}

ledger::Cells BodyReader::cells(const std::string& name) {
  state_->seen.insert(name);
  if (!has(name)) return {};
  auto cells = cells_of(state_->object.at(name));
  if (!cells) {
    reject(name, "must be an object of texts, numbers and nulls",
           "必须是由文本、数字或 null 组成的对象");
    return {};
  }
  return std::move(*cells);
}

ledger::Hash BodyReader::hash(const std::string& name) {
  auto value = ledger::hash_from_hex(text(name));
  if (!value) {
    reject(name, "must be a SHA-256 value in hexadecimal", "必须是十六进制的 SHA-256 值");
    return {};
  }
  return *value;
}

std::vector<BodyReader> BodyReader::objects(const std::string& name) {
  state_->seen.insert(name);
  std::vector<BodyReader> out;
  if (!has(name)) return out;
  const json& value = state_->object.at(name);
  if (!value.is_array()) {
    reject(name, "must be a list of objects", "必须是对象列表");
    return out;
  }
  if (value.size() > kObjectsMax) {
    reject(name, "must not have more than 20000 elements", "不得超过 20000 项");
    return out;
  }
  const std::string path = state_->path.empty() ? name : state_->path + "." + name;
  for (std::size_t i = 0; i < value.size(); ++i) {
    out.emplace_back(value[i], path + "[" + std::to_string(i) + "]");
  }
  return out;
}

BodyReader BodyReader::object(const std::string& name) {
  state_->seen.insert(name);
  const std::string path = state_->path.empty() ? name : state_->path + "." + name;
  if (!has(name)) {
    reject(name, "is required", "为必填项");
    return BodyReader(json::object(), path);
  }
  return BodyReader(state_->object.at(name), path);
}

std::optional<Problem> BodyReader::finish() {
  if (state_->problem) return state_->problem;
  for (const auto& [name, value] : state_->object.items()) {
    // The unknown name itself comes from the caller and may be anything, so it is not repeated.
    if (!state_->seen.contains(name)) {
      return member_problem(state_->path.empty() ? "body" : state_->path,
                            "has a member this request does not take", "含有未知的成员");
    }
  }
  return std::nullopt;
}

}  // namespace countersign::api
