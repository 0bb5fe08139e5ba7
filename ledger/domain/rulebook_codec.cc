#include "ledger/domain/rulebook_codec.h"

#include <algorithm>
#include <array>
#include <set>

namespace countersign::ledger {

using nlohmann::json;

namespace {

constexpr std::size_t kSqlBytesMax = 16 << 10;

BilingualText bilingual(JsonReader& in, const std::string& name) {
  BilingualText text;
  in.object(name, [&](JsonReader& both) { text = {both.text("zh"), both.text("en")}; });
  return text;
}

json write(const BilingualText& text) { return {{"zh", text.zh}, {"en", text.en}}; }

template <typename Id>
json write_ids(const std::vector<Id>& ids) {
  json out = json::array();
  for (const Id& id : ids) out.push_back(id.value);
  return out;
}

std::uint32_t version_of(JsonReader& in) {
  const auto version = in.number("version");
  if (version == 0 || version > UINT32_MAX) in.note("version", "must count from 1");
  return static_cast<std::uint32_t>(version);
}

std::string sql_of(JsonReader& in, const std::string& name) {
  std::string sql = in.text(name);
  if (sql.empty() || sql.size() > kSqlBytesMax) in.note(name, "must be SQL of at most 16 KiB");
  return sql;
}

Rule read_rule(JsonReader& in) {
  Rule rule;
  rule.id = in.text("id");
  if (rule.id.find_first_of("@/ ") != std::string::npos)
    in.note("id", "must hold no '@', '/', ' '");
  rule.version = version_of(in);
  rule.kind = in.choice("kind", &rule_kind_from, RuleKind::within_record);
  rule.severity = in.choice("severity", &severity_from, Severity::blocking);
  rule.name = bilingual(in, "name");
  rule.author = DepartmentId(in.text_or("author", ""));
  rule.needs_evidence = in.flag("needs_evidence");
  in.each("checks", [&](JsonReader& check) {
    rule.checks.push_back({TableKey(check.text("table")), check.ids<TableKey>("reads"),
                           check.ids<TableKey>("reads_previous"), sql_of(check, "sql")});
  });
  return rule;
}

Quantity read_quantity(JsonReader& in) {
  Quantity quantity;
  quantity.id = in.text("id");
  quantity.version = version_of(in);
  quantity.name = bilingual(in, "name");
  quantity.unit = bilingual(in, "unit");
  quantity.reads = in.ids<TableKey>("reads");
  quantity.sql = sql_of(in, "sql");
  return quantity;
}

Indicator read_indicator(JsonReader& in) {
  Indicator indicator;
  indicator.id = in.text("id");
  indicator.version = version_of(in);
  indicator.name = bilingual(in, "name");
  indicator.unit = bilingual(in, "unit");
  indicator.decimals = static_cast<unsigned>(in.number_or("decimals", 2));
  indicator.quantities = in.texts("quantities");
  indicator.formula = sql_of(in, "formula");
  const std::string better = in.text("better");
  if (better != "lower" && better != "higher") in.note("better", "must be lower or higher");
  indicator.lower_is_better = better == "lower";
  in.each("marks", [&](JsonReader& mark) {
    indicator.marks.push_back(
        {mark.text("school_type"), mark.decimal("pass"), mark.optional_decimal("restricted")});
  });
  if (in.has("alternative")) {
    in.object("alternative", [&](JsonReader& one) {
      indicator.alternative = AlternativePass{bilingual(one, "name"), sql_of(one, "condition")};
    });
  }
  indicator.department = DepartmentId(in.text("department"));
  return indicator;
}

EvidenceRequirement read_requirement(JsonReader& in) {
  EvidenceRequirement one;
  one.id = in.text("id");
  one.name = bilingual(in, "name");
  one.table = TableKey(in.text("table"));
  one.columns = in.texts("columns");
  one.kinds = in.texts("kinds");
  one.per_row = in.flag("per_row");
  const std::string at = in.text_or("required_at", "submission");
  if (at != "submission" && at != "signature") {
    in.note("required_at", "must be submission or signature");
  }
  one.required_at =
      at == "signature" ? EvidenceRequirement::At::signature : EvidenceRequirement::At::submission;
  return one;
}

PreviousEdition read_previous(JsonReader& in) {
  PreviousEdition previous;
  previous.campaign = CampaignId(in.text("campaign"));
  in.each("tables", [&](JsonReader& one) {
    PreviousEdition::Table table;
    table.table = TableKey(one.text("table"));
    table.from = TableKey(one.text_or("from", table.table.value));
    one.each("columns", [&](JsonReader& column) {
      table.columns.push_back({column.text("column"), column.text("from")});
    });
    previous.tables.push_back(std::move(table));
  });
  return previous;
}

json write(const Rule& rule) {
  json checks = json::array();
  for (const RuleCheck& check : rule.checks) {
    checks.push_back({{"table", check.table.value},
                      {"reads", write_ids(check.reads)},
                      {"reads_previous", write_ids(check.reads_previous)},
                      {"sql", check.sql}});
  }
  return {{"id", rule.id},
          {"version", rule.version},
          {"kind", to_string(rule.kind)},
          {"severity", to_string(rule.severity)},
          {"name", write(rule.name)},
          {"author", rule.author.value},
          {"needs_evidence", rule.needs_evidence},
          {"checks", checks}};
}

json write(const Quantity& one) {
  return {{"id", one.id},
          {"version", one.version},
          {"name", write(one.name)},
          {"unit", write(one.unit)},
          {"reads", write_ids(one.reads)},
          {"sql", one.sql}};
}

json write(const Indicator& one) {
  json marks = json::array();
  for (const Mark& mark : one.marks) {
    json out = {{"school_type", mark.school_type}, {"pass", mark.pass}};
    if (mark.restricted) out["restricted"] = *mark.restricted;
    marks.push_back(std::move(out));
  }
  json out = {{"id", one.id},
              {"version", one.version},
              {"name", write(one.name)},
              {"unit", write(one.unit)},
              {"decimals", one.decimals},
              {"quantities", one.quantities},
              {"formula", one.formula},
              {"better", one.lower_is_better ? "lower" : "higher"},
              {"marks", marks},
              {"department", one.department.value}};
  if (one.alternative) {
    out["alternative"] = {{"name", write(one.alternative->name)},
                          {"condition", one.alternative->condition}};
  }
  return out;
}

json write(const EvidenceRequirement& one) {
  const bool signature = one.required_at == EvidenceRequirement::At::signature;
  return {{"id", one.id},
          {"name", write(one.name)},
          {"table", one.table.value},
          {"columns", one.columns},
          {"kinds", one.kinds},
          {"per_row", one.per_row},
          {"required_at", signature ? "signature" : "submission"}};
}

json write(const PreviousEdition& previous) {
  json tables = json::array();
  for (const auto& table : previous.tables) {
    json columns = json::array();
    for (const auto& column : table.columns) {
      columns.push_back({{"column", column.column}, {"from", column.from}});
    }
    tables.push_back(
        {{"table", table.table.value}, {"from", table.from.value}, {"columns", columns}});
  }
  return {{"campaign", previous.campaign.value}, {"tables", tables}};
}

template <typename List>
void write_list(json& document, const char* name, const List& list) {
  for (const auto& one : list) document[name].push_back(write(one));
}

class RulebookChecker {
 public:
  explicit RulebookChecker(const CampaignDefinition& definition) : definition_(definition) {}

  std::string first_problem() {
    unique("rules", definition_.rules);
    unique("quantities", definition_.quantities);
    unique("indicators", definition_.indicators);
    unique("evidence", definition_.evidence);
    for (const Rule& rule : definition_.rules) check(rule);
    for (const Quantity& one : definition_.quantities) {
      for (const TableKey& table : one.reads) known("/quantities/" + one.id, table);
      require(is_name(one.id), "/quantities/" + one.id, "needs a name of letters, digits and '_'");
    }
    for (const Indicator& one : definition_.indicators) check(one);
    for (const EvidenceRequirement& one : definition_.evidence) check(one);
    if (definition_.previous) check(*definition_.previous);
    for (const TableDefinition& table : definition_.tables) {
      require(table.subject_column.empty() || has_column(table, table.subject_column),
              "/tables/" + table.key.value, "has an unknown subject_column");
    }
    require(definition_.assist_notice_days <= kNoticeDaysMax, "/assist_notice_days",
            "is more than " + std::to_string(kNoticeDaysMax));
    return problem_;
  }

 private:
  static constexpr unsigned kNoticeDaysMax = 60;

  // A quantity's id stands in formulas as it is.
  static bool is_name(const std::string& id) {
    return !id.empty() && !(id[0] >= '0' && id[0] <= '9') &&
           id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  }
  static bool has_column(const TableDefinition& table, const std::string& key) {
    return std::any_of(table.columns.begin(), table.columns.end(),
                       [&](const Column& column) { return column.key == key; });
  }
  void require(bool holds, const std::string& path, const std::string& what) {
    if (!holds && problem_.empty()) problem_ = path + " " + what;
  }
  template <typename List>
  void unique(const std::string& name, const List& list) {
    std::set<std::string> seen;
    for (const auto& one : list) {
      require(!one.id.empty(), "/" + name, "has an empty id");
      require(seen.insert(one.id).second, "/" + name, "has " + one.id + " twice");
    }
  }
  void known(const std::string& path, const TableKey& table) {
    require(definition_.table(table) != nullptr, path, "names unknown table " + table.value);
  }

  void check(const Rule& rule) {
    const std::string path = "/rules/" + rule.id;
    require(!rule.checks.empty(), path, "has no check");
    require(rule.author.empty() || definition_.department(rule.author) != nullptr, path,
            "has an unknown author");
    std::set<TableKey> tables;
    for (const RuleCheck& one : rule.checks) {
      known(path, one.table);
      require(tables.insert(one.table).second, path, "checks " + one.table.value + " twice");
      for (const TableKey& table : one.reads) known(path, table);
      for (const TableKey& table : one.reads_previous) known(path, table);
      require(one.reads_previous.empty() || definition_.previous, path,
              "reads a previous edition, and there is none");
    }
  }
  void check(const Indicator& one) {
    const std::string path = "/indicators/" + one.id;
    for (const std::string& quantity : one.quantities) {
      require(definition_.quantity(quantity) != nullptr, path, "uses unknown " + quantity);
    }
    require(definition_.department(one.department) != nullptr, path, "has an unknown department");
  }
  void check(const EvidenceRequirement& one) {
    const std::string path = "/evidence/" + one.id;
    known(path, one.table);
    const TableDefinition* table = definition_.table(one.table);
    for (const std::string& column : one.columns) {
      require(table == nullptr || has_column(*table, column), path,
              "names unknown column " + column);
    }
  }
  void check(const PreviousEdition& previous) {
    require(previous.campaign != definition_.id, "/previous", "is the campaign itself");
    for (const auto& one : previous.tables) {
      known("/previous", one.table);
      const TableDefinition* table = definition_.table(one.table);
      for (const auto& column : one.columns) {
        require(table == nullptr || has_column(*table, column.column), "/previous",
                "maps unknown column " + column.column);
      }
    }
  }

  const CampaignDefinition& definition_;
  std::string problem_;
};

}  // namespace

void read_rulebook(JsonReader& in, CampaignDefinition& definition) {
  definition.school_type = in.text_or("school_type", "");
  definition.count_floor = static_cast<unsigned>(in.number_or("count_floor", 5));
  for (const std::string& kind : in.texts("readiness")) {
    const auto known = readiness_kind_from(kind);
    if (!known) in.note("readiness", "is not one of the values allowed");
    definition.readiness.push_back(known.value_or(ReadinessKind::accounts));
  }
  definition.assist_notice_days = static_cast<unsigned>(in.number_or("assist_notice_days", 0));
  if (in.has("previous")) {
    in.object("previous", [&](JsonReader& one) { definition.previous = read_previous(one); });
  }
  in.each("evidence",
          [&](JsonReader& one) { definition.evidence.push_back(read_requirement(one)); });
  in.each("rules", [&](JsonReader& one) { definition.rules.push_back(read_rule(one)); });
  in.each("quantities",
          [&](JsonReader& one) { definition.quantities.push_back(read_quantity(one)); });
  in.each("indicators",
          [&](JsonReader& one) { definition.indicators.push_back(read_indicator(one)); });
}

void write_rulebook(json& document, const CampaignDefinition& definition) {
  if (!definition.school_type.empty()) document["school_type"] = definition.school_type;
  if (definition.count_floor != 5) document["count_floor"] = definition.count_floor;
  for (const ReadinessKind kind : definition.readiness) {
    document["readiness"].push_back(to_string(kind));
  }
  if (definition.assist_notice_days != 0) {
    document["assist_notice_days"] = definition.assist_notice_days;
  }
  if (definition.previous) document["previous"] = write(*definition.previous);
  write_list(document, "evidence", definition.evidence);
  write_list(document, "rules", definition.rules);
  write_list(document, "quantities", definition.quantities);
  write_list(document, "indicators", definition.indicators);
}

std::string rulebook_problem(const CampaignDefinition& definition) {
  return RulebookChecker(definition).first_problem();
}

}  // namespace countersign::ledger
