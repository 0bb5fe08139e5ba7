#include "api/processes/evidence_pack.h"

#include "api/processes/pack_entries.h"
#include "api/processes/person_keys.h"
#include "api/wire/json_values.h"
#include "api/wire/view_json.h"
#include "ledger/base/canonical_json.h"
#include "ledger/ledger.h"
#include "projections/accountability/queries.h"
#include "projections/accountability/rule_texts.h"
#include "projections/deadlines/queries.h"
#include "projections/trace/queries.h"
#include "projections/views.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::Errc;
using ledger::Error;
using ledger::LeafIndex;
using ledger::Result;
using nlohmann::json;
using projections::AccountabilityFact;

namespace {

// How often a pack is begun again because entries came while it was made.
constexpr int kAttemptsMax = 8;

// What happens to a table, apart from its rows.
constexpr auto kTableHistory = std::to_array<std::string_view>(
    {"task.assigned", "task.blocked", "task.unblocked", "due.moved", "assist.requested",
     "assist.delivered", "assist.declined", "finding.explained", "explanation.decided",
     "table.submitted", "table.approved", "table.returned", "exception.granted"});
// What happens to the campaign or a unit and bears on lateness. Of those that name departments or
// tables, the ones that name this unit or these tables.
constexpr auto kUnitHistory = std::to_array<std::string_view>(
    {"phase.opened", "phase.closed", "departments.ready", "outage.recorded", "unit.chased",
     "chase.answered", "rule.withdrawn", "campaign.decided", "campaign.reopened"});

// What is no act upon the table: who looked at it or took it out.
constexpr auto kReadings =
    std::to_array<std::string_view>({"table.read", "data.exported", "evidence.shown"});

json text_json(const ledger::BilingualText& text) { return {{"zh", text.zh}, {"en", text.en}}; }

class PackBuilder {
 public:
  PackBuilder(const ledger::Directory& directory, const Services& services,
              const PackSubject& subject)
      : services_(services),
        directory_(directory),
        subject_(subject),
        defined_(directory.campaigns.at(subject.campaign->id)),
        campaign_(subject.campaign->id.value),
        entries_(services.ledger.reader(), directory, *subject.campaign, subject.department) {}

  Result<EvidencePack> build(ledger::TreeSize as_of) {
    CS_CHECK(load_facts());
    CS_CHECK(entries_.add(defined_.defined_by));
    json pack = head(as_of);
    pack["facts"] = facts_json();
    pack["rules"] = rules_json();
    pack["excuses"] = excuses_json();
    CS_TRY(pack["deadlines"], deadlines_json());
    CS_TRY(pack["history"], history_json());
    CS_CHECK(add_enrolments());
    CS_TRY(pack["table_rules"], table_rules_json());
    // Entries that the views hold are under the newest checkpoint.
    CS_TRY(const std::string checkpoint, services_.ledger.reader().latest_checkpoint());
    CS_TRY(pack["entries"], entries_.written(checkpoint, kPackItemBytesMax));
    pack["checkpoint"] = checkpoint;
    pack["rows_about_persons"] = entries_.rows_about_persons();
    return EvidencePack{ledger::canonical_text(pack), as_of, entries_.rows_about_persons()};
  }

 private:
  json head(ledger::TreeSize as_of) const {
    const auto* department = subject_.campaign->department(subject_.department);
    json head = {
        {"format", "countersign-pack-1"},
        {"origin", services_.ledger.reader().origin()},
        {"verifier_key", services_.ledger.verifier_key()},
        {"as_of", as_of},
        {"institution", text_json(subject_.campaign->institution)},
        {"campaign",
         {{"id", campaign_}, {"revision", defined_.revision}, {"defined_by", defined_.defined_by}}},
        {"department", {{"id", subject_.department.value}, {"name", text_json(department->name)}}},
        {"case", subject_.of_case == nullptr
                     ? json()
                     : json{{"id", subject_.of_case->id}, {"title", subject_.of_case->title}}}};
    if (!subject_.table.empty()) head["table"] = subject_.table.value;
    return head;
  }

  Result<void> load_facts() {
    if (subject_.of_case != nullptr) {
      for (const std::string& id : subject_.of_case->facts) {
        CS_TRY(auto fact, services_.views.accountability().fact(id));
        facts_.push_back(std::move(fact));
      }
      CS_CHECK(entries_.add(subject_.of_case->id));
    } else {
      projections::FactFilter filter;
      filter.campaign = campaign_;
      filter.departments = {subject_.department.value};
      filter.table = subject_.table.value;
      projections::PageRequest request{"", projections::PageRequest::kPageRowsMax};
      do {
        CS_TRY(auto page, services_.views.accountability().facts(filter, request));
        for (auto& fact : page.rows) facts_.push_back(std::move(fact));
        request.after = page.next;
      } while (!request.after.empty());
    }
    if (!subject_.table.empty()) tables_.insert(subject_.table.value);
    for (const auto& fact : facts_) {
      if (!fact.table.empty()) tables_.insert(fact.table);
      CS_CHECK(entries_.add_all(fact.entries));
      for (const auto& act : fact.acts) CS_CHECK(entries_.add(act.index));
    }
    return {};
  }

  // As the unit sees them, without the names of other units' persons.
  json facts_json() const {
    json list = json::array();
    for (const auto& fact : facts_) {
      json one = to_json(fact, true);
      for (json& act : one["acts"]) {
        if (!entries_.is_own(act.at("person").get<std::string>())) act["person_name"] = nullptr;
      }
      list.push_back(std::move(one));
    }
    return list;
  }

  json rules_json() const {
    std::set<std::pair<std::string, std::uint32_t>> cited;
    for (const auto& fact : facts_) cited.emplace(fact.kind, fact.rule_version);
    json list = json::array();
    for (const auto& [kind, version] : cited) {
      const auto text = projections::fact_rule_text(kind, version);
      list.push_back(
          {{"kind", kind}, {"version", version}, {"text", text ? text_json(*text) : json()}});
    }
    return list;
  }

  // Rules of the definition that facts and explanations name, with the SQL that was run. Of a
  // version that is no longer the definition's, the entry that defined it has the text.
  Result<json> table_rules_json() const {
    std::set<std::string> cited;  // "X02@1"
    for (const auto& fact : facts_) {
      if (!fact.rule.empty()) cited.insert(fact.rule);
    }
    for (const auto& [index, text] : entries_.headers()) {
      CS_TRY(const json header, ledger::parse_json(text));
      const json data = header.value("data", json::object());
      for (const char* version : {"rule_version", "version"}) {
        if (!data.contains("rule") || !data.contains(version)) continue;
        cited.insert(data.at("rule").get<std::string>() + "@" + data.at(version).dump());
      }
    }
    json list = json::array();
    for (const std::string& one : cited) {
      const auto* rule = subject_.campaign->rule(one.substr(0, one.find('@')));
      const bool known = rule != nullptr && rule->cited() == one;
      list.push_back({{"cited", one}, {"rule", known ? rule_json(*rule) : json()}});
    }
    return list;
  }

  static json rule_json(const ledger::Rule& rule) {
    json checks = json::array();
    for (const auto& check : rule.checks) {
      checks.push_back({{"table", check.table.value}, {"sql", check.sql}});
    }
    return {{"name", text_json(rule.name)},
            {"kind", ledger::to_string(rule.kind)},
            {"severity", ledger::to_string(rule.severity)},
            {"author", rule.author.value},
            {"checks", std::move(checks)}};
  }

  // What the unit said of each fact, and the decision that answered it.
  json excuses_json() const {
    json list = json::array();
    for (const auto& fact : facts_) {
      for (std::size_t i = 0; i < fact.acts.size(); ++i) {
        const auto& act = fact.acts[i];
        if (act.kind != "objection") continue;
        json evidence = json::array();
        for (const auto& document : act.evidence) {
          evidence.push_back({{"hash", document.hash}, {"title", document.title}});
        }
        const bool answered = i + 1 < fact.acts.size() && fact.acts[i + 1].kind == "decision";
        list.push_back({{"fact", fact.id},
                        {"index", act.index},
                        {"stage", act.stage},
                        {"ground", act.text},
                        {"evidence", std::move(evidence)},
                        {"at", ledger::format_utc(act.at)},
                        {"answer", answered ? answer_json(fact.acts[i + 1]) : json()}});
      }
    }
    return list;
  }

  static json answer_json(const projections::FactAct& act) {
    return {{"index", act.index},
            {"verdict", act.verdict},
            {"net_seconds", seconds_or_null(act.net)},
            {"reason", act.text},
            {"at", ledger::format_utc(act.at)}};
  }

  Result<json> deadlines_json() {
    json list = json::array();
    const auto now = services_.ledger.clock().now();
    for (const std::string& table : tables_) {
      CS_TRY(const auto task, services_.views.deadlines().task(campaign_, table, now));
      for (const auto& move : task.moves) CS_CHECK(entries_.add(move.index));
      for (const auto& statement : task.statements) CS_CHECK(entries_.add(statement.index));
      for (const auto& returned : task.returns) CS_CHECK(entries_.add(returned.index));
      list.push_back(to_json(task, false));
      CS_CHECK(add_signature_keys(list.back(), directory_, services_));
    }
    return list;
  }

  Result<json> history_json() {
    std::set<LeafIndex> found;
    if (!subject_.table.empty()) CS_CHECK(collect(subject_.table.value, {}, found));
    for (const std::string& table : tables_) {
      for (const std::string_view type : kTableHistory) {
        CS_CHECK(collect(table, type, found));
      }
    }
    for (const std::string_view type : kUnitHistory) CS_CHECK(collect({}, type, found));
    json list = json::array();
    for (const LeafIndex index : found) {
      CS_CHECK(entries_.add(index));
      CS_TRY(const json header, ledger::parse_json(entries_.headers().at(index)));
      list.push_back({{"index", index},
                      {"type", header.at("type")},
                      {"table", header.value("table", json())},
                      {"received_at", header.at("received_at")}});
    }
    return list;
  }

  // The indices of entries of the type (empty: of every act); of those about no table, as far as
  // they concern the unit.
  Result<void> collect(const std::string& table, std::string_view type,
                       std::set<LeafIndex>& found) const {
    projections::EntryFilter filter;
    filter.campaign = campaign_;
    filter.table = table;
    filter.type = type;
    projections::PageRequest request{"", projections::PageRequest::kPageRowsMax};
    do {
      CS_TRY(const auto page, services_.views.trace().acts(filter, request));
      for (const auto& act : page.rows) {
        if (type.empty() && std::ranges::find(kReadings, act.by.type) != kReadings.end()) continue;
        CS_TRY(const bool concerned, table.empty() ? concerns(act.by.index) : Result<bool>(true));
        if (concerned) found.insert(act.by.index);
      }
      request.after = page.next;
    } while (!request.after.empty());
    return {};
  }

  // The entries that enrolled the keys of the signatures in the pack.
  Result<void> add_enrolments() {
    std::set<LeafIndex> enrolled;
    for (const auto& [index, text] : entries_.headers()) {
      CS_TRY(const json header, ledger::parse_json(text));
      const json signature = header.value("data", json::object()).value("signature", json());
      if (!signature.is_object()) continue;
      const auto keys = directory_.keys.find(
          ledger::PersonId(header.at("actor").at("person").get<std::string>()));
      if (keys == directory_.keys.end()) continue;
      for (const auto& key : keys->second) {
        const bool its = signature.at("public_key") ==
                         ledger::to_base64(ledger::as_bytes(key.public_key));
        if (its && key.enrolled_by < index) enrolled.insert(key.enrolled_by);
      }
    }
    for (const LeafIndex index : enrolled) CS_CHECK(entries_.add(index));
    return {};
  }

  Result<bool> concerns(LeafIndex index) const {
    CS_TRY(const std::string text, services_.ledger.reader().log().header(index));
    CS_TRY(const json header, ledger::parse_json(text));
    const json data = header.value("data", json::object());
    const auto names = [&](const char* member, const auto& wanted) {
      const json list = data.value(member, json::array());
      return list.empty() ||
             std::ranges::any_of(list, [&](const json& one) { return wanted(one); });
    };
    return data.value("department", subject_.department.value) == subject_.department.value &&
           names("departments",
                 [&](const json& one) { return one == subject_.department.value; }) &&
           names("tables",
                 [&](const json& one) { return tables_.contains(one.get<std::string>()); });
  }

  const Services& services_;
  const ledger::Directory& directory_;
  const PackSubject& subject_;
  const ledger::DefinedCampaign& defined_;
  const std::string campaign_;
  PackEntries entries_;
  std::vector<AccountabilityFact> facts_;
  std::set<std::string> tables_;
};

}  // namespace

Result<EvidencePack> make_evidence_pack(const ledger::Directory& directory,
                                        const Services& services, const PackSubject& subject) {
  // Several questions are asked; their answers belong together when the views did not move.
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const ledger::TreeSize as_of = services.views.applied();
    CS_TRY(auto pack, PackBuilder(directory, services, subject).build(as_of));
    if (services.views.applied() == as_of) return pack;
  }
  return Error{Errc::stale, "entries kept coming while the pack was made"};
}

std::uint64_t rows_about_persons(const std::string& pack) {
  const auto parsed = ledger::parse_json(pack);
  if (!parsed || !parsed->is_object()) return 0;
  return parsed->value("rows_about_persons", std::uint64_t{0});
}

}  // namespace countersign::api
