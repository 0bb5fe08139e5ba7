// Reading JSON objects member by member, with errors that name the member. Private to codecs.
#pragma once

#include "ledger/base/bytes.h"
#include "ledger/base/result.h"
#include "ledger/base/time.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace countersign::ledger {

// Keeps the first problem; after that every read returns an empty value.
class JsonReader {
 public:
  JsonReader(const nlohmann::json& object, std::string path, std::string& problem)
      : object_(object), path_(std::move(path)), problem_(problem) {
    if (!object_.is_object()) note("", "must be an object");
  }

  const nlohmann::json* find(const std::string& name) {
    seen_.insert(name);
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }
  bool has(const std::string& name) { return find(name) != nullptr; }

  std::string text(const std::string& name) {
    const auto* value = find(name);
    if (value == nullptr || !value->is_string()) {
      note(name, "must be a text");
      return {};
    }
    return value->get<std::string>();
  }
  std::string text_or(const std::string& name, std::string fallback) {
    return has(name) ? text(name) : std::move(fallback);
  }
  bool flag(const std::string& name, bool fallback = false) {
    const auto* value = find(name);
    if (value == nullptr) return fallback;
    if (!value->is_boolean()) note(name, "must be true or false");
    return value->is_boolean() && value->get<bool>();
  }
  std::uint64_t number(const std::string& name) {
    const auto* value = find(name);
    if (value == nullptr || !value->is_number_unsigned()) {
      note(name, "must be a whole number");
      return 0;
    }
    return value->get<std::uint64_t>();
  }
  std::uint64_t number_or(const std::string& name, std::uint64_t fallback) {
    return has(name) ? number(name) : fallback;
  }
  double decimal(const std::string& name) {
    const auto* value = find(name);
    if (value == nullptr || !value->is_number()) {
      note(name, "must be a number");
      return 0;
    }
    return value->get<double>();
  }
  std::optional<double> optional_decimal(const std::string& name) {
    if (!has(name)) return std::nullopt;
    return decimal(name);
  }
  Timestamp instant(const std::string& name) {
    auto parsed = parse_rfc3339(text(name));
    if (!parsed) {
      note(name, "must be an RFC 3339 instant with offset");
      return {};
    }
    return *parsed;
  }
  std::optional<Timestamp> optional_instant(const std::string& name) {
    if (!has(name)) return std::nullopt;
    return instant(name);
  }
  Hash hash(const std::string& name) {
    auto parsed = hash_from_hex(text(name));
    if (!parsed) {
      note(name, "must be a SHA-256 value in hexadecimal");
      return {};
    }
    return *parsed;
  }
  std::string bytes(const std::string& name) {  // base64
    auto parsed = from_base64(text(name));
    if (!parsed) {
      note(name, "must be base64");
      return {};
    }
    return std::move(*parsed);
  }
  std::vector<std::string> texts(const std::string& name) {
    std::vector<std::string> out;
    for (const auto* element : elements(name)) {
      if (!element->is_string()) {
        note(name, "must be a list of texts");
        return {};
      }
      out.push_back(element->get<std::string>());
    }
    return out;
  }
  template <typename Id>
  std::vector<Id> ids(const std::string& name) {
    std::vector<Id> out;
    for (auto& text : texts(name)) out.emplace_back(std::move(text));
    return out;
  }
  // One of the values that `from` knows by name; otherwise noted, and `fallback`.
  template <typename Value>
  Value choice(const std::string& name, std::optional<Value> (*from)(std::string_view),
               Value fallback) {
    const auto found = from(text(name));
    if (!found) note(name, "is not one of the values allowed");
    return found.value_or(fallback);
  }
  // Elements of a list; absent: none.
  std::vector<const nlohmann::json*> elements(const std::string& name) {
    std::vector<const nlohmann::json*> out;
    const auto* value = find(name);
    if (value == nullptr) return out;
    if (!value->is_array()) {
      note(name, "must be a list");
      return out;
    }
    for (const auto& element : *value) out.push_back(&element);
    return out;
  }
  // Calls `use(JsonReader&)` for each object of a list.
  template <typename Use>
  void each(const std::string& name, Use use) {
    std::size_t i = 0;
    for (const auto* element : elements(name)) {
      JsonReader reader(*element, path_ + "/" + name + "/" + std::to_string(i++), problem_);
      use(reader);
      reader.refuse_unknown();
    }
  }
  template <typename Use>
  void object(const std::string& name, Use use) {
    static const nlohmann::json kEmpty = nlohmann::json::object();
    const auto* value = find(name);
    if (value == nullptr) note(name, "is missing");
    JsonReader reader(value == nullptr ? kEmpty : *value, path_ + "/" + name, problem_);
    use(reader);
    if (value != nullptr) reader.refuse_unknown();
  }

  // Notes members that nobody asked for.
  void refuse_unknown() {
    if (!object_.is_object()) return;
    for (const auto& [name, value] : object_.items()) {
      if (!seen_.contains(name)) note(name, "is not known");
    }
  }
  void note(const std::string& name, const std::string& what) {
    if (problem_.empty()) problem_ = path_ + (name.empty() ? "" : "/" + name) + " " + what;
  }

 private:
  const nlohmann::json& object_;
  std::string path_;
  std::string& problem_;
  std::set<std::string> seen_;
};

}  // namespace countersign::ledger
