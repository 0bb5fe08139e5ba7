#include "api/wire/pack_history.h"

#include "api/wire/html.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::LeafIndex;
using nlohmann::json;

namespace {

struct PackedEntry {
  LeafIndex index = 0;
  json header;
  std::vector<json> items;  // those shown
  std::size_t withheld = 0;
};

std::vector<PackedEntry> entries_of(const json& pack) {
  std::vector<PackedEntry> entries;
  for (const json& one : pack.at("entries")) {
    PackedEntry entry;
    entry.index = one.at("index").get<LeafIndex>();
    entry.header = json::parse(one.at("header").get<std::string>());
    for (const json& item : one.at("items")) {
      if (item.contains("item")) {
        entry.items.push_back(json::parse(item["item"].get<std::string>()));
      } else {
        ++entry.withheld;
      }
    }
    entries.push_back(std::move(entry));
  }
  std::ranges::sort(entries, {}, &PackedEntry::index);
  return entries;
}

class History {
 public:
  History(const PackWords& words, std::vector<PackedEntry> entries)
      : words_(words), entries_(std::move(entries)) {
    for (const PackedEntry& entry : entries_) {
      for (const json& item : entry.items) {
        if (item.value("kind", "") == "row") {
          rows_[{item.value("table", ""), item.value("key", ""), entry.index}] = &item;
        }
      }
    }
  }

  std::string text() const {
    HtmlTable table({say("条目", "entry"), say("服务器收到的时间", "received by the server"),
                     say("何人，以何身份", "who, as what"), say("何事", "what"),
                     say("内容", "contents")});
    for (const PackedEntry& entry : entries_) {
      const std::string number = std::to_string(entry.index);
      std::string what = words_.word(entry.header.value("type", ""));
      if (entry.header.contains("table")) what += "<br>" + words_.table(entry.header["table"]);
      table.add({"<span id=\"e" + number + "\">#" + number + "</span>",
                 words_.instant(entry.header.at("received_at")),
                 words_.actor(entry.header.at("actor")), what, contents(entry)});
    }
    return table.text();
  }

 private:
  std::string say(std::string_view zh, std::string_view en) const { return words_.say(zh, en); }

  std::string contents(const PackedEntry& entry) const {
    std::string out = data_text(entry.header.value("data", json::object()));
    std::size_t printed = 0;
    std::size_t unprinted = 0;
    std::size_t added = 0;
    for (const json& item : entry.items) {
      const std::string kind = item.value("kind", "");
      if (kind == "sign_off") {
        out += "<pre>" + words_.value(item.value("note", json())) + "</pre>";
      } else if (kind == "row") {
        if (is_new(item)) {
          ++added;
        } else {
          out += row_text(item, printed, unprinted);
        }
      } else {
        out += item_text(item) + "<br>";
      }
    }
    const auto count = [&](std::size_t n, std::string_view zh, std::string_view en) {
      if (n > 0) out += std::to_string(n) + say(zh, en) + "<br>";
    };
    count(added, " 行新增，见 evidence.json", " rows new, in evidence.json");
    count(unprinted, " 处单元格变更未列出，见 evidence.json",
          " more changed cells, in evidence.json");
    count(entry.withheld, " 个数据项不予出示，只列散列值", " items withheld, shown as their hashes");
    return out;
  }

  // What the header itself says of the act, apart from keys and counts that have their own place.
  std::string data_text(const json& data) const {
    std::string out;
    for (const auto& [name, value] : data.items()) {
      if (name == "signature" || name == "counts") continue;
      std::string text;
      if (name == "due" || name == "from" || name == "to" || name == "until") {
        text = words_.instant(value);
      } else if (name == "version" && value.is_object()) {
        text = "v" + words_.value(value.value("number", json())) + ", " +
               words_.value(value.value("rows", json())) + say(" 行", " rows") + ", <code>" +
               words_.value(value.value("hash", json())) + "</code>";
      } else {
        text = words_.value(value);
      }
      out += html_text(name) + ": " + text + "<br>";
    }
    return out;
  }

  // Whatever it is, by its members: a text, a finding, a reason to return a table.
  std::string item_text(const json& item) const {
    if (item.value("kind", "") == "text") {
      const std::string role = item.value("role", "");
      return (role == "reason" ? say("理由", "reason") : html_text(role)) + ": " +
             words_.value(item.value("text", json()));
    }
    std::string out = html_text(item.value("kind", ""));
    for (const auto& [name, value] : item.items()) {
      if (name != "kind") out += "; " + html_text(name) + ": " + words_.value(value);
    }
    return out;
  }

  static bool is_new(const json& row) {
    return row.value("prev", json()).is_null() && row.value("op", "") == "put";
  }

  // The row before, when the pack shows it.
  const json* before(const json& row) const {
    const json prev = row.value("prev", json());
    if (!prev.is_number_unsigned()) return nullptr;
    const auto found =
        rows_.find({row.value("table", ""), row.value("key", ""), prev.get<LeafIndex>()});
    return found == rows_.end() ? nullptr : found->second;
  }

  // "key, column: from → to", a line for each cell that changed.
  std::string row_text(const json& row, std::size_t& printed, std::size_t& unprinted) const {
    const std::string key = words_.value(row.value("key", json()));
    if (row.value("op", "") == "remove") return key + ": " + say("删除该行", "row removed") + "<br>";
    const json* past = before(row);
    const json none = json::object();
    const json& old = past == nullptr ? none : past->at("cells");
    std::string out;
    if (past == nullptr) {
      out = key + say("：原内容在条目 #", ": what it said before is in entry #") +
            words_.value(row.value("prev", json())) +
            say("，不在本包；修改后为", ", not in this pack; it says now") + "<br>";
    }
    for (const auto& [column, value] : row.at("cells").items()) {
      const json from = old.value(column, json());
      if (past != nullptr && from == value) continue;
      if (printed >= kCellsPrintedMax) {
        ++unprinted;
        continue;
      }
      ++printed;
      out += key + ", " + html_text(column) + ": " +
             (past == nullptr ? "" : words_.value(from) + " → ") + words_.value(value) + "<br>";
    }
    return out;
  }

  const PackWords& words_;
  const std::vector<PackedEntry> entries_;
  std::map<std::tuple<std::string, std::string, LeafIndex>, const json*> rows_;
};

}  // namespace

std::string pack_history_html(const json& pack, const PackWords& words) {
  return History(words, entries_of(pack)).text();
}

}  // namespace countersign::api
